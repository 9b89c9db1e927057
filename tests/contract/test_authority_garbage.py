"""Whatever is sent to the authority, it answers with an error of its own and never falls over."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.routes import HTTPRoute

from copartner.api.authority.errors import code_of
from copartner.kernel.errors import Refusal
from copartner.signin import rules
from copartner.signin.tokens import TokenRefused
from copartner_emulator import password_grant
from support.authority import BACK, CHALLENGE, VERIFIER, Office, office
from support.postgres import Database
from support.programme import programme

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_text = st.text(max_size=40) | st.sampled_from(
    ["", "\0", "common", "S256", "code", BACK, CHALLENGE, VERIFIER, "x" * 5000]
)
_names = st.sampled_from(
    ["grant_type", "client_id", "client_secret", "resource", "scope", "code", "redirect_uri", "code_verifier", "state",
     "username", "password", "mfa", "form", "response_type", "code_challenge", "code_challenge_method", "prompt",
     "device_code", "refresh_token", "user_code", "nonce", "client_info", "answer", "key", "max_age", "claims",
     "acr_values", "login_hint", "id_token_hint", "post_logout_redirect_uri", "end", "old", "new", "again"]
)  # fmt: skip
_grants = st.sampled_from(["client_credentials", "authorization_code", "password", "refresh_token", "device_code", ""])
_fields = st.dictionaries(_names, _text, max_size=8)
_tenants = st.sampled_from(
    ["common", "nordlicht.example", "00000000-0000-4000-8000-0000000000b1", "v1", "%00", "ä.example"]
)
_versions = st.sampled_from(["oauth2", "oauth2/v2.0"])


@pytest.fixture(scope="module")
async def desk(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """The emulator's authority, which serves the most."""
    grants, place = {password_grant.GRANT_TYPE: password_grant.password}, tmp_path_factory.mktemp("world")
    async with programme(module_database, place) as here, office(here, grants=grants) as made:
        yield made


def encoded(fields: dict[str, str]) -> bytes:
    return urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()}).encode()


def expected(answer: httpx.Response) -> None:
    assert 400 <= answer.status_code < 500 or answer.status_code in (200, 302), answer.text


@given(tenant=_tenants, version=_versions, fields=_fields, grant=_grants, own=st.booleans())
@settings(max_examples=60, deadline=None)
async def test_forms(desk: Office, tenant: str, version: str, fields: dict[str, str], grant: str, own: bool) -> None:
    known = {"client_id": desk.app_id()} if own else {}
    body = encoded({**fields, "grant_type": grant, **known})
    expected(await desk.http.post(f"/{tenant}/{version}/token", content=body, headers=FORM))
    expected(await desk.http.post(f"/{tenant}/{version}/authorize", content=body, headers=FORM))
    expected(await desk.http.post(f"/{tenant}/{version}/devicecode", content=body, headers=FORM))
    expected(await desk.http.post(f"/{tenant}/{version}/logout", content=body, headers=FORM))
    for page in ("/common/oauth2/deviceauth", "/account/sessions", "/account/password", "/account/second-factor"):
        expected(await desk.http.post(page, content=body, headers=FORM))


@given(tenant=_tenants, version=_versions, fields=_fields, own=st.booleans(), cookie=st.text('abc;="é', max_size=20))
@settings(max_examples=60, deadline=None)
async def test_queries(desk: Office, tenant: str, version: str, fields: dict[str, str], own: bool, cookie: str) -> None:
    known = {"client_id": desk.app_id(), "redirect_uri": BACK} if own else {}
    query = encoded({**fields, **known}).decode()
    headers = {"Cookie": f"copartner-signin={cookie}".encode()}
    expected(await desk.http.get(f"/{tenant}/{version}/authorize?{query}", headers=headers))
    expected(await desk.http.get(f"/{tenant}/{version}/logout?{query}", headers=headers))
    for name in ("sso", "known"):
        headers = {"Cookie": f"copartner-{name}={cookie}".encode()}
        expected(await desk.http.get("/account/sessions", headers=headers))


@given(body=st.binary(max_size=200), basic=st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
async def test_bytes(desk: Office, body: bytes, basic: bytes) -> None:
    headers = {**FORM, "Authorization": b"Basic " + basic.replace(b"\r", b"").replace(b"\n", b"")}
    for endpoint in ("token", "authorize"):
        expected(await desk.http.post(f"/common/oauth2/{endpoint}", content=body, headers=headers))


@given(token=st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
@settings(max_examples=200, deadline=None)
async def test_tokens(desk: Office, token: str) -> None:
    for given_token in (token, f"eyJhbGciOiJSUzI1NiJ9.{token}.x", f"{token}.e30.e30"):
        with pytest.raises(TokenRefused):
            await desk.authority.tokens.verify(given_token)


def test_every_refusal_has_a_code() -> None:
    own = [kind for kind in vars(rules).values() if isinstance(kind, type) and kind.__module__ == rules.__name__]
    refusals = [kind for kind in own if issubclass(kind, Refusal)]
    assert {code_of(kind("said"))[1] for kind in refusals if kind is not Refusal} == {400, 401}


def test_no_address_is_taken_from_others(desk: Office) -> None:
    app = desk.http._transport.app
    paths = sorted(route.path for route in app.routes if isinstance(route, HTTPRoute))
    assert paths == [
        "/account/password",
        "/account/second-factor",
        "/account/sessions",
        "/adfs/oauth2/token",
        "/common/discovery/instance",
        "/common/oauth2/deviceauth",
        "/{tenant:str}/.well-known/openid-configuration",
        "/{tenant:str}/discovery/instance",
        "/{tenant:str}/discovery/keys",
        "/{tenant:str}/discovery/receipt-keys",
        "/{tenant:str}/discovery/v2.0/keys",
        "/{tenant:str}/oauth2/authorize",
        "/{tenant:str}/oauth2/devicecode",
        "/{tenant:str}/oauth2/logout",
        "/{tenant:str}/oauth2/token",
        "/{tenant:str}/oauth2/v2.0/authorize",
        "/{tenant:str}/oauth2/v2.0/devicecode",
        "/{tenant:str}/oauth2/v2.0/logout",
        "/{tenant:str}/oauth2/v2.0/token",
        "/{tenant:str}/userrealm/{user:str}",
        "/{tenant:str}/v2.0/.well-known/openid-configuration",
    ]
