"""A `copartner up` that can be killed and started again on its port and data, with its log in a file."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from asyncpg.connection import Connection

from copartner.kernel.database import connect
from copartner_emulator import cluster
from support.production import free_port
from support.running import COPARTNER


class Site:
    """One emulator, from start to start."""

    def __init__(self, place: Path) -> None:
        self.data = place / "data"
        self.log = place / "up.log"
        self.ready: dict[str, Any] = {}
        self._ready_file = place / "ready.json"
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers, at every start the same, so that tokens stay good."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Return when it answers."""
        self._ready_file.unlink(missing_ok=True)
        with self.log.open("ab") as stream:  # a pipe that nobody empties would stop the server
            options = ["--data", str(self.data), "--port", str(self._port), "--ready-file", str(self._ready_file)]
            self._process = subprocess.Popen(
                [str(COPARTNER), "up", *options],
                stdout=stream,
                stderr=stream,
                env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
            )
        deadline = time.monotonic() + 90
        while not self._ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"copartner up did not become ready: {self.said()}")
            time.sleep(0.02)
        self.ready = json.loads(self._ready_file.read_text())

    def kill(self) -> None:
        """End the server as a power failure would; PostgreSQL goes with it."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def kill_postgres(self, *, but: int = 0) -> int:
        """End PostgreSQL alone, which the server starts again, as soon as there is one but that; its process id."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError, IndexError, ValueError, ProcessLookupError):
                note = (self.data / "postgres" / "cluster" / "postmaster.pid").read_text()
                found = int(note.splitlines()[0])
                if found != but:
                    os.kill(found, signal.SIGKILL)
                    return found
            time.sleep(0.002)
        raise AssertionError(f"PostgreSQL did not come back: {self.said()}")

    def said(self, most: int = 6000) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-most:]

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    @asynccontextmanager
    async def database(self, role: str = cluster.SUPERUSER) -> AsyncIterator[Connection]:
        """A connection of the superuser, or of the owner, beside the server's own."""
        secrets = json.loads((self.data / "postgres" / "secrets.json").read_text())
        password = secrets["superuser" if role == cluster.SUPERUSER else "owner"]
        socket = (self.data / "postgres" / "socket-directory").read_text().partition("\n")[0]
        connection = await connect(f"postgresql://{role}:{password}@/{cluster.DATABASE}?host={socket}")
        try:
            yield connection
        finally:
            await connection.close()
