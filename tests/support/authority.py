"""An authority over a loaded world, with known passwords, a machine clock to set, and a client for its routes."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx
from cryptography.fernet import Fernet
from litestar import Litestar

from copartner.api.authority import routes
from copartner.kernel.clock import FixedClock
from copartner.kernel.secrets import KeyFile
from copartner.signin.model import Application
from copartner.signin.passwords import hash_password
from copartner.signin.service import Authority, Grant
from copartner.signin.tokens import TokenRevoked
from support.programme import PRESENT, Programme

ROOT = "http://127.0.0.1"
PARTNER_CENTER = "https://api.partnercenter.microsoft.com"
PASSWORD = "Ein Satz, den niemand errät"
SECRET = "an application's secret: 100% & more"
BACK = "https://portal.nordlicht.example/back?from=copartner"
KEY = Fernet.generate_key()
PORTAL = Application(UUID("0f000000-0000-4000-8000-000000000001"), None, "copartner portal", (f"{ROOT}/signed-in",))
VERIFIER = "a-verifier-of-more-than-forty-three-characters.~_"
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()

hashed = cache(hash_password)


@dataclass(frozen=True, slots=True)
class Office:
    """A served authority: its world, its clock, and a browser's worth of client."""

    here: Programme
    authority: Authority
    clock: FixedClock
    key_file: KeyFile
    http: httpx.AsyncClient

    def app_id(self, domain: str = "nordlicht") -> str:
        """The identifier of a tenant's application."""
        return str(self.here.tenant(domain).applications[0].id)

    def pass_time(self, **by: float) -> None:
        """Move the machine clock."""
        self.clock.moment += timedelta(**by)

    async def token(self, tenant: str, version: int = 1, **form: str) -> httpx.Response:
        """Call the token endpoint."""
        path = "oauth2/v2.0/token" if version == 2 else "oauth2/token"
        return await self.http.post(f"/{tenant}/{path}", data=form)

    async def app_token(self, domain: str = "nordlicht", version: int = 1, **form: str) -> httpx.Response:
        """A token for a partner's application by itself."""
        proof = {"grant_type": "client_credentials", "client_id": self.app_id(domain), "client_secret": SECRET}
        return await self.token(f"{domain}.example", version, **{**proof, **form})

    def wish(self, **changed: str) -> dict[str, str]:
        """The parameters by which nordlicht's application asks for a code."""
        asked = {
            "client_id": self.app_id(),
            "response_type": "code",
            "redirect_uri": BACK,
            "state": "s & s=1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            # Whoever signs in twice in a test types twice; `prompt="-"` takes the word of a session.
            "prompt": "login",
        }
        return {name: value for name, value in {**asked, **changed}.items() if value != "-"}

    async def show(self, tenant: str = "nordlicht.example", version: int = 2, **changed: str) -> httpx.Response:
        """Open the sign-in page."""
        path = "oauth2/v2.0/authorize" if version == 2 else "oauth2/authorize"
        return await self.http.get(f"/{tenant}/{path}", params=self.wish(**changed))

    async def send(
        self, page: httpx.Response, name: str = "aa@nordlicht.example", password: str = PASSWORD
    ) -> httpx.Response:
        """Fill in the page and send it."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        field = re.search(r'name="form" value="([^"]+)"', page.text)
        assert action, page.text
        assert field
        return await self.http.post(
            action.group(1), data={"form": field.group(1), "username": name, "password": password}
        )

    async def press(self, page: httpx.Response, **typed: str) -> httpx.Response:
        """Send the form of any page with what was typed, or with the button pressed."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action, page.text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        fields = {name: unescape(value) for name, value in hidden.items()} | typed
        return await self.http.post(unescape(action.group(1)), data=fields)

    async def code(self, name: str = "aa@nordlicht.example", **changed: str) -> str:
        """A code for a user who signs in at nordlicht's application."""
        answer = await self.send(await self.show(**changed), name)
        assert answer.status_code == 303, answer.text
        return query_of(answer)["code"]

    async def redeem(self, given: str, tenant: str = "nordlicht.example", version: int = 2, **changed: str) -> Any:
        """Hand a code in at the token endpoint."""
        form = {
            "grant_type": "authorization_code",
            "client_id": self.app_id(),
            "client_secret": SECRET,
            "code": given,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
        }
        return await self.token(tenant, version, **{k: v for k, v in {**form, **changed}.items() if v != "-"})

    async def execute(self, sql: str, *arguments: object) -> None:
        """Change what the owner may change."""
        async with self.here.owner() as connection:
            await connection.execute(sql, *arguments)


@asynccontextmanager
async def elsewhere(desk: Office, address: str = "198.51.100.7") -> AsyncIterator[Office]:
    """Another browser, without cookies, that speaks from another address."""
    transport: Any = desk.http._transport
    there = httpx.ASGITransport(transport.app, client=(address, 1))
    async with httpx.AsyncClient(transport=there, base_url=desk.http.base_url) as http:
        yield replace(desk, http=http)


async def refused(desk: Office, token: str) -> None:
    """Return when the access token holds no more, which takes a second at most."""
    async with asyncio.timeout(1):
        while True:
            try:
                await desk.authority.tokens.verify(token)
            except TokenRevoked:
                return
            await asyncio.sleep(0.01)


def query_of(answer: httpx.Response) -> dict[str, str]:
    """The parameters of the address a browser is sent to."""
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query, keep_blank_values=True))


@asynccontextmanager
async def office(
    here: Programme, *, grants: Mapping[str, Grant] | None = None, root: str = ROOT
) -> AsyncIterator[Office]:
    """An authority with the world's people, all of whom have PASSWORD and whose applications have SECRET."""
    clock = FixedClock(PRESENT)
    key_file = KeyFile(KEY)
    async with here.owner() as connection:
        await connection.execute("UPDATE user_account SET password_hash = $1", hashed(PASSWORD))
        await connection.execute("UPDATE application_secret SET secret_hash = $1", hashed(SECRET))
        await connection.execute("UPDATE application SET redirect_uris = $1", [BACK])
    runtime = replace(here.runtime, machine_clock=clock, public_url=root)
    authority = await Authority.open(
        runtime, key_file, audiences=[PARTNER_CENTER], grants=grants, applications=[PORTAL]
    )
    app = Litestar(routes(authority), openapi_config=None, debug=True)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=root)
    try:
        async with client:
            yield Office(here, authority, clock, key_file, client)
    finally:
        await authority.close()
