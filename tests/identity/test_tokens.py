"""Calls with an access token that the provider issued itself: taken by the same mapping, refused on any doubt."""

import asyncio
import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import KeySet, RSAKey

from support.authority import ROOT
from support.federation import Federation
from support.provider import AUDIENCE, PEOPLE, Provider, provider

# The provider is installed at its first use.
pytestmark = pytest.mark.timeout(300)
ALIEN = RSAKey.generate_key(2048)
Said = dict[str, Any]


def said(token: str, part: int) -> Said:
    """The header (0) or the claims (1) of a token."""
    found = token.split(".")[part]
    decoded: Said = json.loads(base64.urlsafe_b64decode(found + "=" * (-len(found) % 4)))
    return decoded


def unsigned(header: Said, claims: Said) -> str:
    """A token that nobody signed."""
    encoded = (base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in (header, claims))
    return ".".join((*encoded, ""))


def signed(header: Said, claims: Said, key: RSAKey) -> str:
    """A token by a key of ours."""
    return jws.serialize_compact(header, json.dumps(claims), key, algorithms=[header["alg"]])


def keys(provider: Provider) -> KeySet:
    """What the provider publishes."""
    return KeySet.import_key_set(httpx.get(f"{provider.issuer}/jwks", trust_env=False).json())


@pytest.fixture(scope="module")
async def token(desk: Federation) -> str:
    """An access token of the provider for somebody who has signed in here."""
    await desk.tokens("anna")
    return desk.provider.access_token("anna")


async def refusal(desk: Federation, token: str) -> str:
    """Why a token is not taken."""
    answer = await desk.get(token)
    assert answer.status_code == 401, answer.text
    found: str = answer.json()["description"]
    return found


async def test_a_token_of_the_provider_is_taken(desk: Federation, token: str) -> None:
    assert said(token, 1)["aud"] == AUDIENCE
    answer = await desk.get(token)
    assert answer.status_code == 200, answer.text
    assert (await desk.get(token, "/v1/customers")).status_code == 200


async def test_roles_of_a_newer_token_hold_and_those_of_an_older_do_not(desk: Federation, token: str) -> None:
    desk.provider.order("claims", {"id": "anna", "claims": {"groups": ["sellers"]}})
    desk.clock.by += timedelta(seconds=1)
    newer = desk.provider.access_token("anna")
    while said(newer, 1)["iat"] <= said(token, 1)["iat"]:
        newer = desk.provider.access_token("anna")
    assert (await desk.get(newer)).status_code == 403
    desk.clock.by += timedelta(seconds=61)  # nothing is believed from the cache any more
    assert (await desk.get(token)).status_code == 403
    desk.provider.order("claims", {"id": "anna", "claims": {"groups": None}})
    silent = desk.provider.access_token("anna")
    assert (await desk.get(silent, "/v1/customers")).status_code == 200  # it says nothing of roles, so a seller's stay
    desk.provider.order("claims", {"id": "anna", "claims": PEOPLE["anna"]})
    await desk.tokens("anna")
    assert (await desk.get(token)).status_code == 200


async def test_disabling_the_user_ends_the_token_within_a_second(desk: Federation, token: str) -> None:
    ours = (await desk.tokens("anna"))["access_token"]
    bearer = {"Authorization": f"Bearer {ours}"}
    made = await desk.tokens("carl")
    theirs = desk.provider.access_token("carl")
    assert (await desk.get(theirs, "/programme/v1/audit-records")).status_code != 401
    listed = (await desk.get(ours)).json()["items"]
    carl = next(one["id"] for one in listed if one["userPrincipalName"].startswith("aa-"))
    changed = await desk.http.patch(f"/programme/v1/users/{carl}", json={"enabled": False}, headers=bearer)
    assert changed.status_code == 200, changed.text
    for one in (theirs, made["access_token"]):
        assert await _refused_within_a_second(desk, one)
    assert "disabled" in await refusal(desk, desk.provider.access_token("carl"))


