"""One PostgreSQL server a test run, shared by its workers, and databases cloned from a migrated template."""

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from copartner.migrations import runner
from copartner_emulator import cluster

# Not COPARTNER_*: what is none of the settings stops `copartner serve`, which tests start.
_PLACE = "PLACE_OF_TESTS"
_TEMPLATE = "copartner_template"
_ROOM = 8 << 30  # bytes
# Kept, because a process object that is collected while its process runs is a warning.
_helpers: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Database:
    """One database of its own: migrated, empty, dropped after use."""

    name: str
    owner_url: str
    login_url: str
    superuser_url: str


@dataclass(frozen=True, slots=True)
class Server:
    """The running server; its URLs name the database `copartner`, which tests leave alone."""

    superuser_url: str
    owner_url: str
    login_url: str

    @contextmanager
    def database(self, template: str = _TEMPLATE) -> Iterator[Database]:
        """A fresh clone of the migrated template, or of the database named (`template0` is an empty one)."""
        name = f"t_{uuid.uuid4().hex}"
        in_thread(self._clone(name, template))
        try:
            yield self.named(name)
        finally:
            in_thread(self._execute(f"DROP DATABASE {name} WITH (FORCE)"))

    def named(self, name: str) -> Database:
        """The URLs of a database by its name."""

        def moved(url: str) -> str:
            before, _, options = url.partition("?")
            return f"{before.rpartition('/')[0]}/{name}?{options}"

        return Database(name, moved(self.owner_url), moved(self.login_url), moved(self.superuser_url))

    async def _clone(self, name: str, template: str) -> None:
        await self._execute(
            f"CREATE DATABASE {name} TEMPLATE {template} OWNER {cluster.OWNER}", *cluster.access_to(name)
        )

    async def make_template(self) -> None:
        """The database every other is cloned from."""
        await self._execute(f"DROP DATABASE IF EXISTS {_TEMPLATE}")
        await self._clone(_TEMPLATE, "template0")
        url = self.named(_TEMPLATE).owner_url
        await runner.migrate(url, login_role=cluster.LOGIN, release="0", now=datetime.now(UTC))

    async def _execute(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.superuser_url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


def choose_place() -> None:
    """Names the run's directory before workers start; they inherit it."""
    wanted = os.environ.pop("COPARTNER_TEST_POSTGRES", "embedded")
    place = f"{_roomy_place()}/copartner-tests-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    os.environ[_PLACE] = f"{place}:{os.getpid()}:{wanted}"


def _roomy_place() -> str:
    """In memory where there is room: a clone of the template is a thousand files, made and removed for every test."""
    memory = Path("/dev/shm")
    with contextlib.suppress(OSError):
        if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
            return str(memory)
    return tempfile.gettempdir()


def server() -> Server:
    """The run's server; the first worker to ask starts it and makes the template."""
    place, watched, wanted = os.environ[_PLACE].rsplit(":", 2)
    directory = Path(place)
    directory.mkdir(exist_ok=True)
    directory.chmod(0o711)
    with (directory / "asking").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = directory / "server.json"
        if not ready.exists():
            _start(directory, watched, wanted, ready)
        found = Server(*json.loads(ready.read_text()))
        migrated = directory / "migrated"
        if not migrated.exists():  # each worker tries again, so that each says why the migrations fail
            in_thread(found.make_template())
            migrated.touch()
        return found


def _start(directory: Path, watched: str, wanted: str, ready: Path) -> None:
    log = directory / "server.log"
    with log.open("wb") as stream:
        helper = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("server.py")), str(directory), watched, wanted],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    _helpers.append(helper)
    while not ready.exists():
        if helper.poll() is not None:
            raise RuntimeError(f"The test server ended before it was ready: {log.read_text()}")
        time.sleep(0.01)


def in_thread(coroutine: Coroutine[Any, Any, None]) -> None:
    """Runs to the end on a loop of its own, whether or not a loop runs here."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(coroutine)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
