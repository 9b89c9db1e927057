"""Who can do what in a customer's tenant, and the end of all of it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from copartner.access import service
from copartner.access.model import Difference, Grant, Kind, Layer, Overview, Revocation
from copartner.api.call import Call, Reply
from copartner.api.decoding import Malformed
from copartner.api.programme import sheets, wire
from copartner.api.programme.admin_consent import AdminRoleBody
from copartner.api.programme.consent import PartnerBody
from copartner.api.programme.wire import ROOT
from copartner.api.queries import date
from copartner.api.registry import Query, Route
from copartner.policy.facts import Side


class GrantBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A role that members of a partner's group have in the tenant, from when until when, and through which approval.

    `change` is added or removed where two moments are compared.
    """

    partner: PartnerBody
    role: AdminRoleBody
    kind: Kind
    relationship_id: str | None
    assignment_id: UUID | None
    subscription_id: UUID | None
    group_id: UUID
    since: datetime
    until: datetime | None
    in_force: bool
    change: str | UnsetType = UNSET


class AccessBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What is held at a moment, or what came and went between two."""

    at: datetime | UnsetType = UNSET
    since: datetime | UnsetType = field(default=UNSET, name="from")
    until: datetime | UnsetType = field(default=UNSET, name="to")
    items: Sequence[GrantBody]


class BondBody(Struct, frozen=True, rename="camel"):
    """One thing that binds partner and customer, what becomes of it, and why."""

    layer: Layer
    id: UUID
    name: str
    why: str


class RevocationBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What ends and what stays."""

    partner: PartnerBody
    ends: tuple[BondBody, ...]
    stays: tuple[BondBody, ...]


_COLUMNS = (
    *("partner.tenantId", "partner.companyName", "partner.mpnId", "role.id", "role.name", "role.risk", "kind"),
    *("relationshipId", "assignmentId", "groupId", "subscriptionId", "since", "until", "inForce"),
)
_BONDS = ("partner.tenantId", "partner.companyName", "outcome", "layer", "id", "name", "why")
_MOMENTS = (
    Query("at", "The moment to look at, such as 2026-11-22; a day is its beginning in UTC. Otherwise now."),
    Query("from", "With to: what came and went between the two."),
    Query("to", "See from."),
    sheets.FORMAT,
)


def relationship_name(kind: Kind, relationship_id: UUID, partner_tenant_id: UUID) -> str:
    """A relationship by its identifier, a granular one by the name that the contract gives it."""
    return f"{relationship_id}-{partner_tenant_id}" if kind is Kind.ASSIGNMENT else str(relationship_id)


def _granted(grant: Grant, change: str | UnsetType = UNSET) -> GrantBody:
    held = grant.held
    made = held.relationship_id
    return GrantBody(
        partner=wire.shaped(held.partner, PartnerBody),
        role=wire.shaped(grant.role, AdminRoleBody),
        kind=held.kind,
        relationship_id=None if made is None else relationship_name(held.kind, made, held.partner.tenant_id),
        assignment_id=held.assignment_id,
        subscription_id=held.subscription_id,
        group_id=held.group_id,
        since=held.begins,
        until=held.until,
        in_force=held.in_force,
        change=change,
    )


async def _told(
    call: Call,
    overview: Callable[[datetime | None], Awaitable[Overview]],
    compare: Callable[[datetime, datetime], Awaitable[Difference]],
) -> AccessBody | Reply:
    at, since, until = (date(call.query(name), name) for name in ("at", "from", "to"))
    if (since is None) != (until is None) or (at and since):
        raise Malformed("Send at alone, or from and to together.", "at", "from", "to")
    if since and until:
        found = await compare(since.moment, until.moment)
        changes = (("added", found.added), ("removed", found.removed))
        items = [_granted(one, said) for said, grants in changes for one in grants]
        body = AccessBody(since=found.since, until=found.until, items=items)
        columns: tuple[str, ...] = ("change", *_COLUMNS)
    else:
        held = await overview(at.moment if at else None)
        body, columns = AccessBody(at=held.at, items=[_granted(one) for one in held.grants]), _COLUMNS
    return sheets.sheet("access", columns, body.items) if sheets.wanted(call) else body


async def _list(call: Call) -> AccessBody | Reply:
    ctx = call.ctx
    return await _told(
        call,
        lambda at: service.list_access(ctx, at=at),
        lambda since, until: service.compare_access(ctx, since=since, until=until),
    )


async def _own(call: Call) -> AccessBody | Reply:
    ctx, customer = call.ctx, call.id("customer")
    return await _told(
        call,
        lambda at: service.read_access(ctx, customer_id=customer, at=at),
        lambda since, until: service.compare_own_access(ctx, customer_id=customer, since=since, until=until),
    )


def _revoked(call: Call, found: Revocation) -> RevocationBody | Reply:
    body = wire.shaped(found, RevocationBody)
    if not sheets.wanted(call):
        return body
    plain = msgspec.to_builtins(body)
    rows = [{**plain, **bond, "outcome": outcome} for outcome in ("ends", "stays") for bond in plain[outcome]]
    return sheets.sheet("revocation", _BONDS, rows)


async def _preview(call: Call) -> RevocationBody | Reply:
    return _revoked(call, await service.preview_revocation(call.ctx, partner_tenant_id=call.id("partner")))


async def _revoke(call: Call) -> RevocationBody | Reply:
    return _revoked(call, await service.revoke_access(call.ctx, partner_tenant_id=call.id("partner")))


_ALL, _AT_CUSTOMER = f"{ROOT}/access", f"{ROOT}/customers/{{customer}}/access"
_REVOCATION = f"{_ALL}/partners/{{partner}}/revocation"
ROUTES = (
    Route(("GET",), _ALL, _list, "access.list", "List who can do what in the caller's tenant.", AccessBody,
          user_only=True, side=Side.CUSTOMER, query=_MOMENTS, sheet=True),
    Route(("GET",), _AT_CUSTOMER, _own, "access.read_own", "Read what the caller's company may do at a customer.",
          AccessBody, user_only=True, query=_MOMENTS, sheet=True),
    Route(("GET",), _REVOCATION, _preview, "access.preview_revocation",
          "Read what would end and stay if all access were taken from a partner.", RevocationBody, user_only=True,
          side=Side.CUSTOMER, query=(sheets.FORMAT,), sheet=True),
    Route(("POST",), _REVOCATION, _revoke, "access.revoke", "Take all access from a partner.", RevocationBody,
          user_only=True, side=Side.CUSTOMER, query=(sheets.FORMAT,), sheet=True),
)  # fmt: skip
