"""An answer that is worked out while the client waits, told line by line to whoever asks for that."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from litestar.types import Receive, Scope, Send

from copartner.api.call import Call, Reply, encode

LINES = "application/x-ndjson"
# Told of what has come about meanwhile.
Tell = Callable[[Any], Awaitable[None]]
_log = structlog.get_logger("copartner.http")


def wants_lines(call: Call) -> bool:
    """Whether a client asks to be told line by line."""
    return LINES in (call.header(b"accept") or "").lower()


class Working(Reply):
    """The result of `work` as JSON; with `lines` each thing told as a line of JSON, and the result as the last one.

    When the client leaves, the work is given up. What keeps it from being done is the last line's `error`.
    """

    __slots__ = ("_lines", "_work")

    def __init__(self, work: Callable[[Tell], Awaitable[Any]], *, lines: bool) -> None:
        super().__init__(200)
        self._work = work
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do the work and send what it answers."""
        if self._lines:
            headers = [(b"content-type", LINES.encode()), *self._own()]
            await send({"type": "http.response.start", "status": self.status, "headers": headers})

        async def line(value: Any) -> None:
            if self._lines:
                body = encode(value) + b"\n"
                await send({"type": "http.response.body", "body": body, "more_body": True})

        working, leaving = asyncio.ensure_future(self._work(line)), asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                # Raises where the client is told of as gone.
                leaving.result()
                return
            await self._finish(working, scope, receive, send, line)
        finally:
            for task in (working, leaving):
                task.cancel()
            await asyncio.gather(working, leaving, return_exceptions=True)

    async def _finish(
        self, working: "asyncio.Future[Any]", scope: Scope, receive: Receive, send: Send, line: Tell
    ) -> None:
        if not self._lines:
            await Reply.of(self.status, working.result(), self.headers)(scope, receive, send)
            return
        try:
            await line(working.result())
        except Exception as error:
            # The answer has begun, so this is the one place left to say that it did not come to its end.
            _log.exception("unexpected", path=scope.get("path"), exc_info=error)
            await line({"error": "The work could not be done; ask again."})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _own(self) -> list[tuple[bytes, bytes]]:
        return [(name.encode(), value.encode("latin-1", "replace")) for name, value in (self.headers or {}).items()]


async def _left(receive: Receive) -> None:
    """Ends when the client leaves."""
    message: Any = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()
