"""A connection of a process's own that looks at the database whenever it is woken, and twice a second without that."""

import asyncio
from collections.abc import Awaitable, Callable

from asyncpg.connection import Connection

from copartner.kernel.database import Pool, PoolClosed

LOOK_EVERY = 0.4  # seconds
_ANSWER_WITHIN = 0.4  # seconds
_AGAIN_AFTER = 0.1  # seconds

Wake = Callable[..., None]


class Listener:
    """Calls `look` on every news and every so often; `deaf` each time that it cannot.

    `listen` subscribes a connection, which then calls what it is given. `look` has to bound its own waits.
    """

    def __init__(
        self,
        pool: Pool,
        name: str,
        *,
        listen: Callable[[Connection, Wake], Awaitable[None]],
        look: Callable[[Connection], Awaitable[None]],
        deaf: Callable[[BaseException], None],
    ) -> None:
        self._pool = pool
        self._name = name
        self._listen = listen
        self._look = look
        self._deaf = deaf
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=name.replace(" ", "-"))

    async def close(self) -> None:
        """Stop; afterwards no connection is open or half open.

        A connection left in the midst of signing in would keep its server process waiting, and with it whoever wants
        a database dropped, until PostgreSQL gives it up after a minute.
        """
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        """Whatever goes wrong, say so and try again: a listener that died unseen would let what is over go on."""
        while True:
            try:
                async with answering():
                    connection = await self._pool.separate(self._name)
            except PoolClosed:
                return
            except Exception as error:
                self._deaf(error)
                await asyncio.sleep(_AGAIN_AFTER)
                continue
            try:
                async with answering():
                    await self._listen(connection, self._wake)
                while True:
                    self._news.clear()
                    await self._look(connection)
                    await self._wait()
            except Exception as error:
                self._deaf(error)
            finally:
                connection.terminate()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._news.wait()
        except TimeoutError:
            pass

    def _wake(self, *_: object) -> None:
        self._news.set()


def answering() -> asyncio.Timeout:
    """Wait no longer than a database that can be heard takes; raises TimeoutError.

    Not asyncio.wait_for: before Python 3.12 that loses a cancellation that comes together with the answer.
    """
    return asyncio.timeout(_ANSWER_WITHIN)
