"""Connections to PostgreSQL: a small pool that hands back only what is certainly clean."""

import asyncio
from typing import Any

import asyncpg
from asyncpg.connection import Connection

SEARCH_PATH = "copartner"
# A page read by its place costs hardly more than the next one: on flash storage, and always of what is in memory.
_SERVER_SETTINGS = {
    "search_path": SEARCH_PATH,
    "timezone": "UTC",
    "jit": "off",
    "plan_cache_mode": "auto",
    "random_page_cost": "1.1",
}
# A request ends by itself, in milliseconds: a vanished client or a stuck neighbour keeps no lock and no connection.
_LIMITS = {
    "statement_timeout": "30000",
    "lock_timeout": "10000",
    "idle_in_transaction_session_timeout": "30000",
    "client_connection_check_interval": "2000",
}

# After these nobody knows where the protocol stands.
_DOUBTFUL = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)


async def connect(url: str, *, limited: bool = False, name: str = "copartner", **options: Any) -> Connection:
    """Open one connection with copartner's session settings, with a request's time limits when `limited`.

    `name` is what the server's list of sessions calls it. Raises OSError or asyncpg.PostgresError.
    """
    settings = {**_SERVER_SETTINGS, **(_LIMITS if limited else {}), "application_name": name}
    return await asyncpg.connect(url, server_settings=settings, **options)


class PoolClosed(Exception):
    """The pool was closed while a connection was wanted."""


class Pool:
    """Connections of the login role, at most `size` of them, opened when wanted.

    A connection goes back only when its use ended without cancellation, time-out or transport error, it is open and
    outside a transaction; otherwise it is cut off, so no half-read answer and no actor's role reaches the next user.
    """

    def __init__(self, url: str, size: int = 12, command_timeout: float = 30.0) -> None:
        self._url = url
        self._slots = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._command_timeout = command_timeout
        self._closed = False
        self.size = size
        self.in_use = 0
        self.discarded = 0

    def acquire(self) -> "_Lent":
        """Lend a connection for the block; raises TimeoutError when none comes free within the time-out."""
        return _Lent(self)

    async def _lend(self) -> Connection:
        """A connection for whoever hands it back; see acquire."""
        if self._slots.locked():
            async with asyncio.timeout(self._command_timeout):
                await self._slots.acquire()
        else:
            await self._slots.acquire()
        try:
            if self._closed:
                raise PoolClosed
            connection = self._take() or await self._open()
        except BaseException:
            self._slots.release()
            raise
        self.in_use += 1
        return connection

    def _hand_back(self, connection: Connection, clean: bool) -> None:
        """Take a lent connection back, and keep it only when it is clean."""
        self.in_use -= 1
        try:
            self._give_back(connection, clean)
        finally:
            self._slots.release()

    async def _open(self) -> Connection:
        return await connect(self._url, limited=True, command_timeout=self._command_timeout)

    async def separate(self, name: str) -> Connection:
        """A connection beside the pool under a name of its own, for whoever listens; the caller terminates it."""
        if self._closed:
            raise PoolClosed
        return await connect(self._url, name=name, command_timeout=self._command_timeout)

    def _take(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    def _give_back(self, connection: Connection, clean: bool) -> None:
        if clean and not self._closed and not connection.is_closed() and not connection.is_in_transaction():
            self._idle.append(connection)
            return
        self.discarded += 1
        connection.terminate()

    async def check(self) -> None:
        """Ask the server for an answer; raises what keeps it from giving one."""
        async with self.acquire() as connection:
            await connection.fetchval("SELECT 1")

    async def close(self) -> None:
        """Close idle connections; lent ones are cut off when they come back."""
        self._closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.terminate()


class _Lent:
    """A connection for the length of a block."""

    __slots__ = ("_connection", "_pool")

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Connection:
        self._connection = await self._pool._lend()
        return self._connection

    async def __aexit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._pool._hand_back(self._connection, error is None or _leaves_clean(error))


def away(error: BaseException) -> bool:
    """Whether the database could not be asked: it is absent, starts, died just now, or lent no connection in time."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "08").startswith(("08", "53", "57"))
    return isinstance(error, OSError | TimeoutError | PoolClosed | asyncpg.InternalClientError)


def _leaves_clean(error: BaseException) -> bool:
    """Whether the protocol is at rest after a use that ended so; cancelled, it is not."""
    if isinstance(error, asyncpg.PostgresError):
        # The server answered with an error; 08 and 57 speak of a dying connection.
        return not (error.sqlstate or "08").startswith(("08", "57"))
    return isinstance(error, Exception) and not isinstance(error, _DOUBTFUL)
