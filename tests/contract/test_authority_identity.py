"""Id tokens and the claims that clients read."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from copartner.signin.tokens import TokenRefused
from support.authority import PARTNER_CENTER, ROOT, Office, office
from support.postgres import Database
from support.programme import PRESENT, programme

SCOPE = f"openid profile offline_access {PARTNER_CENTER}/.default"


@pytest.fixture(scope="module")
async def desk(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """The authority as production has it."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as here, office(here) as made:
        yield made


async def signed_claims(desk: Office, token: str, version: int = 2) -> dict[str, Any]:
    """The claims, checked as a client would: with the keys that the configuration names."""
    prefix = "v2.0/" if version == 2 else ""
    found = (await desk.http.get(f"/nordlicht.example/{prefix}.well-known/openid-configuration")).json()
    keys = KeySet.import_key_set((await desk.http.get(found["jwks_uri"])).json())
    claims: dict[str, Any] = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert claims["iss"] == found["issuer"]
    return claims


async def test_an_id_token_says_who_signed_in(desk: Office) -> None:
    said = (await desk.redeem(await desk.code(scope=SCOPE, nonce="n-1"), client_info="1")).json()
    claims, tenant = await signed_claims(desk, said["id_token"]), str(desk.here.id("nordlicht"))
    begin = int(PRESENT.timestamp())
    session = claims.pop("sid")
    user = claims["oid"]
    assert (claims.pop("roles"), claims.pop("wids")) == (
        ["Admin agent", "User"],
        ["b79fbf4d-3ef9-4689-8143-76b194e85509"],
    )
    assert claims == {
        "iss": f"{ROOT}/{tenant}/v2.0",
        "aud": desk.app_id(),
        "iat": begin,
        "nbf": begin,
        "exp": begin + 3600,
        "auth_time": begin,
        "tid": tenant,
        "oid": user,
        "sub": user,
        "ver": "2.0",
        "name": claims["name"],
        "preferred_username": "aa@nordlicht.example",
        "upn": "aa@nordlicht.example",
        "unique_name": "aa@nordlicht.example",
        "amr": ["pwd"],
        "nonce": "n-1",
    }
    info = json.loads(base64.urlsafe_b64decode(said["client_info"] + "=="))
    assert info == {"uid": user, "utid": tenant}
    again = await desk.token(
        "common",
        2,
        grant_type="refresh_token",
        client_id=desk.app_id(),
        client_secret="an application's secret: 100% & more",
        refresh_token=said["refresh_token"],
    )
    renewed = await signed_claims(desk, again.json()["id_token"])
    assert "nonce" not in renewed
    assert (renewed["auth_time"], renewed["sid"]) == (begin, session)


async def test_who_asks_for_none_gets_none(desk: Office) -> None:
    said = (await desk.redeem(await desk.code(scope=f"{PARTNER_CENTER}/.default", nonce="n"))).json()
    assert said.keys() == {"token_type", "expires_in", "ext_expires_in", "access_token", "scope"}


async def test_the_v1_address_gives_one_of_its_own_form(desk: Office) -> None:
    said = (await desk.redeem(await desk.code(), version=1)).json()
    claims = await signed_claims(desk, said["id_token"], version=1)
    assert (claims["ver"], claims["aud"]) == ("1.0", desk.app_id())


async def test_an_id_token_opens_nothing(desk: Office) -> None:
    said = (await desk.redeem(await desk.code(scope=SCOPE))).json()
    with pytest.raises(TokenRefused):
        await desk.authority.tokens.verify(said["id_token"])


@pytest.mark.parametrize(
    ("name", "wids"),
    [
        ("ga@nordlicht.example", ["62e90394-69f5-4237-9190-012177145e10", "b79fbf4d-3ef9-4689-8143-76b194e85509"]),
        ("sa@nordlicht.example", ["b79fbf4d-3ef9-4689-8143-76b194e85509"]),
    ],
)
async def test_directory_roles_go_by_their_well_known_ids(desk: Office, name: str, wids: list[str]) -> None:
    said = (await desk.redeem(await desk.code(name, scope=SCOPE))).json()
    claims = await signed_claims(desk, said["access_token"])
    assert claims["wids"] == wids
    assert (claims["azp"], claims["appid"], claims["scp"]) == (desk.app_id(), desk.app_id(), "user_impersonation")
    assert (claims["preferred_username"], claims["upn"]) == (name, name)


async def test_a_nonce_has_its_measure(desk: Office) -> None:
    answer = await desk.show(nonce="x" * 600)
    assert "error=invalid_request" in answer.headers["location"]
