"""The token endpoint: who gets a token, and what is in it."""

import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from copartner_emulator import password_grant
from support.authority import PARTNER_CENTER, PASSWORD, PORTAL, ROOT, SECRET, Office, office
from support.postgres import Database
from support.programme import PRESENT, Programme, programme

GRANTS = {password_grant.GRANT_TYPE: password_grant.password}


@pytest.fixture(scope="module")
async def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Programme]:
    """The world of every test that leaves it as it was."""
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


@pytest.fixture
async def own(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """The emulator's authority over a world that the test changes."""
    async with programme(database, tmp_path) as made, office(made, grants=GRANTS) as served:
        yield served


async def claims_of(desk: Office, token: str) -> dict[str, Any]:
    """The claims, checked as a client would: with the published keys alone."""
    published = await desk.http.get("/common/discovery/v2.0/keys")
    return jwt.decode(token, KeySet.import_key_set(published.json()), algorithms=["RS256"]).claims


async def test_an_application_gets_a_v1_token(desk: Office) -> None:
    answer = await desk.app_token(resource=PARTNER_CENTER)
    said = answer.json()
    begin = int(PRESENT.timestamp())
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = said.pop("access_token")
    assert said == {
        "token_type": "Bearer",
        "expires_in": "3600",
        "ext_expires_in": "3600",
        "expires_on": str(begin + 3600),
        "not_before": str(begin),
        "resource": PARTNER_CENTER,
    }
    tenant = str(desk.here.id("nordlicht"))
    found = await claims_of(desk, token)
    assert (found.pop("ims"), len(found.pop("sec"))) == (begin * 1000, 36)
    assert found == {
        "iss": f"{ROOT}/{tenant}/",
        "aud": PARTNER_CENTER,
        "iat": begin,
        "nbf": begin,
        "exp": begin + 3600,
        "tid": tenant,
        "oid": desk.app_id(),
        "sub": desk.app_id(),
        "appid": desk.app_id(),
        "ver": "1.0",
        "idtyp": "app",
        "roles": ["Admin agent"],
    }
    verified = await desk.authority.tokens.verify(token)
    assert (verified.tenant_id, str(verified.subject_id)) == (desk.here.id("nordlicht"), desk.app_id())
    assert verified.app_only
    assert verified.user_principal_name is None


async def test_an_application_gets_a_v2_token(desk: Office) -> None:
    answer = await desk.app_token(version=2, scope=f"{PARTNER_CENTER}/.default")
    said = answer.json()
    claims = await claims_of(desk, said.pop("access_token"))
    assert said == {"token_type": "Bearer", "expires_in": 3600, "ext_expires_in": 3600}
    assert (claims["iss"], claims["ver"]) == (f"{ROOT}/{desk.here.id('nordlicht')}/v2.0", "2.0")


@pytest.mark.parametrize("tenant", ["id", "ID", "nordlicht.example", "Nordlicht.Example", "common", "organizations"])
async def test_a_tenant_goes_by_many_names(desk: Office, tenant: str) -> None:
    own = str(desk.here.id("nordlicht"))
    path = {"id": own, "ID": own.upper()}.get(tenant, tenant)
    form = {"grant_type": "client_credentials", "client_id": desk.app_id().upper(), "client_secret": SECRET}
    answer = await desk.token(path, **form)
    assert answer.status_code == 200, answer.text
    assert answer.json()["resource"] == ROOT


@pytest.mark.parametrize("path", ["v1", "v1.0", "beta", "health", "programme", "portal", "x_y.example", "-a.example"])
async def test_no_root_is_taken_for_a_tenant(desk: Office, path: str) -> None:
    for endpoint in ("oauth2/token", "oauth2/v2.0/token"):
        answer = await desk.http.post(f"/{path}/{endpoint}", data={"grant_type": "x"})
        assert answer.status_code == 404
        assert "error_description" not in answer.text  # another dialect's answer, not OAuth's
    for endpoint in ("discovery/keys", "v2.0/.well-known/openid-configuration", "oauth2/authorize"):
        assert (await desk.http.get(f"/{path}/{endpoint}")).status_code == 404


async def test_basic_credentials_are_form_encoded(desk: Office) -> None:
    pair = base64.b64encode(f"{desk.app_id()}:{quote_plus(SECRET)}".encode()).decode()
    answer = await desk.http.post(
        "/nordlicht.example/oauth2/v2.0/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {pair}"},
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("tenant", "form", "status", "code"),
    [
        ("nordlicht.example", {"client_secret": "wrong"}, 401, "invalid_client"),
        ("nordlicht.example", {"client_secret": ""}, 401, "invalid_client"),
        ("nordlicht.example", {"client_secret": "x" * 2000}, 401, "invalid_client"),
        ("nordlicht.example", {"client_id": "00000000-0000-4000-8000-00000000dead"}, 401, "invalid_client"),
        ("nordlicht.example", {"client_id": "../etc"}, 400, "invalid_request"),
        ("nordlicht.example", {"client_id": ""}, 400, "invalid_request"),
        ("nordlicht.example", {"client_id": str(PORTAL.id)}, 401, "invalid_client"),
        ("suedwind.example", {}, 401, "invalid_client"),
        ("nowhere.example", {}, 400, "invalid_request"),
        ("00000000-0000-4000-8000-00000000dead", {}, 400, "invalid_request"),
        ("nordlicht.example", {"resource": "https://elsewhere.example"}, 400, "invalid_target"),
        ("nordlicht.example", {"grant_type": "password"}, 400, "unsupported_grant_type"),
        ("nordlicht.example", {"grant_type": "refresh_token"}, 400, "invalid_request"),
        ("nordlicht.example", {"grant_type": ""}, 400, "invalid_request"),
        ("nordlicht.example", {"grant_type": "client_credentials\0"}, 400, "invalid_request"),
    ],
)
async def test_refusals(desk: Office, tenant: str, form: dict[str, str], status: int, code: str) -> None:
    asked = {"grant_type": "client_credentials", "client_id": desk.app_id(), "client_secret": SECRET, **form}
    answer = await desk.token(tenant, **asked)
    assert (answer.status_code, answer.json()["error"]) == (status, code), answer.text
    assert answer.json().keys() == {"error", "error_description"}
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("https://elsewhere.example/.default", "invalid_target"),
        ("User.Read", "invalid_target"),
        (f"{ROOT}/.default {PARTNER_CENTER}/.default", "invalid_request"),
    ],
)
async def test_scopes_name_one_resource_of_ours(desk: Office, scope: str, code: str) -> None:
    answer = await desk.app_token(version=2, scope=scope)
    assert (answer.status_code, answer.json()["error"]) == (400, code)


