"""The customers that a partner administers by a granular relationship; there while one is active."""

from uuid import UUID

import msgspec

from copartner.command.context import Context
from copartner.delegation import below_store
from copartner.delegation.below import AdminCustomer, AdministeredService
from copartner.delegation.service import PAGE_LIMIT
from copartner.kernel.paging import Listed, Page
from copartner.policy.actions import Action


class _Found(msgspec.Struct):
    customer: AdminCustomer
    services: tuple[AdministeredService, ...]


async def list_admin_customers(
    ctx: Context,
    *,
    descending: bool = False,
    count: bool = False,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Page[AdminCustomer]:
    """At most `size` (1 to 300) customers with which a relationship is active, by id; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.ADMIN_CUSTOMER_LIST,
        below_store.customers(),
        *(ctx.moment, descending, count, after, size),
        body=Listed[AdminCustomer],
        each=Action.ADMIN_CUSTOMER_READ,
    )
    return found.page(size, lambda one: one.id)


async def read_admin_customer(ctx: Context, *, customer_id: UUID) -> AdminCustomer:
    """One of them; raises Denied."""
    return (await _read(ctx, customer_id)).customer


async def list_services(ctx: Context, *, customer_id: UUID) -> tuple[AdministeredService, ...]:
    """What one of them has licences of, whoever sold them; raises Denied."""
    return (await _read(ctx, customer_id)).services


async def _read(ctx: Context, customer_id: UUID) -> _Found:
    sql = below_store.customer()
    return await ctx.read(Action.ADMIN_CUSTOMER_READ, sql, customer_id, ctx.moment, body=_Found)
