"""`copartner serve` as a process over a test's database, as an operator starts it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from copartner.kernel.secrets import KeyFile
from support.running import COPARTNER


@dataclass(frozen=True, slots=True)
class Serving:
    """One running server; `log` grows while it runs."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path


def settings(database_url: str | None, place: Path, **more: str) -> dict[str, str]:
    """An environment for `copartner serve`: nothing of ours but what is given, and a key file."""
    key = place / "key"
    if not key.exists():
        KeyFile.create(key)
    given = {"key_file": str(key), **more} | ({} if database_url is None else {"database_url": database_url})
    others = {name: value for name, value in os.environ.items() if not name.startswith("COPARTNER_")}
    return others | {f"COPARTNER_{name.upper()}": value for name, value in given.items()}


def ended(environment: Mapping[str, str], *command: str) -> tuple[int, str]:
    """The exit code and what was said on standard error by a command that ends by itself."""
    finished = subprocess.run(
        [str(COPARTNER), *command], env=dict(environment), capture_output=True, text=True, timeout=60, check=False
    )
    return finished.returncode, finished.stderr


@contextmanager
def serve(database_url: str, place: Path, *, at: int | None = None, **more: str) -> Iterator[Serving]:
    """A server that answers, at a free port unless one is named, stopped at the end of the block."""
    port = at or free_port()
    url, log = f"http://127.0.0.1:{port}", place / "serve.log"
    environment = settings(database_url, place, port=str(port), public_url=url, **more)
    with log.open("wb") as stream:
        process = subprocess.Popen([str(COPARTNER), "serve"], env=environment, stdout=stream, stderr=stream)
    try:
        deadline = time.monotonic() + 60
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"copartner serve did not become ready: {log.read_text()}")
            time.sleep(0.05)
        yield Serving(process, url, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=5).is_success
    except httpx.HTTPError:
        return False
