"""The HTTP application without a network: tokens are the names of callers."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from litestar.types import ASGIApp

from copartner.app import build
from copartner.command.runtime import Runtime
from copartner.kernel.clock import FixedClock, SystemClock
from copartner.kernel.database import Pool
from copartner.kernel.ids import Ids
from copartner.kernel.paging import PageTokens
from copartner.policy.facts import Cloud
from copartner.signin.tokens import TokenForged
from support.programme import PRESENT, RULEBOOK, Programme


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token stands for."""

    tenant_id: UUID
    subject_id: UUID
    app_only: bool = False


class NamedTokens:
    """Believes the token `aa@nordlicht` to be that user, and `nordlicht` to be that tenant's application."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme

    async def verify(self, token: str) -> Bearer:
        """The bearer; raises TokenForged."""
        try:
            name, _, domain = token.rpartition("@")
            context = self._programme.context(token) if name else self._programme.application(domain)
        except (StopIteration, IndexError):
            raise TokenForged("This is no access token of this deployment.") from None
        return Bearer(context.caller.tenant_id, context.caller.subject_id, context.caller.app_only)


class OneToken:
    """Believes the token `app` to be an application and `user` a user, of no tenant in particular."""

    async def verify(self, token: str) -> Bearer:
        """The bearer; raises TokenForged."""
        if token not in ("app", "user"):
            raise TokenForged("This is no access token of this deployment.")
        return Bearer(UUID(int=1), UUID(int=2), token == "app")


def dry_runtime() -> Runtime:
    """A system whose database is nowhere."""
    machine = SystemClock()
    return Runtime(
        pool=Pool("postgresql://nobody@127.0.0.1:1/nowhere"),
        rulebook=RULEBOOK,
        cloud=Cloud.COMMERCIAL,
        programme_clock=FixedClock(PRESENT),
        machine_clock=machine,
        ids=Ids(machine),
        page_tokens=PageTokens(b"test"),
        public_url="http://127.0.0.1",
    )


def client(app: ASGIApp) -> httpx.AsyncClient:
    """A client of the application."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=as_any(app)), base_url="http://copartner.test")


def as_any(app: ASGIApp) -> Any:
    """The application in whatever type the transport wants."""
    return app


def dry_client(**options: Any) -> httpx.AsyncClient:
    """A client of an application without a database."""
    return client(build(dry_runtime(), OneToken(), access_log=False, **options))
