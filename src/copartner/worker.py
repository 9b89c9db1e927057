"""What goes on without a request: sweeping out what machine time has made useless."""

import asyncio

import asyncpg
import structlog

from copartner.command.sweeping import forget_requests
from copartner.kernel.clock import Clock, SystemClock
from copartner.kernel.database import Pool
from copartner.kernel.login_store import check_login

_EVERY = 60.0  # seconds
_log = structlog.get_logger("copartner.worker")


async def run(pool: Pool, machine_clock: Clock) -> None:
    """Sweep once a minute until cancelled; a database that is away is waited for."""
    while True:
        try:
            await forget_requests(pool, now=machine_clock.now())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning("sweep.failed", error=str(error))
        await asyncio.sleep(_EVERY)


async def work(database_url: str) -> None:
    """Check the login role, then run; raises UnsafeLogin."""
    pool = Pool(database_url, 1)
    async with pool.acquire() as connection:
        await check_login(connection)
    await run(pool, SystemClock())
