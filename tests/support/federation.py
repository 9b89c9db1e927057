"""A deployment whose people sign in at a provider: both run, and one browser goes to and fro between them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from inspect import isawaitable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from copartner import serve
from copartner.kernel.database import Pool
from copartner.kernel.secrets import KeyFile
from copartner.policy.facts import Role
from copartner.signin.provider.model import Trust
from support import provider as published
from support.authority import BACK, CHALLENGE, KEY, PARTNER_CENTER, ROOT, VERIFIER, hashed
from support.authority import SECRET as APPLICATION_SECRET
from support.programme import Programme

TENANTS = {"north": "nordlicht.example", "alps": "alpenblick.example", "nowhere": "nowhere.example"}
ROLES = {
    "partner-admins": (Role.ADMIN_AGENT, Role.GLOBAL_ADMIN),
    "customer-admins": (Role.GLOBAL_ADMIN,),
    "sellers": (Role.SALES_AGENT,),
}


@dataclass(slots=True)
class Later:
    """The machine's own time, and as much later as a test says; the provider knows the former alone."""

    by: timedelta = timedelta()

    def now(self) -> datetime:
        """This moment."""
        return datetime.now(UTC) + self.by


@dataclass(slots=True)
class Federation:
    """One deployment beside its provider, and a browser: what it holds for us, and what for the provider."""

    here: Programme
    provider: published.Provider
    clock: Later
    http: httpx.AsyncClient
    there: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    def wish(self, **changed: str) -> dict[str, str]:
        """The parameters by which nordlicht's application asks for a code."""
        asked = {
            "client_id": str(self.here.tenant("nordlicht").applications[0].id),
            "response_type": "code",
            "redirect_uri": BACK,
            "scope": f"openid offline_access {PARTNER_CENTER}/.default",
            "state": "s & s=1",
            "nonce": "the application's own",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return {**asked, **changed}

    async def away(self, tenant: str = "common", **changed: str) -> httpx.Response:
        """Come from the application; with nobody signed in the answer leads to the provider."""
        return await self.http.get(f"/{tenant}/oauth2/v2.0/authorize", params=self.wish(**changed))

    def visit(self, sent: httpx.Response, **changed: str) -> dict[str, str]:
        """Sign in at the provider, which nobody sees; what it sends the browser back with."""
        address = urlsplit(sent.headers["location"])
        query = {**dict(parse_qsl(address.query)), **changed}
        return published.follow(
            self.there,
            f"{address.scheme}://{address.netloc}{address.path}?{urlencode(query)}",
            until=self.provider.back,
        )

    async def back(self, query: dict[str, str]) -> httpx.Response:
        """Come back from the provider with this."""
        return await self.http.get("/common/oauth2/provider", params=query)

    async def arrive(self, person: str, tenant: str = "common", **changed: str) -> httpx.Response:
        """Sign in as a person, from the application to the answer it gets."""
        self.provider.order("person", person)
        self.there.cookies.clear()
        self.http.cookies.clear()
        return await self.back(self.visit(await self.away(tenant, **changed)))

    async def tokens(self, person: str) -> dict[str, Any]:
        """What nordlicht's application gets for a person who signs in."""
        arrived = await self.arrive(person)
        assert arrived.status_code == 303, arrived.text
        answer = await self.redeem(query_of(arrived)["code"])
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def redeem(self, code: str) -> httpx.Response:
        """Hand a code in at our token endpoint."""
        return await self._token(grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=VERIFIER)

    async def renew(self, refresh_token: str) -> httpx.Response:
        """Hand a refresh token in."""
        return await self._token(grant_type="refresh_token", refresh_token=refresh_token)

    async def _token(self, **form: str) -> httpx.Response:
        client = {"client_id": self.wish()["client_id"], "client_secret": APPLICATION_SECRET}
        return await self.http.post("/common/oauth2/v2.0/token", data={**client, **form})

    async def get(self, token: str, path: str = "/programme/v1/users") -> httpx.Response:
        """Read something with an access token."""
        return await self.http.get(path, headers={"Authorization": f"Bearer {token}"})

    async def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        """What the owner reads or changes."""
        async with self.here.owner() as connection:
            return [dict(row) for row in await connection.fetch(sql, *arguments)]


def query_of(answer: httpx.Response) -> dict[str, str]:
    """The parameters of the address a browser is sent to."""
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query, keep_blank_values=True))


def trust(issuer: str, **changed: Any) -> Trust:
    """What the operator of the tests says of the provider."""
    return replace(
        Trust(
            issuer=issuer,
            client_id=published.CLIENT,
            client_secret=published.SECRET,
            audiences=(published.AUDIENCE,),
            tenant_claim="tid",
            tenants=TENANTS,
            role_claim="groups",
            roles=ROLES,
        ),
        **changed,
    )


@asynccontextmanager
async def federation(here: Programme, provider: published.Provider, **changed: Any) -> AsyncIterator[Federation]:
    """The whole application as production composes it, whose people sign in at this provider."""
    clock = Later()
    async with here.owner() as connection:
        await connection.execute("UPDATE application_secret SET secret_hash = $1", hashed(APPLICATION_SECRET))
        await connection.execute(
            "UPDATE application SET redirect_uris = $1 WHERE tenant_id = $2", [BACK], here.id("nordlicht")
        )
    pool = Pool(here.database.login_url)
    runtime = replace(here.runtime, pool=pool, machine_clock=clock, public_url=ROOT)
    app: Any = await serve.compose(runtime, KeyFile(KEY), trust=trust(provider.issuer, **changed))
    made = Federation(here, provider, clock, httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ROOT))
    try:
        async with made.http:
            yield made
    finally:
        made.there.close()
        for hook in app.beside.on_shutdown:
            ended = hook()
            if isawaitable(ended):
                await ended
