"""Refresh tokens: one use each, a successor each, and an end for all of them when one is seen twice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from copartner.signin import refresh
from support.authority import PARTNER_CENTER, PORTAL, ROOT, SECRET, Office, office, query_of
from support.postgres import Database
from support.programme import Programme, programme

SCOPE = f"openid profile offline_access {PARTNER_CENTER}/.default"


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


async def begin(desk: Office, **changed: str) -> dict[str, Any]:
    """The answer to a user's first sign-in at nordlicht's application."""
    answer = await desk.redeem(await desk.code(scope=SCOPE, **changed))
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def renew(desk: Office, token: str, tenant: str = "nordlicht.example", version: int = 2, **changed: str) -> Any:
    """The answer to a refresh token."""
    form = {
        "grant_type": "refresh_token",
        "client_id": desk.app_id(),
        "client_secret": SECRET,
        "refresh_token": token,
    }
    return await desk.token(tenant, version, **{k: v for k, v in {**form, **changed}.items() if v != "-"})


def refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_each_token_leads_to_the_next(desk: Office) -> None:
    token = (await begin(desk))["refresh_token"]
    seen = {token}
    for _ in range(3):
        desk.pass_time(days=80)
        said = (await renew(desk, token)).json()
        verified = await desk.authority.tokens.verify(said["access_token"])
        assert verified.user_principal_name == "aa@nordlicht.example"
        assert (verified.methods, verified.audience) == (("pwd",), PARTNER_CENTER)
        assert said["scope"] == SCOPE
        token = said["refresh_token"]
        assert token not in seen
        seen.add(token)


async def test_who_asks_for_no_lasting_sign_in_gets_none(desk: Office) -> None:
    answer = (await desk.redeem(await desk.code(scope=f"{PARTNER_CENTER}/.default"))).json()
    assert "refresh_token" not in answer
    assert "refresh_token" not in (await desk.app_token(version=2, scope=f"{ROOT}/.default offline_access")).json()
    # The v1 addresses have no scope to ask by and always give one, to whoever signed in there.
    assert "refresh_token" not in (await desk.redeem(await desk.code(), version=1)).json()
    signed_in = await desk.send(await desk.show(version=1))
    old = (await desk.redeem(query_of(signed_in)["code"], version=1)).json()
    again = (await renew(desk, old["refresh_token"], version=1, resource=ROOT)).json()
    assert again["resource"] == ROOT
    assert {type(again[name]) for name in ("expires_in", "ext_expires_in", "expires_on", "not_before")} == {str}


async def test_a_stolen_token_ends_the_sign_in(desk: Office) -> None:
    stolen = (await begin(desk))["refresh_token"]
    thief = (await renew(desk, stolen)).json()["refresh_token"]
    assert refused(await renew(desk, stolen))  # the owner, who thereby raises the alarm
    assert refused(await renew(desk, thief))
    other = (await begin(desk))["refresh_token"]
    assert (await renew(desk, other)).status_code == 200  # another sign-in of the same user goes on


async def test_of_many_uses_at_once_one_holds_and_the_family_ends(desk: Office) -> None:
    token = (await begin(desk))["refresh_token"]
    answers = await asyncio.gather(*(renew(desk, token) for _ in range(6)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert refused(await renew(desk, won[0]["refresh_token"]))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"refresh_token": "made-up"}, "invalid_grant"),
        ({"refresh_token": "x" * 5000}, "invalid_grant"),
        ({"refresh_token": "-"}, "invalid_request"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": "-"}, "invalid_client"),
        ({"client_id": "-"}, "invalid_request"),
        ({"scope": "https://elsewhere.example/.default"}, "invalid_target"),
        ({"scope": f"{ROOT}/\x7f"}, "invalid_scope"),
    ],
)
async def test_a_mistake_costs_no_token(desk: Office, changed: dict[str, str], code: str) -> None:
    token = (await begin(desk))["refresh_token"]
    assert (await renew(desk, token, **changed)).json()["error"] == code
    assert (await renew(desk, token)).status_code == 200


async def test_another_application_with_the_token_ends_it(desk: Office) -> None:
    token = (await begin(desk))["refresh_token"]
    assert refused(await renew(desk, token, "common", client_id=str(PORTAL.id), client_secret="-"))
    assert refused(await renew(desk, token))


async def test_a_token_is_for_its_tenant(desk: Office) -> None:
    wish = {"client_id": str(PORTAL.id), "redirect_uri": PORTAL.redirect_uris[0]}
    page = await desk.send(await desk.show("common", scope="offline_access", **wish))
    said = (await desk.redeem(query_of(page)["code"], "common", **wish, client_secret="-")).json()
    own = {"client_id": str(PORTAL.id), "client_secret": "-"}
    assert refused(await renew(desk, said["refresh_token"], "suedwind.example", **own))
    assert (await renew(desk, said["refresh_token"], "organizations", **own)).status_code == 200


async def test_a_token_ends_after_ninety_days_unused(desk: Office) -> None:
    late, timely = (await begin(desk))["refresh_token"], (await begin(desk))["refresh_token"]
    desk.pass_time(days=90, seconds=-1)
    assert (await renew(desk, timely)).status_code == 200
    desk.pass_time(seconds=1)
    assert refused(await renew(desk, late))


async def test_another_resource_of_the_deployment_may_be_asked_for(desk: Office) -> None:
    token = (await begin(desk))["refresh_token"]
    said = (await renew(desk, token, scope=f"{ROOT}/.default openid email")).json()
    assert (await desk.authority.tokens.verify(said["access_token"])).audience == ROOT
    assert said["scope"] == f"{ROOT}/.default openid"  # email was not part of the sign-in


async def test_a_replayed_code_ends_what_began_with_it(desk: Office) -> None:
    code = await desk.code(scope=SCOPE)
    token = (await desk.redeem(code)).json()["refresh_token"]
    assert refused(await desk.redeem(code))
    assert refused(await renew(desk, token))


async def test_a_token_ends_with_its_user_and_its_application(own: Office) -> None:
    token = (await begin(own))["refresh_token"]
    await own.execute("UPDATE user_account SET enabled = false WHERE user_principal_name = 'aa@nordlicht.example'")
    assert refused(await renew(own, token))
    await own.execute("UPDATE user_account SET enabled = true")
    await own.execute("UPDATE application SET enabled = false")
    assert (await renew(own, token)).json()["error"] == "invalid_client"
    await own.execute("UPDATE application SET enabled = true")
    assert (await renew(own, token)).status_code == 200


async def test_sign_ins_are_withdrawn_by_user_application_or_session(own: Office) -> None:
    async with own.here.owner() as connection:
        user = await connection.fetchrow(
            "SELECT tenant_id, id FROM user_account WHERE user_principal_name = 'aa@nordlicht.example'"
        )
    pool, now = own.authority.pool, own.clock.now()
    token = (await begin(own))["refresh_token"]
    assert await refresh.revoke(pool, now=now, tenant_id=user["tenant_id"], user_id=user["tenant_id"]) == 0
    assert await refresh.revoke(pool, now=now, tenant_id=user["tenant_id"], user_id=user["id"]) == 1
    assert refused(await renew(own, token))
    with pytest.raises(ValueError, match="whose"):
        await refresh.revoke(pool, now=now)


async def test_tokens_are_kept_hashed_and_not_for_ever(own: Office) -> None:
    token = (await begin(own))["refresh_token"]
    token = (await renew(own, token)).json()["refresh_token"]
    async with own.here.owner() as connection:
        rows = [dict(row) for row in await connection.fetch("SELECT * FROM refresh_token JOIN refresh_family ON true")]
        assert len(rows) == 2
        assert token not in str(rows)
        assert token.encode() not in b"".join(row["token_hash"] for row in rows)
    own.pass_time(days=91, seconds=1)
    await begin(own)
    async with own.here.owner() as connection:
        assert await connection.fetchval("SELECT count(*) FROM refresh_family") == 1
        assert await connection.fetchval("SELECT count(*) FROM refresh_token") == 1


async def test_a_restart_keeps_the_sign_in(here: Programme) -> None:
    async with office(here) as before:
        token = (await begin(before))["refresh_token"]
    async with office(here) as after:
        assert (await renew(after, token)).status_code == 200
