"""An indirect provider asks a customer for roles of its indirect reseller; the contract leaves that to a portal."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import or_none
from copartner.api.graph.wire import id_of
from copartner.api.programme.wire import ROOT
from copartner.api.registry import Route
from copartner.delegation import tiers
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Status


class IndirectRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """What is asked for, for which reseller; without a customer, for whichever approves."""

    reseller_tenant_id: UUID
    display_name: str
    duration: str
    roles: tuple[UUID, ...]
    auto_extend: bool = False
    customer_tenant_id: UUID | UnsetType = UNSET


class IndirectBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What was asked for; the reseller answers it by requests of the contract, `approve` or `reject`."""

    id: str
    status: Status
    reseller_tenant_id: UUID
    customer_tenant_id: UUID | None
    reseller_consent_pending: bool


def _body(made: AdminRelationship) -> IndirectBody:
    return IndirectBody(
        id=id_of(made),
        status=made.status,
        reseller_tenant_id=made.partner_tenant_id,
        customer_tenant_id=made.customer_tenant_id,
        reseller_consent_pending=made.waits_for_reseller,
    )


async def _provide(call: Call) -> IndirectBody:
    said = call.decode(IndirectRequest)
    asked = Asked(
        display_name=said.display_name,
        duration=said.duration,
        roles=said.roles,
        auto_extend=AutoExtend.HALF_A_YEAR if said.auto_extend else AutoExtend.NOT,
        customer_tenant_id=or_none(said.customer_tenant_id),
    )
    made = await tiers.provide_relationship(call.ctx, reseller_tenant_id=said.reseller_tenant_id, asked=asked)
    return _body(made)


ROUTES = (
    Route(("POST",), f"{ROOT}/indirect-delegated-admin-relationships", _provide, "indirect_admin.provide",
          "Ask a customer for roles of an indirect reseller.", IndirectBody, IndirectRequest, 201),
)  # fmt: skip
