"""The server that is measured, `copartner serve` as an operator starts it, and requests for it."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import load
import msgspec
import world
from database import PLACE, Database

from copartner.command.in_force import InForce
from copartner.command.runtime import Runtime
from copartner.kernel.clock import SystemClock
from copartner.kernel.database import Pool
from copartner.kernel.ids import Ids
from copartner.kernel.paging import PageTokens
from copartner.kernel.secrets import Drawn, KeyFile
from copartner.policy.facts import Cloud
from copartner.policy.rulebook import Rulebook
from copartner.signin.model import Subject
from copartner.signin.service import Authority

AUDIENCE = "https://api.partnercenter.microsoft.com"
_COMMAND = [str(Path(sys.executable).with_name("copartner")), "serve"]


@dataclass(frozen=True, slots=True)
class Service:
    """A running server: where it is, its processes, and a token of one user of each partner."""

    port: int
    process: subprocess.Popen[bytes]
    tokens: list[str] = field(repr=False)

    @property
    def url(self) -> str:
        """Its root address."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Processor time of all its processes so far."""
        return sum(_cpu_seconds(pid) for pid in _family(self.process.pid))

    def drive(self, requests: list[str], **plan: object) -> load.Measured:
        """Let a process of its own send these requests."""
        made = load.Plan(host="127.0.0.1", port=self.port, requests=requests, **plan)
        said = subprocess.run(
            [sys.executable, str(Path(load.__file__))],
            input=msgspec.json.encode(made),
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        return msgspec.json.decode(said, type=load.Measured)

    def ask(self, request: str) -> tuple[int, bytes]:
        """Status and body of one request."""
        with socket.create_connection(("127.0.0.1", self.port)) as made:
            connection = HTTPConnection("127.0.0.1", self.port)
            connection.sock = made
            head, _, body = request.partition("\r\n\r\n")
            method, path, _ = head.split("\r\n")[0].split(" ")
            headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
            connection.request(method, path, body=body or None, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()


@contextmanager
def serving(database: Database, *, processes: int, connections: int, place: Path = PLACE) -> Iterator[Service]:
    """The server with so many processes, which share so many database connections."""
    port = _free_port()
    key = place / "key"
    if not key.exists():
        KeyFile.create(key)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COPARTNER_")},
        "COPARTNER_DATABASE_URL": database.postgres.login_url,
        "COPARTNER_KEY_FILE": str(key),
        "COPARTNER_PORT": str(port),
        "COPARTNER_RATE_LIMIT": "0",
        "COPARTNER_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "COPARTNER_PROCESSES": str(processes),
        "COPARTNER_POOL_SIZE": str(connections // processes),
    }
    # What it logs goes to a file, as an operator would keep it.
    with (place / "serve.log").open("wb") as log:
        process = subprocess.Popen(_COMMAND, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(process, port, place / "serve.log")
        tokens = asyncio.run(_tokens(database, KeyFile.open(key), f"http://127.0.0.1:{port}"))
        yield Service(port, process, tokens)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@asynccontextmanager
async def authority(database: Database, key: KeyFile, root: str) -> AsyncIterator[Authority]:
    """The authority of this deployment, which signs and checks as the server's does."""
    clock = SystemClock()
    runtime = Runtime(
        pool=Pool(database.postgres.login_url, 1),
        rules=InForce(Rulebook.load()),
        cloud=Cloud.COMMERCIAL,
        programme_clock=clock,
        machine_clock=clock,
        ids=Ids(clock),
        page_tokens=PageTokens(b"bench"),
        drawn=Drawn(b"bench"),
        public_url=root,
    )
    opened = await Authority.open(runtime, key, audiences=[AUDIENCE])
    try:
        yield opened
    finally:
        await opened.close()
        await runtime.pool.close()


async def _tokens(database: Database, key: KeyFile, root: str) -> list[str]:
    async with authority(database, key, root) as opened:
        return [
            opened.tokens.issue(user(number), audience=AUDIENCE, version=1).access_token
            for number in range(world.PARTNERS)
        ]


def user(partner: int) -> Subject:
    """The first user of a partner, as a token names it."""
    name = f"agent-0@partner-{partner}.bench.example"
    return Subject(world.partner_id(partner), world.user_id(partner), None, name, (), ("pwd", "mfa"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"copartner serve did not become ready: {log.read_text()[-2000:]}")


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        children = Path(f"/proc/{parent}/task/{parent}/children")
        found += [int(child) for child in children.read_text().split()] if children.exists() else []
    return found


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
