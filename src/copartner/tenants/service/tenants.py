"""Tenants, as far as a request has to know of them before it is judged."""

from uuid import UUID

from copartner.command.runtime import Runtime
from copartner.policy.facts import Side
from copartner.tenants import store


async def side_of(runtime: Runtime, tenant_id: UUID) -> Side:
    """The side on which a tenant reads its own records: the operator's, else a partner's, else a customer's."""
    async with runtime.pool.acquire() as connection:
        return Side(await store.side_of(connection, tenant_id))
