"""Discovery: what is announced is served, in every form that clients ask for."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from copartner_emulator import password_grant
from support.authority import PARTNER_CENTER, ROOT, SECRET, Office, office
from support.postgres import Database
from support.programme import Programme, programme

GRANTS = {password_grant.GRANT_TYPE: password_grant.password}


@pytest.fixture(scope="module")
async def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Programme]:
    """The world, which no test here changes."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="module")
async def desk(here: Programme) -> AsyncIterator[Office]:
    """The authority as production has it."""
    async with office(here) as made:
        yield made


@pytest.fixture(scope="module")
async def emulator(here: Programme) -> AsyncIterator[Office]:
    """The authority as the emulator has it."""
    async with office(here, grants=GRANTS) as made:
        yield made


async def test_discovery_names_what_is_served(desk: Office, emulator: Office) -> None:
    own = desk.here.id("nordlicht")
    found = (await desk.http.get("/nordlicht.example/v2.0/.well-known/openid-configuration")).json()
    assert found["issuer"] == f"{ROOT}/{own}/v2.0"
    assert found["grant_types_supported"] == [
        "authorization_code", "client_credentials", "device_code", "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
    ]  # fmt: skip
    assert found["jwks_uri"] == f"{ROOT}/nordlicht.example/discovery/v2.0/keys"
    old = (await desk.http.get("/nordlicht.example/.well-known/openid-configuration")).json()
    assert old["issuer"] == f"{ROOT}/{own}/"
    assert old["token_endpoint"] == f"{ROOT}/nordlicht.example/oauth2/token"
    other = (await desk.http.get("/adfs/.well-known/openid-configuration")).json()
    assert other["token_endpoint"] == f"{ROOT}/adfs/oauth2/token"
    for said in (found, old, other):
        # Whatever is announced is served: a GET, or a POST that is understood and refused.
        assert (await desk.http.get(said["jwks_uri"])).status_code == 200
        assert (await desk.http.get(said["authorization_endpoint"])).status_code == 400
        for name in ("token_endpoint", "device_authorization_endpoint"):
            assert (await desk.http.post(said[name], data={"a": "b"})).json()["error"] == "invalid_request"
    common = (await desk.http.get("/common/v2.0/.well-known/openid-configuration")).json()
    assert common["issuer"] == f"{ROOT}/{{tenantid}}/v2.0"
    assert "password" in (await emulator.http.get("/common/v2.0/.well-known/openid-configuration")).text
    keys = (await desk.http.get("/common/discovery/keys")).json()["keys"]
    assert [sorted(key) for key in keys] == [["alg", "e", "kid", "kty", "n", "use"]]
    unknown = await desk.http.get("/nowhere.example/v2.0/.well-known/openid-configuration")
    assert (unknown.status_code, unknown.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("endpoint", "configuration"),
    [
        ("/common/oauth2/v2.0/authorize", "/common/v2.0/.well-known/openid-configuration"),
        ("/nordlicht.example/oauth2/authorize", "/nordlicht.example/.well-known/openid-configuration"),
        ("/adfs/oauth2/authorize", "/adfs/.well-known/openid-configuration"),
        ("/v1/oauth2/authorize", None),
        ("/common", None),
        (":99999/common/oauth2/authorize", None),
        (":8081/common/oauth2/authorize", None),
        ("@evil.example/common/oauth2/authorize", None),
        (".evil.example/common/oauth2/v2.0/authorize", None),
    ],
)
async def test_instance_discovery_vouches_for_this_server_alone(
    desk: Office, endpoint: str, configuration: str | None
) -> None:
    asked = {"authorization_endpoint": ROOT + endpoint, "api-version": "1.1"}
    for tenant in ("common", "adfs", "nordlicht.example"):
        answer = await desk.http.get(f"/{tenant}/discovery/instance", params=asked)
        if configuration is None:
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_instance")
        else:
            assert answer.json()["tenant_discovery_endpoint"] == ROOT + configuration
            assert answer.json()["metadata"] == [
                {"preferred_network": "127.0.0.1", "preferred_cache": "127.0.0.1", "aliases": ["127.0.0.1"]}
            ]
    assert (await desk.http.get("/common/discovery/instance")).json()["error"] == "invalid_request"


async def test_below_adfs_resource_and_scope_are_understood(desk: Office) -> None:
    form = {"grant_type": "client_credentials", "client_id": desk.app_id(), "client_secret": SECRET}
    for named in ({"resource": PARTNER_CENTER}, {"scope": f"{PARTNER_CENTER}/.default"}):
        said = (await desk.token("adfs", **form, **named)).json()
        published = KeySet.import_key_set((await desk.http.get("/adfs/discovery/keys")).json())
        claims: dict[str, Any] = jwt.decode(said["access_token"], published, algorithms=["RS256"]).claims
        assert (said["expires_in"], claims["aud"], claims["ver"]) == (3600, PARTNER_CENTER, "2.0")


@pytest.mark.parametrize("asked", ["common/userrealm/aa@nordlicht.example", "common/userrealm/nobody@nowhere.example"])
async def test_every_name_belongs_here(desk: Office, asked: str) -> None:
    found = (await desk.http.get(f"/{asked}", params={"api-version": "1.0"})).json()
    assert found == {"ver": "1.0", "account_type": "Managed", "domain_name": asked.rpartition("@")[2]}
    assert (await desk.http.get("/v1/userrealm/aa@nordlicht.example")).status_code == 404
