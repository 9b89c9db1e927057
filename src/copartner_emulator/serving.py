"""Serves an ASGI application until a signal asks to stop, and keeps PostgreSQL alive meanwhile."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import structlog
import uvicorn

from copartner_emulator.certificates import Tls
from copartner_emulator.postgres import EmbeddedPostgres, PostgresError

_LOOK_EVERY = 0.1  # seconds
_ATTEMPTS = 5
_log = structlog.get_logger()


class PortTaken(Exception):
    """The port is in use; the message says which."""


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own, which would end the process before PostgreSQL is stopped."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answering = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tells that requests are answered, or that none ever will be."""
        try:
            await super().startup(sockets)
        finally:
            self.answering.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 takes a free one. Raises PortTaken."""
    # To a socket that says that it is TCP asyncio sends at once; on another an answer in two parts waits 40 ms, until
    # the first is acknowledged.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(("127.0.0.1", port))
    except OSError as error:
        made.close()
        raise PortTaken(
            f"Cannot listen on port {port}: {error.strerror}. Choose another with --port or PORT=."
        ) from error
    return made


async def serve(
    app: Any, listening: socket.socket, postgres: EmbeddedPostgres, ready: Callable[[], None], tls: Tls | None = None
) -> None:
    """Serves until SIGINT, SIGTERM or SIGHUP; calls `ready` once requests are answered. With `tls` it speaks https."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, _stop, server)
    keeping = asyncio.create_task(_keep_alive(postgres))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    serving.add_done_callback(lambda _: server.answering.set())
    try:
        await server.answering.wait()
        if server.started and not server.should_exit:
            ready()
        await asyncio.wait({serving, keeping}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
        if keeping.done():
            await keeping  # raises why PostgreSQL could not be restarted
    finally:
        keeping.cancel()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)


def _stop(server: uvicorn.Server) -> None:
    if server.should_exit:
        server.force_exit = True
    server.should_exit = True


async def _keep_alive(postgres: EmbeddedPostgres) -> None:
    """Starts PostgreSQL again when it died, also when it died while starting; raises when it does not start at all.

    Runs in the main thread, whose life PostgreSQL's is bound to.
    """
    failed = 0
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        if postgres.is_alive():
            continue
        _log.warning("postgres.died")
        try:
            postgres.restart()
        except PostgresError as error:
            failed += 1
            if failed == _ATTEMPTS:
                raise
            _log.warning("postgres.not.started", error=str(error))
            continue
        failed = 0
        _log.warning("postgres.restarted", pid=postgres.pid)
