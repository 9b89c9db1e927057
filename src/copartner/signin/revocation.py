"""What ended before its tokens did: users, applications, secrets and sessions, known in every process within a second.

Whoever ends a ground writes the moment in the same transaction (`revocation_store.revoke`). The commit wakes a
connection that each process has for itself, which reads what is new; without a wake it looks twice a second. While it
cannot look, every check of a token asks the database itself.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from asyncpg.connection import Connection

from copartner.kernel.clock import Clock
from copartner.kernel.database import Pool, PoolClosed
from copartner.signin import revocation_store as store

# Tokens live for an hour; whatever is older than a day has outlived all of them.
_KEPT = timedelta(days=1)
_LOOK_EVERY = 0.4  # seconds
_ANSWER_WITHIN = 0.4  # seconds
_AGAIN_AFTER = 0.1  # seconds
LISTENER = "copartner revocations"
_log = structlog.get_logger("copartner.signin")

Ground = tuple[UUID, UUID]


class Revocations:
    """The revocations of the last day, in memory.

    `revision` changes with every news, and stands at a number of its own while the database cannot be heard: what was
    found to hold at one revision holds for as long as the number stays.
    """

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self.revision = 1
        self._pool = pool
        self._clock = clock
        self._moments: dict[Ground, datetime] = {}
        self._seen = "0"
        self._deaf = False
        self._news = asyncio.Event()
        self._asking = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, pool: Pool, clock: Clock) -> "Revocations":
        """Read what was revoked and listen from now on, until closed or the pool is."""
        made = cls(pool, clock)
        async with pool.acquire() as connection:
            await made._look(connection)
        made._listening = asyncio.create_task(made._listen(), name="copartner-revocations")
        return made

    async def close(self) -> None:
        """Stop listening; afterwards no connection is open or half open.

        A connection left in the midst of signing in would keep its server process waiting, and with it whoever wants
        a database dropped, until PostgreSQL gives it up after a minute.
        """
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])

    async def current(self) -> int:
        """The revision to remember a check by; asks the database while deaf, and then answers 0, which is none."""
        if not self._deaf:
            return self.revision
        async with self._asking, self._pool.acquire() as connection:
            await self._look(connection)
        return 0

    def ended(self, tenant_id: UUID, grounds: Iterable[UUID], issued_at: datetime) -> bool:
        """Whether one of a token's grounds was revoked after the token was issued."""
        if not self._moments:
            return False
        found = [self._moments.get((tenant_id, ground)) for ground in grounds]
        return any(moment is not None and issued_at < moment for moment in found)

    async def _listen(self) -> None:
        """Whatever goes wrong, turn deaf and try again: a listener that died unseen would let ended tokens pass."""
        while True:
            try:
                connection = await asyncio.wait_for(self._pool.separate(LISTENER), _ANSWER_WITHIN)
            except PoolClosed:
                return
            except Exception as error:
                self._turn_deaf(error)
                await asyncio.sleep(_AGAIN_AFTER)
                continue
            try:
                await asyncio.wait_for(store.listen(connection, self._wake), _ANSWER_WITHIN)
                while True:
                    self._news.clear()
                    await asyncio.wait_for(self._look(connection), _ANSWER_WITHIN)
                    self._hear()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait(), _LOOK_EVERY)
            except Exception as error:
                self._turn_deaf(error)
            finally:
                connection.terminate()

    def _wake(self, *_: object) -> None:
        self._news.set()

    async def _look(self, connection: Connection) -> None:
        now = self._clock.now()
        news, seen = await store.news(connection, since=self._seen, after=now - _KEPT)
        if any(self._moments.get(ground) != moment for ground, moment in news.items()):
            kept = {ground: moment for ground, moment in self._moments.items() if moment > now - _KEPT}
            self._moments = {**kept, **news}
            self.revision += 1
        self._seen = seen

    def _turn_deaf(self, error: BaseException) -> None:
        if not self._deaf:
            self._deaf = True
            self.revision += 1
            _log.warning("revocations.deaf", error=str(error) or type(error).__name__)

    def _hear(self) -> None:
        if self._deaf:
            self._deaf = False
            self.revision += 1
            _log.warning("revocations.heard")
