"""Sweeping out what only a request within the last day could want."""

from datetime import datetime, timedelta

from copartner.command import store
from copartner.kernel.database import Pool

IDEMPOTENCY_LIFE = timedelta(hours=24)


async def forget_requests(pool: Pool, *, now: datetime) -> int:
    """Forget request ids older than a day of machine time; answers how many."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(store.ACT_AS, "worker", None)
        return await store.forget_requests(connection, before=now - IDEMPOTENCY_LIFE)
