"""The provider as it changes and fails: its keys turn over, it is away, it says what none should say."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from copartner.signin.provider.discovery import AGAIN_AFTER, KEPT
from support.authority import ROOT
from support.federation import Federation, federation
from support.programme import Programme
from support.provider import Provider, provider

# The provider is installed at its first use.
pytestmark = pytest.mark.timeout(300)
DISCOVERY, KEYS = "/.well-known/openid-configuration", "/jwks"


@pytest.fixture
async def own(here: Programme) -> AsyncIterator[Federation]:
    """A deployment with a provider of its own, whose access tokens last a day."""
    with provider(ROOT, lasts=86_400) as made:
        async with federation(here, made) as desk:
            yield desk


def break_off(there: Provider, path: str, *, status: int = 200, body: str = "", location: str = "") -> None:
    """Let an address of the provider answer this from now on."""
    headers = {"location": location} if location else {}
    there.order("broken", {path: {"status": status, "headers": headers, "body": body}})


async def test_keys_turn_over_while_sessions_go_on(own: Federation) -> None:
    found = await own.tokens("anna")
    before = own.provider.access_token("anna")
    assert (await own.get(before)).status_code == 200
    own.provider.order("rotate")
    after = own.provider.access_token("anna")
    own.clock.by += AGAIN_AFTER
    assert (await own.get(after)).status_code == 200
    assert (await own.get(before)).status_code == 200
    assert (await own.get(found["access_token"])).status_code == 200
    assert (await own.renew(found["refresh_token"])).status_code == 200
    assert (await own.arrive("anna")).status_code == 303
    # The one that went is believed no longer than what is known of the provider is fresh.
    own.provider.order("rotate")
    own.clock.by += timedelta(minutes=11)
    for _ in range(3):
        await own.arrive("anna")
    assert (await own.get(before)).status_code == 401


async def test_made_up_keys_do_not_become_requests(own: Federation) -> None:
    found = own.provider.access_token("anna")
    rest = found.partition(".")[2]
    await own.tokens("anna")
    own.clock.by += AGAIN_AFTER
    before = own.provider.asked(KEYS)
    for place in range(20):
        made_up = _header(f"unheard-of {place}")
        assert (await own.get(f"{made_up}.{rest}")).status_code == 401
    assert own.provider.asked(KEYS) == before + 1


async def test_a_provider_that_is_away_is_named_and_what_was_signed_goes_on(own: Federation) -> None:
    found = await own.tokens("anna")
    theirs = own.provider.access_token("anna")
    own.provider.stop()
    own.clock.by += timedelta(minutes=15)
    # Our own tokens need no provider, and its own hold by the keys that are known.
    assert (await own.get(found["access_token"])).status_code == 200
    taken = await own.get(theirs)
    assert taken.status_code == 200, taken.text
    assert (await own.renew(found["refresh_token"])).status_code == 200
    own.clock.by += KEPT
    refused = await own.get(theirs)
    assert refused.status_code == 401
    assert "does not answer" in refused.json()["description"]
    own.http.cookies.clear()
    page = await own.away()
    assert page.status_code == 503
    assert "does not answer" in page.text
    assert "password" not in page.text


async def test_a_provider_that_goes_between_two_steps(own: Federation) -> None:
    own.provider.order("person", "anna")
    answer = own.visit(await own.away())
    break_off(own.provider, "/token", status=503, body="later")
    refused = await own.back(answer)
    assert refused.status_code == 503
    assert "503" in refused.text


@pytest.mark.parametrize(
    ("path", "broken", "said"),
    [
        (DISCOVERY, {"status": 404, "body": "{}"}, "no OpenID configuration"),
        (DISCOVERY, {"status": 302, "location": "http://127.0.0.1:1/"}, "redirect"),
        (DISCOVERY, {"body": "<html>"}, "without a JSON object"),
        (DISCOVERY, {"body": "[" * 100_000}, "without a JSON object"),
        (DISCOVERY, {"body": '{"issuer": "' + "x" * 600_000 + '"}'}, "more than 512 KiB"),
        (DISCOVERY, {"body": '{"issuer": "https://another.example"}'}, "calls itself"),
        (DISCOVERY, {"body": '{"issuer": "ISSUER/"}'}, "calls itself"),
        (DISCOVERY, {"body": '{"issuer": "ISSUER"}'}, "no https address"),
        (
            DISCOVERY,
            {
                "body": '{"issuer": "ISSUER", "authorization_endpoint": "ISSUER/auth", '
                '"token_endpoint": "ISSUER/token", "jwks_uri": "http://keys.example/"}'
            },
            "jwks_uri is no https address",
        ),
        (KEYS, {"body": '{"keys": []}'}, "no key"),
        (KEYS, {"body": '{"keys": [{"kty": "oct", "kid": "first", "k": "AAAA"}]}'}, "no key"),
        (KEYS, {"status": 500, "body": "{}"}, "no key"),
    ],
)
async def test_what_no_provider_should_say(
    here: Programme, there: Provider, path: str, broken: dict[str, Any], said: str
) -> None:
    shaped = {
        name: value.replace("ISSUER", there.issuer) if name == "body" else value for name, value in broken.items()
    }
    async with federation(here, there) as desk:
        break_off(there, path, **shaped)
        try:
            page = await desk.away()
        finally:
            there.order("broken", {})
        assert page.status_code == 503
        assert said in page.text
        # Asked again a little later, it is as if nothing had been.
        assert (await desk.away()).status_code == 503
        desk.clock.by += AGAIN_AFTER
        assert (await desk.away()).status_code == 303


def _header(kid: str) -> str:
    return base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "kid": kid}).encode()).rstrip(b"=").decode()
