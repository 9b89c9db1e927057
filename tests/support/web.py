"""The HTTP application without a network: tokens are the names of callers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from litestar.types import ASGIApp

from copartner.app import build
from copartner.command.in_force import InForce
from copartner.command.runtime import Runtime
from copartner.kernel.clock import FixedClock, SystemClock
from copartner.kernel.database import Pool
from copartner.kernel.ids import Ids
from copartner.kernel.paging import PageTokens
from copartner.kernel.secrets import Drawn
from copartner.policy.facts import Cloud
from copartner.signin.tokens import TokenForged
from copartner.versions.live import Live
from support.conforming import hold
from support.programme import PRESENT, RULEBOOK, Programme


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token stands for."""

    tenant_id: UUID
    subject_id: UUID
    app_only: bool = False
    multi_factor: bool = True


class NamedTokens:
    """Believes the token `aa@nordlicht` to be that user, and `nordlicht` to be that tenant's application.

    The user of `pwd:aa@nordlicht` signed in with a password alone.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme

    async def verify(self, token: str) -> Bearer:
        """The bearer; raises TokenForged."""
        try:
            alone, person = token.startswith("pwd:"), token.removeprefix("pwd:")
            name, _, domain = person.rpartition("@")
            context = self._programme.context(person) if name else self._programme.application(domain)
        except (StopIteration, IndexError):
            raise TokenForged("This is no access token of this deployment.") from None
        caller = context.caller
        return Bearer(caller.tenant_id, caller.subject_id, caller.app_only, not (alone or caller.app_only))


class OneToken:
    """Believes the token `app` to be an application and `user` a user, of no tenant in particular."""

    async def verify(self, token: str) -> Bearer:
        """The bearer; raises TokenForged."""
        if token not in ("app", "user"):
            raise TokenForged("This is no access token of this deployment.")
        return Bearer(UUID(int=1), UUID(int=2), token == "app", token == "user")


def dry_runtime() -> Runtime:
    """A system whose database is nowhere."""
    machine = SystemClock()
    return Runtime(
        pool=Pool("postgresql://nobody@127.0.0.1:1/nowhere"),
        rules=InForce(RULEBOOK),
        cloud=Cloud.COMMERCIAL,
        programme_clock=FixedClock(PRESENT),
        machine_clock=machine,
        ids=Ids(machine),
        page_tokens=PageTokens(b"test"),
        drawn=Drawn(b"test"),
        public_url="http://127.0.0.1",
    )


@dataclass(frozen=True, slots=True)
class Web:
    """A running system with its HTTP application; every answer is held to the OpenAPI document."""

    here: Programme
    http: httpx.AsyncClient

    async def call(
        self, who: str, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """A request of `aa@nordlicht`, or of the application of `@nordlicht`."""
        sent = {"Authorization": f"Bearer {who}", **(headers or {})}
        return hold(await self.http.request(method, path, json=body, headers=sent))

    async def get(self, who: str, path: str, **headers: str) -> Any:
        """The body of a read that has to succeed."""
        answer = await self.call(who, "GET", path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def customer(self, domain: str) -> str:
        """The address of a customer by its domain without `.example`."""
        return f"/v1/customers/{self.here.id(domain)}"


@asynccontextmanager
async def web(here: Programme, **options: Any) -> AsyncIterator[Web]:
    """The application over a running system."""
    live = await Live.open(here.runtime)
    try:
        async with client(build(here.runtime, NamedTokens(here), access_log=False, **options)) as made:
            yield Web(here, made)
    finally:
        await live.close()


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code; a decision is last in `data` and in the header."""
    body = answer.json()
    decision = answer.headers.get("copartner-decision-id")
    assert decision is None or body["data"][-1] == decision
    return answer.status_code, body["code"]


def client(app: ASGIApp) -> httpx.AsyncClient:
    """A client of the application."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=as_any(app)), base_url="http://copartner.test")


def as_any(app: ASGIApp) -> Any:
    """The application in whatever type the transport wants."""
    return app


def dry_client(**options: Any) -> httpx.AsyncClient:
    """A client of an application without a database."""
    return client(build(dry_runtime(), OneToken(), access_log=False, **options))
