"""Codes: for one use, one application, one address, ten minutes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from joserfc import jws

from support.authority import BACK, PARTNER_CENTER, PORTAL, ROOT, Office, office, query_of
from support.postgres import Database
from support.programme import Programme, programme


@pytest.fixture(scope="module")
async def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Programme]:
    """The world of every test that leaves it as it was."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture
async def desk(here: Programme) -> AsyncIterator[Office]:
    """A fresh clock and browser over the shared world."""
    async with office(here) as made:
        yield made


@pytest.fixture
async def own(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """An authority over a world that the test changes."""
    async with programme(database, tmp_path) as made, office(made) as served:
        yield served


async def test_a_user_signs_in(desk: Office) -> None:
    page = await desk.show(version=2, scope=f"openid offline_access {PARTNER_CENTER}/.default")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    answer = await desk.send(page)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{BACK}&code=")
    assert answer.headers["cache-control"] == "no-store"
    sent = query_of(answer)
    assert sent["state"] == "s & s=1"
    assert sent.keys() == {"from", "code", "state"}
    said = (await desk.redeem(sent["code"])).json()
    assert said["scope"] == f"openid offline_access {PARTNER_CENTER}/.default"
    verified = await desk.authority.tokens.verify(said["access_token"])
    assert verified.user_principal_name == "aa@nordlicht.example"
    assert verified.tenant_id == desk.here.id("nordlicht")
    assert str(verified.application_id) == desk.app_id()
    assert verified.methods == ("pwd",)
    assert verified.audience == PARTNER_CENTER


@pytest.mark.parametrize("version", [1, 2])
async def test_the_resource_may_be_said_at_either_step(desk: Office, version: int) -> None:
    named = {"resource": PARTNER_CENTER} if version == 1 else {"scope": f"{PARTNER_CENTER}/user_impersonation"}
    for first, second in ((named, {}), ({}, named), (named, named)):
        sent = query_of(await desk.send(await desk.show(version=version, **first)))
        said = (await desk.redeem(sent["code"], version=version, **second)).json()
        assert (await desk.authority.tokens.verify(said["access_token"])).audience == PARTNER_CENTER
    sent = query_of(await desk.send(await desk.show(version=version, **named)))
    other = {"resource": ROOT} if version == 1 else {"scope": f"{ROOT}/.default"}
    assert (await desk.redeem(sent["code"], version=version, **other)).json()["error"] == "invalid_grant"


async def test_a_code_is_for_one_use(desk: Office) -> None:
    code = await desk.code()
    assert (await desk.redeem(code)).status_code == 200
    replayed = await desk.redeem(code)
    assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_grant")
    code = await desk.code()
    answers = await asyncio.gather(*(desk.redeem(code) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"code_verifier": "another-verifier-of-more-than-forty-three-characters"}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"code_verifier": "-"}, "invalid_request"),
        ({"redirect_uri": BACK + "&x=1"}, "invalid_grant"),
        ({"redirect_uri": "-"}, "invalid_request"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"code": "-"}, "invalid_request"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": "-"}, "invalid_client"),
        ({"client_id": "suedwind"}, "invalid_client"),
        ({"client_id": "-"}, "invalid_request"),
        ({"client_id": str(PORTAL.id), "client_secret": "-"}, "invalid_grant"),
    ],
)
async def test_a_code_is_bound(desk: Office, changed: dict[str, str], code: str) -> None:
    given = await desk.code()
    if changed.get("client_id") == "suedwind":
        changed = {"client_id": desk.app_id("suedwind")}
    answer = await desk.redeem(given, **changed)
    assert answer.json()["error"] == code


async def test_another_tenants_application_cannot_use_a_code(desk: Office) -> None:
    given = await desk.code()
    answer = await desk.redeem(given, "common", client_id=desk.app_id("suedwind"))
    assert answer.json()["error"] == "invalid_grant"
    # Who holds a code without right to it has it from somewhere: it is spent.
    assert (await desk.redeem(given)).json()["error"] == "invalid_grant"


async def test_a_code_ends_after_ten_minutes(desk: Office) -> None:
    late, timely = await desk.code(), await desk.code()
    desk.pass_time(minutes=9, seconds=59)
    assert (await desk.redeem(timely)).status_code == 200
    desk.pass_time(seconds=1)
    assert (await desk.redeem(late)).json()["error"] == "invalid_grant"


async def test_a_code_ends_with_its_user_and_its_application(own: Office) -> None:
    codes = [await own.code(), await own.code()]
    page = await own.show()
    await own.execute("UPDATE user_account SET enabled = false WHERE user_principal_name = 'aa@nordlicht.example'")
    assert (await own.redeem(codes[0])).json()["error"] == "invalid_grant"
    assert (await own.send(page)).status_code == 400
    await own.execute("UPDATE user_account SET enabled = true")
    await own.execute("UPDATE application SET enabled = false")
    assert (await own.redeem(codes[1])).json()["error"] == "invalid_client"
    assert (await own.send(page)).status_code == 400
    assert (await own.show()).status_code == 400


async def test_codes_are_kept_hashed_and_not_for_long(own: Office) -> None:
    code = await own.code()
    async with own.here.owner() as connection:
        row = await connection.fetchrow("SELECT * FROM authorization_code")
        assert code not in str(dict(row))
        assert code.encode() not in bytes(row["code_hash"])
    own.pass_time(days=2)
    await own.code()
    async with own.here.owner() as connection:
        assert await connection.fetchval("SELECT count(*) FROM authorization_code") == 1


async def test_an_application_without_a_secret_needs_only_the_verifier(own: Office) -> None:
    await own.execute("DELETE FROM application_secret")
    assert (await own.redeem(await own.code(), client_secret="-")).status_code == 200
    assert (await own.redeem(await own.code())).json()["error"] == "invalid_client"


async def test_the_deployments_own_application_serves_every_tenant(desk: Office) -> None:
    wish = {"client_id": str(PORTAL.id), "redirect_uri": PORTAL.redirect_uris[0]}
    for name in ("ga@alpenblick.example", "aa@suedwind.example"):
        answer = await desk.send(await desk.show("common", **wish), name)
        code = query_of(answer)["code"]
        said = (await desk.redeem(code, "common", **wish, client_secret="-")).json()
        assert (await desk.authority.tokens.verify(said["access_token"])).user_principal_name == name
    mistaken = await desk.send(await desk.show("suedwind.example", **wish), "ga@alpenblick.example")
    assert mistaken.status_code == 400


async def test_a_code_leads_to_no_token_of_another_tenant(desk: Office) -> None:
    wish = {"client_id": str(PORTAL.id), "redirect_uri": PORTAL.redirect_uris[0]}
    code = query_of(await desk.send(await desk.show("common", **wish)))["code"]
    answer = await desk.redeem(code, "suedwind.example", **wish, client_secret="-")
    assert answer.json()["error"] == "invalid_grant"


async def test_the_token_names_the_key_that_signed_it(desk: Office) -> None:
    said = (await desk.redeem(await desk.code())).json()
    assert jws.extract_compact(said["access_token"].encode()).headers() == {
        "alg": "RS256",
        "typ": "JWT",
        "kid": desk.authority.keys.current.kid,
    }
