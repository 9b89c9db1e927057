"""What goes on without a request: sweeping out what machine time has made useless."""

import asyncio

import asyncpg
import structlog

from copartner.command.sweeping import forget_requests
from copartner.kernel.clock import Clock
from copartner.kernel.database import Pool

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
