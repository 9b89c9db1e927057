"""Tenants, as far as a request has to know of them before it is judged, and as their people read of their own."""

from collections.abc import Iterable
from uuid import UUID

from copartner.command.context import Context
from copartner.command.looking import May, may
from copartner.command.runtime import Runtime
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.tenants import store
from copartner.tenants.model import TenantOverview


async def side_of(runtime: Runtime, tenant_id: UUID) -> Side:
    """The side on which a tenant reads its own records: the operator's, else a partner's, else a customer's."""
    async with runtime.pool.acquire() as connection:
        return Side(await store.side_of(connection, tenant_id))


async def read_own_tenant(ctx: Context, *, also: Iterable[Action] = ()) -> tuple[TenantOverview, May]:
    """The acting tenant, and what the caller may also do with what is its own; raises Denied."""
    facts, found = await ctx.look(Action.OWN_TENANT_READ, store.own(), body=TenantOverview)
    return found, may(ctx, facts, also)
