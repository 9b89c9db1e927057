"""What goes on without a request: time passes, letters are sent, what machine time made useless is swept out."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import structlog

from copartner.command.passing import Passed, Passing, System, pass_time
from copartner.command.sweeping import DECISION_LIFE, forget_decisions, forget_requests
from copartner.delegation import passing as delegation
from copartner.kernel.clock import Clock
from copartner.kernel.database import Pool, PoolClosed
from copartner.kernel.ids import Ids
from copartner.kernel.login_store import check_login
from copartner.mail.model import Transport
from copartner.mail.service import send_waiting
from copartner.policy.facts import Cloud
from copartner.relationships import passing as relationships

# Everything that time brings about; at one moment in this order.
PASSINGS: tuple[Passing, ...] = (*delegation.PASSINGS, *relationships.PASSINGS)
_EVERY = 1.0  # seconds
_SWEEPS_EVERY = timedelta(minutes=1)
_log = structlog.get_logger("copartner.worker")


@dataclass(frozen=True, slots=True)
class Worker:
    """What the worker has of the running system, as far as it serves nobody."""

    pool: Pool
    ids: Ids
    cloud: Cloud


async def run(
    system: System,
    programme_clock: Clock,
    machine_clock: Clock,
    transport: Transport | None,
    *,
    alone: asyncio.Lock | None = None,
    decision_life: timedelta = DECISION_LIFE,
) -> None:
    """Work until cancelled or the pool is closed; a database that is away is waited for.

    Without a transport letters wait in their outbox. `alone` is held while time passes. `decision_life`: how long
    decisions are kept.
    """
    held = alone or asyncio.Lock()
    swept: datetime | None = None

    async def passing() -> None:
        async with held:
            await pass_time(system, PASSINGS, until=programme_clock.now())

    async def mail() -> None:
        if transport is not None:
            await send_waiting(system, transport, now=machine_clock.now())

    async def sweep() -> None:
        nonlocal swept
        if swept is None or machine_clock.now() - swept >= _SWEEPS_EVERY:
            swept = machine_clock.now()
            await forget_requests(system, now=swept)
            await forget_decisions(system, now=programme_clock.now(), life=decision_life)

    with suppress(PoolClosed):
        while True:
            for work in (passing, mail, sweep):
                await _try(work)
            await asyncio.sleep(_EVERY)


async def everything_due(system: System, *, until: datetime) -> Sequence[Passed]:
    """Let time pass up to a moment of programme time; answers what happened, in order."""
    passed: list[Passed] = []
    while done := await pass_time(system, PASSINGS, until=until):
        passed += done
    return passed


async def _try(work: Callable[[], Awaitable[None]]) -> None:
    """Do it, or leave it until the next time; whatever keeps it from being done is logged. Raises PoolClosed."""
    try:
        await work()
    except PoolClosed:
        raise
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        _log.warning(f"{work.__name__}.failed", error=str(error))
    except Exception as error:
        _log.error(f"{work.__name__}.failed", exc_info=error)


async def work(
    database_url: str, cloud: Cloud, clock: Clock, transport: Transport | None, *, decision_life: timedelta
) -> None:
    """Check the login role, then run; raises UnsafeLogin."""
    pool = Pool(database_url, 2)
    async with pool.acquire() as connection:
        await check_login(connection)
    await run(Worker(pool, Ids(clock), cloud), clock, clock, transport, decision_life=decision_life)
