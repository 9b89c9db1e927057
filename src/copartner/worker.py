"""What goes on without a request: time passes, letters and events go out, versions of the rules are checked, and what
is useless by now is swept out.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import structlog

from copartner.announcements import passing as announcements
from copartner.command.passing import Passed, Passing, System, pass_time
from copartner.command.sweeping import DECISION_LIFE, forget_decisions, forget_requests
from copartner.delegation import passing as delegation
from copartner.kernel.clock import Clock
from copartner.kernel.database import Pool, PoolClosed
from copartner.kernel.ids import Ids
from copartner.kernel.login_store import check_login
from copartner.kernel.secrets import Drawn
from copartner.mail.model import Transport
from copartner.mail.service import send_waiting
from copartner.policy.facts import Cloud
from copartner.proof import promises
from copartner.relationships import passing as relationships
from copartner.versions.checking import check_waiting
from copartner.webhooks.model import Courier
from copartner.webhooks.service import AT_ONCE, deliver_waiting

# Everything that time brings about; at one moment in this order.
PASSINGS: tuple[Passing, ...] = (*delegation.PASSINGS, *relationships.PASSINGS, *announcements.PASSINGS)
_EVERY = 1.0  # seconds
_SWEEPS_EVERY = timedelta(minutes=1)
_log = structlog.get_logger("copartner.worker")


@dataclass(frozen=True, slots=True)
class Worker:
    """What the worker has of the running system, as far as it serves nobody."""

    pool: Pool
    ids: Ids
    cloud: Cloud
    public_url: str


@dataclass(frozen=True, slots=True)
class Post:
    """The ways out: of letters and of events, which wait without theirs; `drawn` has the secrets of events."""

    letters: Transport | None = None
    events: Courier | None = None
    drawn: Drawn | None = None


async def run(
    system: System,
    programme_clock: Clock,
    machine_clock: Clock,
    post: Post,
    *,
    alone: asyncio.Lock | None = None,
    decision_life: timedelta = DECISION_LIFE,
) -> None:
    """Work until cancelled or the pool is closed; a database that is away is waited for.

    `alone` is held while time passes. Events go beside the rest, so that a receiver who is slow holds nothing up, and
    so do the checks of versions. `decision_life`: how long decisions are kept.
    """
    held = alone or asyncio.Lock()
    swept: datetime | None = None

    async def passing() -> None:
        async with held:
            await pass_time(system, PASSINGS, until=programme_clock.now())

    async def mail() -> None:
        if post.letters is not None:
            await send_waiting(system, post.letters, now=machine_clock.now())

    async def events() -> None:
        if post.events is not None and post.drawn is not None:
            while await deliver_waiting(system, post.events, post.drawn, now=machine_clock.now()) == AT_ONCE:
                pass

    async def sweep() -> None:
        nonlocal swept
        if swept is None or machine_clock.now() - swept >= _SWEEPS_EVERY:
            swept = machine_clock.now()
            await forget_requests(system, now=swept)
            await forget_decisions(system, now=programme_clock.now(), life=decision_life)

    async def check() -> None:
        await check_waiting(system, programme_clock, machine_clock, promises.check)

    try:
        async with asyncio.TaskGroup() as working:
            working.create_task(_forever(passing, mail, sweep))
            working.create_task(_forever(events))
            # A proof takes a minute, and nothing else waits for it.
            working.create_task(_forever(check))
    except* PoolClosed:
        pass


async def _forever(*works: Callable[[], Awaitable[None]]) -> None:
    """One after the other, once a second, until the pool is closed."""
    while True:
        for work in works:
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
    database_url: str, cloud: Cloud, public_url: str, clock: Clock, post: Post, *, decision_life: timedelta
) -> None:
    """Check the login role, then run; raises UnsafeLogin."""
    pool = Pool(database_url, 4)
    async with pool.acquire() as connection:
        await check_login(connection)
    await run(Worker(pool, Ids(clock), cloud, public_url), clock, clock, post, decision_life=decision_life)
