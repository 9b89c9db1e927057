"""What ended before its tokens did: users, applications, secrets and sessions, known in every process within a second.

Whoever ends a ground writes the moment in the same transaction (`revocation_store.revoke`). The commit wakes a
connection that each process has for itself, which reads what is new; without a wake it looks twice a second. While it
cannot look, every check of a token asks the database itself.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from asyncpg.connection import Connection

from copartner.kernel.clock import Clock
from copartner.kernel.database import Pool
from copartner.kernel.listening import Listener, answering
from copartner.signin import revocation_store as store

# Tokens live for an hour; whatever is older than a day has outlived all of them.
_KEPT = timedelta(days=1)
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
        self._asking = asyncio.Lock()
        self._listener: Listener | None = None

    @classmethod
    async def open(cls, pool: Pool, clock: Clock) -> "Revocations":
        """Read what was revoked and listen from now on, until closed or the pool is."""
        made = cls(pool, clock)
        async with pool.acquire() as connection:
            await made._look(connection)
        made._listener = Listener(pool, LISTENER, listen=store.listen, look=made._hear, deaf=made._turn_deaf)
        return made

    async def close(self) -> None:
        """Stop listening; afterwards no connection is open or half open."""
        if self._listener is not None:
            await self._listener.close()

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

    async def _hear(self, connection: Connection) -> None:
        async with answering():
            await self._look(connection)
        if self._deaf:
            self._deaf = False
            self.revision += 1
            _log.warning("revocations.heard")
