"""Whatever is wrong with a request to sign-in, at each of its routes: its own kind of refusal, never a crash."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from copartner.api import authority as dialect
from copartner.app import build
from copartner_emulator import password_grant
from support.authority import BACK, CHALLENGE, PASSWORD, SECRET, VERIFIER, Office, office
from support.chance import chance
from support.postgres import Database
from support.programme import programme
from support.spoiling import CONTENT_TYPES, HEADERS, IDENTIFIERS
from support.web import client

FORM = "application/x-www-form-urlencoded"
GRANTS = ("authorization_code", "client_credentials", "password", "refresh_token",
          "urn:ietf:params:oauth:grant-type:device_code", "device_code", "", "x")  # fmt: skip
WRONG = (
    *("", " ", "\0", "ä", "\u202e", "x" * 5000, "x" * 70_000, "null", "[]", "' OR 1=1", "%", "common", "1e309", "-1"),
    *("00000000-0000-0000-0000-000000000000", "https://evil.example/", "javascript:alert(1)", "\r\nSet-Cookie: a=b"),
)
EVERY = pytest.mark.parametrize("one_in", [8, pytest.param(1, marks=pytest.mark.verify)])


@dataclass(frozen=True, slots=True)
class Desk:
    """The emulator's authority inside the whole application, and all its addresses."""

    office: Office
    http: httpx.AsyncClient
    routes: tuple[tuple[str, str], ...]

    def form(self, grant: str) -> dict[str, str]:
        """All that any grant asks for."""
        return {
            "grant_type": grant,
            "client_id": self.office.app_id(),
            "client_secret": SECRET,
            "username": "aa@nordlicht.example",
            "password": PASSWORD,
            "code": "no-code",
            "code_verifier": VERIFIER,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "response_type": "code",
            "redirect_uri": BACK,
            "refresh_token": "no-token",
            "device_code": "no-code",
            "user_code": "ABCD-EFGH",
            "resource": "https://graph.windows.net",
            "scope": "https://graph.microsoft.com/.default",
            "state": "s",
            "form": "no-form",
            "key": "no-key",
            "prompt": "login",
            "max_age": "60",
            "claims": "{}",
            "post_logout_redirect_uri": BACK,
            "id_token_hint": "no-token",
        }


@pytest.fixture(scope="module")
async def desk(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One for all tests of this file."""
    grants, place = {password_grant.GRANT_TYPE: password_grant.password}, tmp_path_factory.mktemp("world")
    async with programme(module_database, place) as here, office(here, grants=grants) as made:
        routes = dialect.routes(made.authority)
        app = build(here.runtime, made.authority.tokens, extra_routes=routes, access_log=False)
        async with client(app) as http:
            yield Desk(made, http, tuple(sorted(_addresses(routes))))


def _addresses(routes: list[HTTPRouteHandler]) -> Iterator[tuple[str, str]]:
    for handler in routes:
        for path in handler.paths:
            for method in handler.http_methods:
                yield method, path.replace("{tenant:str}", "{tenant}").replace("{user:str}", "aa@nordlicht.example")


def expected(answer: httpx.Response, sent: Any) -> None:
    """Raise AssertionError unless it is a refusal in the shape of the address, a page, or what was asked for."""
    told = f"{answer.request.method} {answer.request.url} {str(sent)[:300]!r}: {answer.status_code} {answer.text[:500]}"
    assert answer.status_code < 500 or answer.status_code == 501, told
    if answer.status_code < 400:
        return
    kind = answer.headers["content-type"].partition(";")[0]
    if kind == "text/html":
        assert "<html" in answer.text, told
        assert "script" not in answer.headers["content-security-policy"], told
        return
    assert kind == "application/json", told
    body = answer.json()
    # Its own shape, or the contract's where the address itself is nothing of sign-in's.
    assert body.keys() >= {"error", "error_description"} or body.keys() == {"code", "description", "data", "source"}, (
        told
    )
    assert len(answer.text) < 3000, told
    for secret in (PASSWORD, SECRET, VERIFIER):
        assert secret not in answer.text, told


async def test_the_addresses_are_those_of_an_authority(desk: Desk) -> None:
    assert len(desk.routes) >= 8
    assert ("POST", "/{tenant}/oauth2/token") in desk.routes


@EVERY
async def test_values_of_forms(desk: Desk, one_in: int) -> None:
    rng = chance()
    for method, path in desk.routes:
        # Pages read no grant type; a few rounds with other values serve them as well.
        for grant in GRANTS if path.endswith("/token") else GRANTS[:4]:
            whole = desk.form(grant)
            for name in whole:
                for wrong in WRONG:
                    if rng.randrange(one_in * 6) == 0:
                        sent = urlencode({**whole, name: wrong})
                        await _send(desk, method, path.format(tenant="nordlicht.example"), sent)
            left_out = rng.choice(sorted(whole))
            await _send(desk, method, path.format(tenant="common"), urlencode({**whole, left_out: ""}))


async def _send(desk: Desk, method: str, address: str, fields: str) -> None:
    if method == "POST":
        answer = await desk.http.post(address, content=fields, headers={"Content-Type": FORM})
    else:
        answer = await desk.http.get(f"{address}?{fields[:60_000]}")
    expected(answer, fields)


async def test_texts_that_are_no_forms(desk: Desk) -> None:
    good = urlencode(desk.form("client_credentials")).encode()
    texts = [
        *(b"", b"=", b"&", b"%", b"\xff\xfe", b"{}", b'{"grant_type": "client_credentials"}', b"a" * 70_000, b"\0"),
        *(good + b"&grant_type=password", good + b"&x=%00", good + b"&x=%ff", good + b"&" * 5000, good + b"&a=1" * 200),
    ]
    for method, path in desk.routes:
        if method != "POST":
            continue
        address = path.format(tenant="nordlicht.example")
        for text in texts:
            expected(await desk.http.post(address, content=text, headers={"Content-Type": FORM}), text)
        for kind in CONTENT_TYPES:
            expected(await desk.http.post(address, content=good, headers={"Content-Type": kind}), kind)


async def test_tenants_and_headers(desk: Desk) -> None:
    fields = urlencode(desk.form("client_credentials"))
    for method, path in desk.routes:
        for tenant in (
            *IDENTIFIERS,
            "v1",
            "organizations",
            "consumers",
            "COMMON",
            "xn--nordlicht",
            "a.b.c.d",
            "nordlicht.example.",
        ):
            await _send(desk, method, path.format(tenant=tenant), fields)
        for name, values in HEADERS.items():
            for value in values:
                headers = {"Content-Type": FORM, name: value.encode("latin-1")}
                address = path.format(tenant="common")
                expected(await desk.http.request(method, address, content=fields, headers=headers), (name, value))
        for value in ("Basic", "Basic x", "Basic \u00ff", "Basic OjpAOg==", "Bearer x", "Basic " + "QUFB" * 5000):
            headers = {"Content-Type": FORM, "Authorization": value.encode("latin-1")}
            expected(
                await desk.http.request(method, path.format(tenant="common"), content=fields, headers=headers), value
            )
