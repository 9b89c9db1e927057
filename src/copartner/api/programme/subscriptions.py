"""What a customer holds, whoever sold it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, Page
from copartner.api.registry import Route
from copartner.catalogue.model import BillingCycle
from copartner.policy.facts import Side
from copartner.subscriptions import service
from copartner.subscriptions.model import Status


class HeldBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A subscription with its seller; what was bought directly has the operator's tenant as its seller."""

    id: UUID
    partner_tenant_id: UUID
    seller_name: str
    offer_name: str
    nickname: str
    quantity: int
    status: Status
    auto_renew: bool
    term: str
    billing_cycle: BillingCycle
    starts_at: datetime
    commitment_ends_at: datetime | None


async def _list(call: Call) -> Page[HeldBody]:
    part = wire.wanted(call)
    found = await service.list_held(call.ctx, after=part.after, size=part.size)
    last = found[-1].id if len(found) == part.size else None
    return wire.page(call, part, [wire.shaped(one, HeldBody) for one in found], last)


ROUTES = (
    Route(("GET",), f"{ROOT}/subscriptions", _list, "own_subscriptions.list", "List what the caller's tenant holds.",
          Page[HeldBody], user_only=True, side=Side.CUSTOMER, query=wire.QUERY),
)  # fmt: skip
