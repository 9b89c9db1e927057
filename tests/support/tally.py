"""Counts what goes to PostgreSQL, at its protocol: a socket between the pool and the server that reads along."""

import asyncio
import contextlib
import shutil
import struct
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from copartner.signin.revocation_store import CHANNEL

_SOCKET = ".s.PGSQL.5432"


class Tally:
    """Round trips since the last `clear`, in order, each by the text of its statement.

    A trip is whatever makes the server answer: a simple query, a Sync, or a Flush (which prepares a statement anew).
    """

    def __init__(self) -> None:
        self.trips: list[str] = []

    def clear(self) -> None:
        """Count from here."""
        self.trips.clear()

    @property
    def transactions(self) -> list[str]:
        """What of it began and ended transactions."""
        words = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "START")
        return [word for trip in self.trips for word in words if trip.upper().startswith(word)]


class _Reader:
    """Reads along what one connection sends; one that listens for revocations belongs to no request."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._rest = b""
        self._started = False
        self._listens = False
        self._statements: dict[bytes, str] = {}
        self._said = ""

    def take(self, part: bytes) -> None:
        """Take in bytes, of which a message may be only half there."""
        self._rest += part
        while self._next():
            pass

    def _next(self) -> bool:
        head = 5 if self._started else 4
        if len(self._rest) < head:
            return False
        (length,) = struct.unpack("!i", self._rest[head - 4 : head])
        end = head - 4 + length
        if len(self._rest) < end:
            return False
        if self._started:
            self._message(self._rest[:1], self._rest[head:end])
        self._started = True
        self._rest = self._rest[end:]
        return True

    def _message(self, kind: bytes, body: bytes) -> None:
        if kind == b"Q":
            self._trip(body.rstrip(b"\0").decode())
        elif kind == b"P":
            name, text, _ = body.split(b"\0", 2)
            self._statements[name] = self._said = text.decode()
        elif kind == b"B":
            _, name, _ = body.split(b"\0", 2)
            self._said = self._statements[name]
        elif kind in b"SH":
            self._trip(self._said)

    def _trip(self, text: str) -> None:
        self._listens = self._listens or f'LISTEN "{CHANNEL}"' in text
        if not self._listens:
            self._tally.trips.append(text)


@asynccontextmanager
async def counted(url: str) -> AsyncIterator[tuple[str, Tally]]:
    """The same database through a socket that counts; the URL to use instead, and the tally."""
    parts = urlsplit(url)
    server = f"{parse_qs(parts.query)['host'][0]}/{_SOCKET}"
    place = Path(tempfile.mkdtemp(prefix="tally-", dir="/tmp"))
    tally = Tally()
    tasks: set[asyncio.Task[None]] = set()

    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
        along = _Reader(tally)
        answers, asking = await asyncio.open_unix_connection(server)
        try:
            await asyncio.gather(_copy(reader, asking, along), _copy(answers, writer, None))
        finally:
            asking.close()
            writer.close()

    listening = await asyncio.start_unix_server(joined, place / _SOCKET)
    try:
        yield parts._replace(query=f"host={place}").geturl(), tally
    finally:
        listening.close()
        if tasks:  # each ends when its connection does
            await asyncio.wait(tasks, timeout=5)
        shutil.rmtree(place)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, along: _Reader | None) -> None:
    with contextlib.suppress(ConnectionError):
        while part := await source.read(65_536):
            if along is not None:
                along.take(part)
            target.write(part)
            await target.drain()
    target.close()
