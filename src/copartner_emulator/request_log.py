"""Every request of an emulator as a line of JSON in a file: what a client really asked for, and how that ended."""

import json
import os
from pathlib import Path
from typing import Any

from copartner.kernel.clock import Clock


class RequestLogError(Exception):
    """The file cannot be written; the message says why."""


class RequestLog:
    """Wraps the application and appends to `file`, which is its owner's alone.

    A line has `at` (the machine's time), `method`, `path` as it was sent, without the query, which may hold secrets,
    `status` (0 where nothing was answered) and `userAgent`. Raises RequestLogError.
    """

    def __init__(self, inner: Any, file: Path, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        try:
            self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise RequestLogError(f"Cannot write --request-log {file}: {error.strerror}. Name another file.") from error

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand the request on, and note it once it is answered."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        # Read before anything below brings the path into the casing it knows.
        method, path, status = scope["method"], scope["path"], 0
        agents = [value.decode("latin-1") for name, value in scope["headers"] if name == b"user-agent"]

        async def answer(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._note(method, path, status, agents)
            await send(message)

        try:
            await self._inner(scope, receive, answer)
        finally:
            if not status:
                self._note(method, path, 0, agents)

    def _note(self, method: str, path: str, status: int, agents: list[str]) -> None:
        at = self._clock.now().isoformat().replace("+00:00", "Z")
        line = {"at": at, "method": method, "path": path, "status": status, "userAgent": " ".join(agents)}
        os.write(self._file, (json.dumps(line) + "\n").encode())
