"""The rulebook in force in this process: made of the release and of every approved version, replaced by each change.

An approval or a taking back wakes a connection that each process has for itself, which reads the rulebook's number;
without a wake it looks twice a second. While it cannot look, every request asks the database itself, and while the
rulebook that holds cannot be made here, none is decided.
"""

import asyncio
import contextlib

import structlog
from asyncpg.connection import Connection

from copartner.command.in_force import BrokenVersions, InForce
from copartner.command.runtime import Runtime
from copartner.kernel.clock import Clock
from copartner.kernel.database import Pool
from copartner.kernel.listening import Listener, answering
from copartner.policy.rulebook import Rulebook
from copartner.programme import kept
from copartner.versions import building, store

LISTENER = "copartner rulebook"
_log = structlog.get_logger("copartner.versions")


class Live:
    """Keeps the rulebook of a runtime the one that holds, until closed or the pool is."""

    def __init__(self, pool: Pool, machine_clock: Clock, rules: InForce) -> None:
        shipped = rules.book.source
        if shipped is None:
            raise ValueError("a variant is not served by: begin with the rulebook of the release")
        self._pool = pool
        self._clock = machine_clock
        self._rules = rules
        self._shipped = shipped
        self._deaf = False
        # The rulebook of a number, being made or made: whoever gives up waiting for it leaves it to the next.
        self._making: tuple[int, asyncio.Task[Rulebook]] | None = None
        self._loading = asyncio.Lock()
        self._listener: Listener | None = None

    @classmethod
    async def open(cls, runtime: Runtime) -> "Live":
        """Load what was approved and listen from now on; raises BrokenVersions, which says what to do."""
        made = cls(runtime.pool, runtime.machine_clock, runtime.rules)
        await kept.keep(made._pool, runtime.rulebook, now=made._clock.now())
        await made.catch_up()
        runtime.rules.catch_up = made.catch_up
        made._listener = Listener(made._pool, LISTENER, listen=store.listen, look=made._look, deaf=made._turn_deaf)
        return made

    async def close(self) -> None:
        """Stop listening; afterwards no connection is open or half open."""
        if self._making is not None:
            self._making[1].cancel()
        if self._listener is not None:
            await self._listener.close()

    async def catch_up(self) -> None:
        """Have the rulebook that holds now; raises BrokenVersions, or what keeps the database from being asked."""
        async with self._loading:
            async with self._pool.acquire() as connection:
                number, versions = await store.rulebook(connection)
            if number != self._rules.number:
                await self._load(number, versions)
            # Whoever hears nothing has to ask again the next time.
            self._rules.behind = self._deaf

    async def _load(self, number: int, versions: tuple[building.Approved, ...]) -> None:
        if self._making is None or self._making[0] != number:
            self._making = number, asyncio.create_task(self._make(versions), name=f"copartner-rulebook-{number}")
        book = await asyncio.shield(self._making[1])
        await kept.keep(self._pool, book, now=self._clock.now())
        self._rules.replace(book, number)
        _log.info("rulebook.changed", number=number, versions=len(versions))

    async def _make(self, versions: tuple[building.Approved, ...]) -> Rulebook:
        try:
            return await asyncio.to_thread(building.assembled, self._shipped, versions, self._rules.book)
        except BrokenVersions as broken:
            _log.error("rulebook.unusable", error=str(broken))
            raise

    async def _look(self, connection: Connection) -> None:
        async with answering():
            number = await store.number(connection)
        if self._deaf:
            self._deaf = False
            _log.warning("rulebook.heard")
        if number != self._rules.number:
            self._rules.doubt()
        if self._rules.behind:
            with contextlib.suppress(BrokenVersions):
                await self.catch_up()

    def _turn_deaf(self, error: BaseException) -> None:
        self._rules.doubt()
        if not self._deaf:
            self._deaf = True
            _log.warning("rulebook.deaf", error=str(error) or type(error).__name__)
