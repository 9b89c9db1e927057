"""The portal over a loaded world, and people who look at it with a browser of their own."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from copartner import portal
from copartner.api import authority as authority_dialect
from copartner.api.caller import identified
from copartner.app import build
from copartner.kernel.clock import FixedClock
from copartner.kernel.secrets import KeyFile
from copartner.relationships.service import requests
from copartner.signin.service import Authority
from support.authority import KEY, PASSWORD, ROOT, hashed
from support.programme import PRESENT, Programme
from support.tally import Tally
from support.web import as_any

GLOBAL_ADMIN = "ga@alpenblick"


@dataclass(frozen=True, slots=True)
class Browser:
    """One person's browser: its cookies, and what a person does on a page."""

    http: httpx.AsyncClient

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Go where an answer sends the browser, until there is something to look at."""
        while answer.is_redirect:
            answer = await self.http.get(answer.headers["location"])
        return answer

    async def open(self, address: str) -> httpx.Response:
        """Go to an address and on from there."""
        return await self.follow(await self.http.get(address))

    async def send(self, page: httpx.Response, form: int = -1, **typed: str) -> httpx.Response:
        """Send a form of the page, the last one unless said, with what was typed; what it answers at first."""
        body = re.findall(r"<form\b.*?</form>", page.text, re.DOTALL)[form]
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body))
        action = re.search(r'action="([^"]+)"', body)
        assert action, body
        fields = {name: unescape(value) for name, value in hidden.items()} | typed
        return await self.http.post(unescape(action.group(1)), data=fields)

    async def sign_in(self, address: str, name: str = GLOBAL_ADMIN) -> httpx.Response:
        """Open a page, sign in on the way as somebody else than before, and see it."""
        form = await self.open(address)
        if 'value="other"' in form.text:
            form = await self.send(form, answer="other")
        assert 'type="password"' in form.text, form.text
        return await self.follow(await self.send(form, username=f"{name}.example", password=PASSWORD))

    async def answer(self, page: httpx.Response, answer: str, **typed: str) -> httpx.Response:
        """Press a button of the form that answers, and see what comes of it."""
        return await self.follow(await self.send(page, answer=answer, **typed))


@dataclass(frozen=True, slots=True)
class House:
    """A served portal: its world, its machine clock, and browsers for its visitors."""

    here: Programme
    clock: FixedClock
    root: str
    transport: httpx.ASGITransport
    authority: Authority
    _browsers: list[httpx.AsyncClient] = field(default_factory=list)

    def browser(self) -> Browser:
        """A browser without cookies."""
        client = httpx.AsyncClient(transport=self.transport, base_url=self.root)
        self._browsers.append(client)
        return Browser(client)

    async def trips(self, browser: Browser, address: str, tally: Tally) -> list[str]:
        """The database's round trips for a page; statements are prepared by a visit before."""
        assert (await browser.open(address)).status_code == 200
        tally.clear()
        assert (await browser.open(address)).status_code == 200
        return list(tally.trips)

    async def close(self) -> None:
        """Close every browser."""
        for client in self._browsers:
            await client.aclose()

    def pass_time(self, **by: float) -> None:
        """Move the machine clock."""
        self.clock.moment += timedelta(**by)

    async def link(self, partner: str = "nordlicht") -> str:
        """The path of a partner's standing link, as its Sales agent reads it."""
        found = await requests.read_standing_link(self.here.context(f"sa@{partner}"))
        return urlsplit(found.url).path

    async def request(
        self, partner: str = "nordlicht", customer: str | None = "alpenblick", reason: str = "", *, asks: bool = False
    ) -> tuple[UUID, str]:
        """A request of a partner's Sales agent, and the path at which it is answered; `asks` for privileges."""
        ctx = self.here.context(f"sa@{partner}")
        made = await requests.send_request(
            ctx,
            customer_tenant_id=self.here.id(customer) if customer else None,
            reason=reason,
            includes_privileges=asks,
        )
        return made.id, urlsplit(requests.link_of(ctx, made.id)).path

    async def partners_of(self, customer: str = "alpenblick") -> list[tuple[str, bool]]:
        """Domain and privileges of every partner that a customer has."""
        async with self.here.owner() as connection:
            rows = await connection.fetch(
                """SELECT t.domain, r.privileges FROM reseller_relationship r
                JOIN tenant t ON t.id = r.partner_tenant_id
                WHERE r.state = 'active' AND r.customer_tenant_id = $1 ORDER BY t.domain""",
                self.here.id(customer),
            )
        return [(row["domain"], row["privileges"]) for row in rows]

    async def agreements_of(self, customer: str = "alpenblick") -> int:
        """How many agreements a customer has."""
        async with self.here.owner() as connection:
            found: int = await connection.fetchval(
                "SELECT count(*) FROM customer_agreement WHERE customer_tenant_id = $1", self.here.id(customer)
            )
        return found


def heading(html: str) -> str:
    """The heading of a page."""
    found = re.search(r"<h1>\s*(.*?)\s*</h1>", html, re.DOTALL)
    assert found, html
    return found.group(1)


@asynccontextmanager
async def house(here: Programme, *, root: str = ROOT) -> AsyncIterator[House]:
    """The portal with sign-in and everything else beside it; all people of the world have PASSWORD."""
    clock, key_file = FixedClock(PRESENT), KeyFile(KEY)
    async with here.owner() as connection:
        await connection.execute("UPDATE user_account SET password_hash = $1", hashed(PASSWORD))
    runtime = replace(here.runtime, machine_clock=clock, public_url=root)
    authority = await Authority.open(runtime, key_file, applications=[portal.application(root)])
    pages = portal.routes(runtime, authority, key_file, correlation_id=lambda scope: identified(scope).correlation_id)
    routes = [*authority_dialect.routes(authority), *pages]
    app = build(runtime, authority.tokens, extra_routes=routes, access_log=False)
    made = House(replace(here, runtime=runtime), clock, root, httpx.ASGITransport(as_any(app)), authority)
    try:
        yield made
    finally:
        await made.close()
        await authority.close()
