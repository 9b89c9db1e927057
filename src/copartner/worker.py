"""What goes on without a request: sweeping out what machine time has made useless."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import structlog

from copartner.command import store
from copartner.kernel.clock import Clock
from copartner.kernel.database import Pool

IDEMPOTENCY_LIFE = timedelta(hours=24)
_EVERY = 60.0  # seconds
_log = structlog.get_logger("copartner.worker")


async def sweep(pool: Pool, *, now: datetime) -> int:
    """Forget request ids older than a day of machine time; answers how many."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(store.ACT_AS, "worker", None)
        return await store.forget_requests(connection, before=now - IDEMPOTENCY_LIFE)


async def run(pool: Pool, machine_clock: Clock) -> None:
    """Sweep once a minute until cancelled; a database that is away is waited for."""
    while True:
        try:
            await sweep(pool, now=machine_clock.now())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning("sweep.failed", error=str(error))
        await asyncio.sleep(_EVERY)
