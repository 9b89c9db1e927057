"""What is asked of a tenant before anybody acts for it."""

from uuid import UUID

from asyncpg.connection import Connection

from copartner.kernel.functions import call


async def side_of(db: Connection, tenant_id: UUID) -> str:
    """The name of the side a tenant reads its own records on."""
    found: str = await db.fetchval(call("fn_side_of", 1), tenant_id)
    return found
