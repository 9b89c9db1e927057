"""The operator makes a tenant a partner of the programme."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct, field

from copartner.api.call import Call
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT
from copartner.api.registry import Route
from copartner.policy.facts import Side
from copartner.programme import service
from copartner.programme.model import EnrolmentState


class EnrolmentRequest(Struct, frozen=True, rename="camel"):
    """Which tenant, its number in the programme, and the countries it may sell to."""

    tenant_id: UUID
    mpn_id: str
    markets: tuple[str, ...]


class EnrolmentBody(Struct, frozen=True, rename="camel"):
    """A tenant used for programme transactions."""

    id: UUID = field(name="tenantId")
    mpn_id: str
    markets: tuple[str, ...]
    state: EnrolmentState
    enrolled_at: datetime


async def _enrol(call: Call) -> EnrolmentBody:
    asked = call.decode(EnrolmentRequest)
    made = await service.enrol_tenant(call.ctx, tenant_id=asked.tenant_id, mpn_id=asked.mpn_id, markets=asked.markets)
    return wire.shaped(made, EnrolmentBody)


ROUTES = (
    Route(("POST",), f"{ROOT}/enrolments", _enrol, "enrolments.make", "Enrol a tenant in the programme.",
          EnrolmentBody, EnrolmentRequest, 201, user_only=True, side=Side.OPERATOR),
)  # fmt: skip
