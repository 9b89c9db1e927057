"""`copartner serve`: the programme on an operator's own database, put together from settings."""

import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import uvicorn
from litestar.types import ControllerRouterHandler

from copartner import app, portal
from copartner.api import authority as authority_dialect
from copartner.api.caller import identified
from copartner.command.in_force import InForce
from copartner.command.runtime import Runtime
from copartner.kernel import collector, logging
from copartner.kernel.clock import SystemClock
from copartner.kernel.database import Pool
from copartner.kernel.forwarded import Forwarded
from copartner.kernel.ids import Ids
from copartner.kernel.login_store import check_login
from copartner.kernel.paging import PageTokens
from copartner.kernel.secrets import Drawn, KeyFile
from copartner.policy.rulebook import Rulebook
from copartner.settings import CLIENT_AUDIENCES, Settings, SettingsError, read
from copartner.signin.provider.model import Trust
from copartner.signin.service import Authority, Grant
from copartner.versions.live import Live

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]


def release() -> str:
    """The installed version."""
    return version("copartner")


def run(settings: Settings) -> None:
    """Serve until a signal asks to stop, in as many processes as the settings say."""
    required(settings)
    logging.configure(settings.log_level)
    uvicorn.run(
        "copartner.serve:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.processes,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )


def required(settings: Settings) -> tuple[str, KeyFile]:
    """Database and key, without which nothing is served; raises SettingsError, also for the identity provider's, and
    KeyFileError."""
    if settings.database_url is None:
        raise SettingsError(
            "COPARTNER_DATABASE_URL is not set; name the database as its login role, after `copartner migrate`"
        )
    if settings.key_file is None:
        raise SettingsError("COPARTNER_KEY_FILE is not set; `copartner key FILE` makes one")
    trusted(settings)
    return settings.database_url, KeyFile.open(settings.key_file)


def drawn(key_file: KeyFile) -> Drawn:
    """The secrets that are told once, the same in every process."""
    return Drawn(key_file.derive("secrets told once"))


def trusted(settings: Settings) -> Trust | None:
    """The identity provider, None without one; raises SettingsError when its secret cannot be read."""
    try:
        return settings.identity_provider()
    except OSError as error:
        raise SettingsError(f"COPARTNER_OIDC_CLIENT_SECRET_FILE cannot be read: {error}") from error


def application() -> Asgi:
    """The application of one server process; it connects when the server starts it."""
    settings = read(os.environ)
    logging.configure(settings.log_level)
    opening = Opening(settings)
    return Forwarded(opening, settings.trusted_proxies) if settings.trusted_proxies else opening


async def assemble(settings: Settings) -> Asgi:
    """Everything production serves; raises UnsafeLogin when the database would let row security be passed round."""
    database_url, key_file = required(settings)
    machine = SystemClock()
    runtime = Runtime(
        pool=Pool(database_url, settings.pool_size),
        rules=InForce(Rulebook.load()),
        cloud=settings.cloud,
        programme_clock=machine,
        machine_clock=machine,
        ids=Ids(machine),
        page_tokens=PageTokens(key_file.derive("page tokens")),
        drawn=drawn(key_file),
        public_url=settings.public_url,
        private_events=settings.private_events,
    )
    return await compose(
        runtime,
        key_file,
        audiences=settings.audiences,
        bom=settings.bom,
        rate_limit=settings.rate_limit,
        trust=trusted(settings),
    )


async def compose(
    runtime: Runtime,
    key_file: KeyFile,
    *,
    grants: Mapping[str, Grant] | None = None,
    extra_routes: Sequence[ControllerRouterHandler] = (),
    audiences: Iterable[str] = CLIENT_AUDIENCES,
    bom: bool = False,
    rate_limit: int = 0,
    trust: Trust | None = None,
) -> Asgi:
    """The application over a runtime; all but `grants` and `extra_routes` is the same for everybody.

    Raises UnsafeLogin, and BrokenVersions when approved rules do not fit this release.
    """
    async with runtime.pool.acquire() as connection:
        await check_login(connection)
    live = await Live.open(runtime)
    own = [portal.application(runtime.public_url)]
    authority = await Authority.open(
        runtime, key_file, audiences=audiences, grants=grants, applications=own, trust=trust
    )
    runtime = replace(runtime, signer=authority.keys)
    pages = portal.routes(runtime, authority, key_file, correlation_id=lambda scope: identified(scope).correlation_id)
    routes = [*authority_dialect.routes(authority), *pages, *extra_routes]
    closing = [authority.close, live.close]
    return app.build(
        runtime,
        authority.tokens,
        extra_routes=routes,
        closing=closing,
        bom=bom,
        rate_limit=rate_limit,
        lost=portal.lost,
    )


class Opening:
    """An application that is put together when its server starts, inside the server's event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._app: Asgi | None = None

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Open at the lifespan's start, then hand everything on."""
        if self._app is None:
            first = await receive()
            try:
                self._app = await assemble(self._settings)
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": f"copartner cannot start: {error}"})
                return
            collector.settle()
            await self._app(scope, _after(first, receive), send)
            return
        await self._app(scope, receive, send)


def _after(first: Message, receive: Receive) -> Receive:
    waiting = [first]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