@pytest.mark.parametrize(
    ("content_type", "body", "authorization"),
    [
        ("application/json", b'{"grant_type": "client_credentials"}', None),
        ("text/plain", b"grant_type=client_credentials", None),
        ("application/x-www-form-urlencoded", b"", None),
        ("application/x-www-form-urlencoded", b"grant_type=a&grant_type=b", None),
        ("application/x-www-form-urlencoded", b"grant_type=%ff%fe", None),
        ("application/x-www-form-urlencoded", b"\xff\xfe", None),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(60)), None),
        ("application/x-www-form-urlencoded", b"grant_type=client_credentials", "Basic !!!"),
        ("application/x-www-form-urlencoded", b"grant_type=client_credentials", "Basic //79"),
        ("application/x-www-form-urlencoded", b"grant_type=client_credentials", "Basic bm9jb2xvbg=="),
        ("application/x-www-form-urlencoded", b"grant_type=client_credentials&client_secret=s", "Basic YTpi"),
        ("application/x-www-form-urlencoded", b"grant_type=client_credentials&client_id=c", "Basic YTpi"),
    ],
)
async def test_malformed_calls(desk: Office, content_type: str, body: bytes, authorization: str | None) -> None:
    headers = {"Content-Type": content_type} | ({"Authorization": authorization} if authorization else {})
    answer = await desk.http.post("/common/oauth2/token", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_body_too_large_is_refused(desk: Office) -> None:
    answer = await desk.token("common", grant_type="x" * 70_000)
    assert (answer.status_code, answer.json()["error"]) == (413, "invalid_request")


async def test_a_disabled_application_gets_nothing(own: Office) -> None:
    await own.execute("UPDATE application SET enabled = false")
    answer = await own.app_token()
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_token_says_that_it_ends_with_its_secret(own: Office) -> None:
    await own.execute("UPDATE application_secret SET expires_at = $1", PRESENT + timedelta(minutes=10))
    old, new = (await own.app_token()).json(), (await own.app_token(version=2, scope=f"{ROOT}/.default")).json()
    assert (old["expires_in"], int(old["expires_on"]) - int(old["not_before"]), new["expires_in"]) == ("600", 600, 600)


async def test_a_secret_holds_until_it_expires(own: Office) -> None:
    await own.execute("UPDATE application_secret SET expires_at = $1", PRESENT)
    assert (await own.app_token()).status_code == 401
    own.pass_time(seconds=-1)
    assert (await own.app_token()).status_code == 200


async def test_the_password_grant_is_the_emulators(emulator: Office) -> None:
    form = {"grant_type": "password", "username": "AA@Nordlicht.example ", "password": PASSWORD}
    said = (await emulator.token("nordlicht.example", **form)).json()
    claims = await claims_of(emulator, said["access_token"])
    assert said["scope"] == "user_impersonation"
    assert claims["upn"] == "aa@nordlicht.example"
    assert claims["idtyp"] == "user"
    assert "Admin agent" in claims["roles"]
    assert claims["amr"] == ["pwd", "mfa"]
    assert "appid" not in claims
    verified = await emulator.authority.tokens.verify(said["access_token"])
    assert not verified.app_only
    assert verified.application_id is None
    weaker = (await emulator.token("common", 2, **form, mfa="false", client_id=emulator.app_id())).json()
    claims = await claims_of(emulator, weaker["access_token"])
    assert (claims["amr"], claims["appid"]) == (["pwd"], emulator.app_id())
    assert weaker["scope"] == f"{ROOT}/.default"


@pytest.mark.parametrize(("mfa", "methods"), [("true", ["pwd", "mfa"]), ("False", ["pwd"])])
async def test_a_renewed_token_says_what_the_sign_in_was_by(emulator: Office, mfa: str, methods: list[str]) -> None:
    proof = {"client_id": emulator.app_id(), "client_secret": SECRET}
    form = {"grant_type": "password", "username": "aa@nordlicht.example", "password": PASSWORD, "mfa": mfa, **proof}
    first = (await emulator.token("common", 2, **form, scope="openid offline_access")).json()
    again = (
        await emulator.token("common", 2, grant_type="refresh_token", refresh_token=first["refresh_token"], **proof)
    ).json()
    for token in (first["access_token"], first["id_token"], again["access_token"], again["id_token"]):
        assert (await claims_of(emulator, token))["amr"] == methods
    verified = await emulator.authority.tokens.verify(again["access_token"])
    assert verified.multi_factor == ("mfa" in methods)


@pytest.mark.parametrize(
    ("tenant", "form", "status", "code"),
    [
        ("nordlicht.example", {"password": "wrong"}, 400, "invalid_grant"),
        ("nordlicht.example", {"username": "nobody@nordlicht.example"}, 400, "invalid_grant"),
        ("nordlicht.example", {"username": "x" * 400}, 400, "invalid_grant"),
        ("nordlicht.example", {"username": ""}, 400, "invalid_request"),
        ("suedwind.example", {}, 400, "invalid_grant"),
        ("common", {"client_id": "suedwind"}, 400, "invalid_grant"),
        ("nordlicht.example", {"client_id": "suedwind"}, 401, "invalid_client"),
        ("nordlicht.example", {"client_id": "nordlicht", "client_secret": "wrong"}, 401, "invalid_client"),
    ],
)
async def test_the_password_grant_refuses(
    emulator: Office, tenant: str, form: dict[str, str], status: int, code: str
) -> None:
    if form.get("client_id"):
        form = {**form, "client_id": emulator.app_id(form["client_id"])}
    asked = {"grant_type": "password", "username": "aa@nordlicht.example", "password": PASSWORD, **form}
    answer = await emulator.token(tenant, **asked)
    assert (answer.status_code, answer.json()["error"]) == (status, code), answer.text


async def test_a_disabled_user_is_told_what_a_stranger_is(own: Office) -> None:
    await own.execute("UPDATE user_account SET enabled = false WHERE user_principal_name LIKE 'aa@%'")
    form = {"grant_type": "password", "password": PASSWORD}
    disabled = await own.token("common", **form, username="aa@nordlicht.example")
    unknown = await own.token("common", **form, username="zz@nordlicht.example")
    assert disabled.status_code == 400
    assert disabled.json() == unknown.json()