async def _refused_within_a_second(desk: Federation, token: str) -> bool:
    """Every process looks twice a second and is woken by the commit; here the wake has to be heard."""
    for _ in range(10):
        if (await desk.get(token, "/programme/v1/audit-records")).status_code == 401:
            return True
        await asyncio.sleep(0.1)
    return False


async def test_who_never_signed_in_is_sent_to_do_so(desk: Federation) -> None:
    assert "never signed in" in await refusal(desk, desk.provider.access_token("ben"))


async def test_an_application_by_itself_is_nobody(desk: Federation) -> None:
    assert "of an application" in await refusal(desk, desk.provider.application_token())


async def test_a_token_for_another_audience_is_refused(desk: Federation) -> None:
    assert "aud" in await refusal(desk, desk.provider.access_token("anna", "https://elsewhere.example"))


async def test_an_id_token_opens_nothing(desk: Federation) -> None:
    assert "aud" in await refusal(desk, desk.provider.tokens("anna")["id_token"])


async def test_without_a_known_tenant_a_token_is_refused(desk: Federation) -> None:
    for claims, why in (({"tid": "elsewhere"}, "no tenant here"), ({"tid": None}, "lacks the claim tid")):
        desk.provider.order("claims", {"id": "anna", "claims": claims})
        other = desk.provider.access_token("anna")
        desk.provider.order("claims", {"id": "anna", "claims": PEOPLE["anna"]})
        assert why in await refusal(desk, other)
    desk.provider.order("claims", {"id": "anna", "claims": {"tid": "alps"}})
    moved = desk.provider.access_token("anna")
    desk.provider.order("claims", {"id": "anna", "claims": PEOPLE["anna"]})
    assert "another tenant" in await refusal(desk, moved)


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE"])
async def test_nobody_signs(desk: Federation, token: str, algorithm: str) -> None:
    header, claims = said(token, 0), said(token, 1)
    assert "not signed" in await refusal(desk, unsigned({**header, "alg": algorithm}, claims))
    assert await refusal(desk, token.rpartition(".")[0] + ".")


async def test_the_public_key_is_no_secret_to_sign_with(desk: Federation, token: str) -> None:
    header, claims = said(token, 0), said(token, 1)
    public = next(key for key in keys(desk.provider) if key.kid == header["kid"])
    for secret in (public.as_pem(private=False), json.dumps(public.as_dict(private=False)).encode()):
        body = unsigned({**header, "alg": "HS256"}, claims).rstrip(".")
        mac = base64.urlsafe_b64encode(hmac.digest(secret, body.encode(), "sha256")).rstrip(b"=").decode()
        assert "not signed" in await refusal(desk, f"{body}.{mac}")


async def test_another_key_signs_nothing(desk: Federation, token: str) -> None:
    header, claims = said(token, 0), said(token, 1)
    assert "does not hold" in await refusal(desk, signed(header, claims, ALIEN))
    assert "by a key" in await refusal(desk, signed({**header, "kid": "unheard-of"}, claims, ALIEN))
    assert "not signed" in await refusal(desk, signed({"alg": "RS256"}, claims, ALIEN))
    shown = {**header, "jwk": ALIEN.as_dict(private=False)}
    assert await refusal(desk, signed(shown, claims, ALIEN))


async def test_another_issuer_is_another(desk: Federation, token: str) -> None:
    header, claims = said(token, 0), said(token, 1)
    for issuer in ("https://attacker.example", desk.provider.issuer + "/", ""):
        assert await refusal(desk, signed(header, {**claims, "iss": issuer}, ALIEN))
    with provider(ROOT) as another:
        assert await refusal(desk, another.access_token("anna"))


async def test_a_token_ends(desk: Federation, token: str) -> None:
    desk.clock.by += timedelta(minutes=11)
    try:
        assert "exp" in await refusal(desk, token)
    finally:
        desk.clock.by -= timedelta(minutes=11)
