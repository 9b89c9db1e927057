"""Who serves the acting customer: what each partner sells and may do, and what was last taken from one."""

from datetime import datetime
from uuid import UUID

import msgspec

from copartner.access import rules, store
from copartner.access.advising import LOOKS_BACK
from copartner.access.model import Approval, Ended, EndedAccess, Offering, Person, Serving
from copartner.command.context import Context
from copartner.kernel.paging import Listed, Page
from copartner.partners.model import Partner
from copartner.policy.actions import Action

PAGE_LIMIT = 50
# Of what one sells and may do so many are named.
FEW = 5
_PEOPLE = 50
_RELATIONSHIP = "AdminRelationship"


class _Approved(msgspec.Struct):
    id: UUID
    name: str
    roles: tuple[UUID, ...]
    until: datetime
    extends: bool


class _Served(msgspec.Struct):
    id: UUID
    name: str
    partner: Partner | None
    since: datetime | None
    privileges: bool
    sells: tuple[Offering, ...]
    sold: int
    products: int
    approvals: tuple[_Approved, ...]
    approved: int
    credited: int
    last_used_at: datetime | None


class _Record(msgspec.Struct):
    id: UUID
    at: datetime
    actor_name: str | None
    kind: str
    resource_id: UUID
    name: str | None
    roles: tuple[UUID, ...] | None
    correlation_id: str | None


class _Ended(msgspec.Struct):
    at: datetime | None
    items: tuple[_Record, ...]


async def list_serving(ctx: Context, *, after: UUID | None = None, size: int = PAGE_LIMIT) -> Page[Serving]:
    """At most `size` (1 to 50) of those who sell to or administer the acting customer, by tenant; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    return (await _read(ctx, None, after, size)).page(size, lambda one: one.id)


async def read_serving(ctx: Context, *, partner_tenant_id: UUID) -> Serving | None:
    """What one partner sells to the acting customer and may do; None when that is nothing. Raises Denied."""
    found = await _read(ctx, partner_tenant_id, None, 1)
    return found.items[0] if found.items else None


async def _read(ctx: Context, partner: UUID | None, after: UUID | None, size: int) -> Listed[Serving]:
    found = await ctx.read(
        Action.ACCESS_LIST if partner is None else Action.ACCESS_READ,
        store.serving(),
        *(partner, ctx.moment, ctx.moment - LOOKS_BACK, FEW, after, size),
        body=Listed[_Served],
        each=Action.ACCESS_READ,
    )
    return Listed(found.total, tuple(_serving(ctx, one) for one in found.items))


def _serving(ctx: Context, one: _Served) -> Serving:
    return Serving(
        id=one.id,
        name=one.name,
        partner=one.partner,
        since=one.since,
        privileges=one.privileges,
        sells=one.sells,
        sold=one.sold,
        products=one.products,
        approvals=tuple(
            Approval(
                it.id, it.name, tuple(rules.role_of(role, ctx.language) for role in it.roles), it.until, it.extends
            )
            for it in one.approvals
        ),
        approved=one.approved,
        credited=one.credited,
        last_used_at=one.last_used_at,
    )


async def read_ended_access(ctx: Context, *, partner_tenant_id: UUID) -> EndedAccess:
    """What the acting customer last took of one partner's access in one act, and who did it; raises Denied."""
    found = await ctx.read(Action.ACCESS_READ, store.ended_access(), partner_tenant_id, body=_Ended)
    items = (
        Ended(
            id=one.id,
            granular=one.kind == _RELATIONSHIP,
            resource_id=one.resource_id,
            name=one.name or rules.say(ctx.language, "Delegated admin privileges"),
            roles=tuple(rules.role_of(role, ctx.language) for role in one.roles or ()),
            by=one.actor_name or "",
            correlation_id=one.correlation_id or "",
        )
        for one in found.items
    )
    return EndedAccess(found.at if found.items else None, tuple(items))


async def list_people(ctx: Context) -> tuple[Person, ...]:
    """Of its partners' people those whom the acting customer saw in its audit lately, at most 50; raises Denied."""
    return await ctx.read(Action.ACCESS_LIST, store.people(), ctx.moment - LOOKS_BACK, _PEOPLE, body=tuple[Person, ...])
