"""A customer's cap on the roles that partners may ever get in its tenant."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.graph.wire import id_of
from copartner.api.programme.wire import ROOT
from copartner.api.registry import Route
from copartner.delegation import cap
from copartner.delegation.consent_model import CapKind, CapView
from copartner.policy.facts import Side

_STAYS = (
    "These relationships stay as they are until you or the partner ends them; the cap bounds what is approved anew."
)
_NONE = "No active relationship exceeds the cap."


class CapRequest(Struct, frozen=True):
    """`allowed`: partners get these roles at most; `refused`: any but these. `refused` with no roles lifts the cap."""

    kind: CapKind
    roles: tuple[UUID, ...]


class ExceedingBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """An active relationship with roles that the cap leaves out."""

    id: str
    display_name: str
    partner_tenant_id: UUID
    partner_name: str
    roles: tuple[UUID, ...]
    ends_at: datetime | None


class CapBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The cap, and what is active beyond it."""

    kind: CapKind
    roles: tuple[UUID, ...]
    set_at: datetime | None
    exceeding: tuple[ExceedingBody, ...]
    note: str


def _body(found: CapView) -> CapBody:
    return CapBody(
        kind=found.cap.kind,
        roles=found.cap.roles,
        set_at=found.cap.set_at,
        exceeding=tuple(
            ExceedingBody(
                id=id_of(one.relationship),
                display_name=one.relationship.display_name,
                partner_tenant_id=one.partner.tenant_id,
                partner_name=one.partner.company_name,
                roles=one.roles,
                ends_at=one.relationship.ends_at,
            )
            for one in found.exceeding
        ),
        note=_STAYS if found.exceeding else _NONE,
    )


async def _read(call: Call) -> CapBody:
    return _body(await cap.read_cap(call.ctx))


async def _set(call: Call) -> CapBody:
    said = call.decode(CapRequest)
    return _body(await cap.set_cap(call.ctx, kind=said.kind, roles=said.roles))


_CAP = f"{ROOT}/consent/role-cap"
ROUTES = (
    Route(("GET",), _CAP, _read, "role_cap.read", "Read which roles partners may have at most.", CapBody,
          user_only=True, side=Side.CUSTOMER),
    Route(("PUT",), _CAP, _set, "role_cap.set", "Bound which roles partners may have.", CapBody, CapRequest,
          user_only=True, side=Side.CUSTOMER),
)  # fmt: skip
