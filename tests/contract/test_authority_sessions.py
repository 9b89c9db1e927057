"""Signed in once at a browser: the next application gets its answer, as it asks, until the session ends."""

import base64
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from copartner.signin import sessions
from support.authority import PASSWORD, PORTAL, Office, office, query_of, refused
from support.postgres import Database
from support.programme import Programme, programme

SCOPE = "openid offline_access"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(scope="module")
async def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Programme]:
    """The world of every test that leaves it as it was."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture
async def desk(here: Programme) -> AsyncIterator[Office]:
    """A fresh clock and browser over the shared world."""
    async with office(here) as made:
        made.http.headers["User-Agent"] = AGENT
        yield made


@pytest.fixture
async def own(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """An authority over a world that the test changes."""
    async with programme(database, tmp_path) as made, office(made) as served:
        yield served


def cookie_of(answer: httpx.Response) -> str:
    """What an answer sets for the session, with its attributes; empty when nothing."""
    return next((line for line in answer.headers.get_list("set-cookie") if "copartner-sso=" in line), "")


async def silently(desk: Office, **changed: str) -> dict[str, str]:
    """What the application hears when it wants no page shown."""
    answer = await desk.show(**{"prompt": "none", **changed})
    assert answer.status_code == 302, answer.text
    return query_of(answer)


async def tokens(desk: Office, code: str) -> dict[str, Any]:
    """The tokens of a code."""
    answer = await desk.redeem(code)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def renewed(desk: Office, said: dict[str, Any]) -> int:
    """The status a refresh token gets."""
    form = {"grant_type": "refresh_token", "client_id": desk.app_id(), "refresh_token": said["refresh_token"]}
    return (await desk.token("common", 2, **form, client_secret="an application's secret: 100% & more")).status_code


async def test_the_next_request_is_answered_without_typing(desk: Office) -> None:
    first = await tokens(desk, await desk.code(scope=SCOPE))
    desk.pass_time(minutes=30)
    for changed in ({"prompt": "-"}, {"prompt": "none"}):
        answer = await desk.show(scope=SCOPE, **changed)
        assert answer.status_code == 302
        assert not cookie_of(answer)
        second = await tokens(desk, query_of(answer)["code"])
        one, two = [await desk.authority.tokens.verify(said["access_token"]) for said in (first, second)]
        assert one.session_id == two.session_id
        assert one.session_id is not None
        assert two.methods == ("pwd",)
    # An application of another tenant's, and the deployment's own.
    wish = {"client_id": str(PORTAL.id), "redirect_uri": PORTAL.redirect_uris[0], "prompt": "none"}
    assert "code" in query_of(await desk.show("common", **wish))
    assert query_of(await desk.show("suedwind.example", **wish))["error"] == "login_required"


async def test_the_cookie_is_opaque_closed_to_scripts_and_stored_hashed(desk: Office) -> None:
    answer = await desk.send(await desk.show())
    cookie = cookie_of(answer)
    assert re.match(r"copartner-sso=[A-Za-z0-9_-]{43};", cookie)
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    token = cookie.partition("=")[2].partition(";")[0]
    async with desk.here.owner() as connection:
        rows = await connection.fetch("SELECT * FROM browser_session")
    assert rows
    assert all(token not in str(dict(row)) and token.encode() not in row["token_hash"] for row in rows)


async def test_over_https_the_session_is_bound_to_the_host(here: Programme) -> None:
    async with office(here, root="https://authority.example") as desk:
        cookie = cookie_of(await desk.send(await desk.show()))
        assert cookie.startswith("__Host-copartner-sso=")
        assert "; secure" in cookie.lower()


async def test_each_sign_in_gives_a_new_token_and_the_old_one_holds_no_more(desk: Office) -> None:
    await desk.code()
    old = desk.http.cookies["copartner-sso"]
    before = await desk.authority.tokens.verify((await tokens(desk, (await silently(desk))["code"]))["access_token"])
    await desk.code()
    after = await desk.authority.tokens.verify((await tokens(desk, (await silently(desk))["code"]))["access_token"])
    assert before.session_id == after.session_id
    desk.http.cookies.set("copartner-sso", old, domain="127.0.0.1")
    assert (await silently(desk))["error"] == "login_required"


@pytest.mark.parametrize("value", ["x", "a" * 43, "é", '"', "a" * 5000])
async def test_a_made_up_session_is_none(desk: Office, value: str) -> None:
    answer = await desk.http.get(
        "/nordlicht.example/oauth2/v2.0/authorize",
        params=desk.wish(prompt="none"),
        headers={"Cookie": f"copartner-sso={value}".encode()},
    )
    assert query_of(answer)["error"] == "login_required"


async def test_the_request_says_how_it_wants_the_person(desk: Office) -> None:
    await desk.code()
    desk.pass_time(minutes=10)
    assert 'type="password"' in (await desk.show(prompt="login")).text
    hinted = await desk.show(prompt="-", login_hint="sa@nordlicht.example")
    assert 'value="sa@nordlicht.example"' in hinted.text
    assert (await silently(desk, login_hint="sa@nordlicht.example"))["error"] == "login_required"
    assert "code" in await silently(desk, login_hint="AA@nordlicht.example")
    assert (await silently(desk, max_age="599"))["error"] == "login_required"
    assert "code" in await silently(desk, max_age="600")
    assert 'type="password"' in (await desk.show(prompt="-", max_age="0")).text
    for wrong in ({"max_age": "-1"}, {"max_age": "x"}, {"prompt": "none login"}, {"prompt": "x"}, {"claims": "{"}):
        assert (await silently(desk, **wrong))["error"] == "invalid_request"


async def test_a_sign_in_that_was_asked_for_is_told_in_auth_time(desk: Office) -> None:
    first = await tokens(desk, await desk.code(scope=SCOPE))
    desk.pass_time(minutes=10)
    again = await tokens(desk, (await silently(desk, scope=SCOPE))["code"])
    anew = await tokens(desk, await desk.code(scope=SCOPE, max_age="60"))
    times = [json.loads(_payload(said["id_token"]))["auth_time"] for said in (first, again, anew)]
    assert (times[1] - times[0], times[2] - times[0]) == (0, 600)


async def test_the_person_chooses_the_account(desk: Office) -> None:
    await desk.code()
    page = await desk.show(prompt="select_account")
    assert "aa@nordlicht.example" in page.text
    assert 'type="password"' not in page.text
    assert "code" in query_of(await answer(desk, page, "same"))
    other = await answer(desk, await desk.show(prompt="select_account"), "other")
    assert 'type="password"' in other.text
    assert "aa@nordlicht" not in other.text
    code = query_of(await desk.send(other, "sa@nordlicht.example"))["code"]
    verified = await desk.authority.tokens.verify((await tokens(desk, code))["access_token"])
    assert verified.user_principal_name == "sa@nordlicht.example"


async def test_a_page_of_one_account_does_nothing_for_another(desk: Office) -> None:
    await desk.code()
    page = await desk.show(prompt="select_account")
    await desk.code("sa@nordlicht.example")
    mixed = await answer(desk, page, "same")
    assert mixed.status_code == 400
    assert "does not fit the person who is signed in" in mixed.text


async def answer(desk: Office, page: httpx.Response, said: str) -> httpx.Response:
    """Press a button of a page of the sign-in."""
    form = re.search(r'name="form" value="([^"]+)"', page.text)
    action = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert form, page.text
    assert action
    return await desk.http.post(action.group(1), data={"form": form.group(1), "answer": said})


async def test_idle_and_old_sessions_end(desk: Office) -> None:
    await desk.code()
    for _ in range(3):
        desk.pass_time(hours=7, minutes=59)
        assert "code" in await silently(desk)
    desk.pass_time(minutes=4)
    assert (await silently(desk))["error"] == "login_required"
    await desk.code()
    desk.pass_time(hours=8)
    assert (await silently(desk))["error"] == "login_required"


@pytest.mark.parametrize("how", ["ended", "everywhere", "disabled"])
async def test_what_was_given_on_a_session_ends_with_it(own: Office, how: str) -> None:
    said = await tokens(own, await own.code(scope=SCOPE))
    code = (await silently(own, scope=SCOPE))["code"]
    verified = await own.authority.tokens.verify(said["access_token"])
    assert verified.session_id is not None
    own.pass_time(seconds=1)
    held = await sessions.find(own.authority, own.http.cookies["copartner-sso"])
    assert held is not None
    if how == "ended":
        assert await sessions.end(
            own.authority, tenant_id=held.user.tenant_id, user_id=held.user.id, session_id=held.session.id
        )
    elif how == "everywhere":
        await sessions.end_all(own.authority, held.user)
    else:
        await own.execute("UPDATE user_account SET enabled = false WHERE user_principal_name LIKE 'aa@nordlicht%'")
    assert (await silently(own))["error"] == "login_required"
    assert (await own.redeem(code)).json()["error"] == "invalid_grant"
    assert await renewed(own, said) == 400
    if how != "disabled":
        await refused(own, said["access_token"])


async def test_the_programmes_clock_ends_no_session(own: Office) -> None:
    said = await tokens(own, await own.code(scope=SCOPE))
    own.here.clock.moment += timedelta(days=3650)
    assert query_of(await own.show(scope=SCOPE, prompt="none"))["code"]
    assert await renewed(own, said) == 200
    await own.authority.tokens.verify(said["access_token"])


async def test_a_session_of_others_is_not_ended(desk: Office) -> None:
    await desk.code()
    earlier = desk.http.cookies["copartner-sso"]
    held = await sessions.find(desk.authority, earlier)
    await desk.code("sa@nordlicht.example")
    other = await sessions.find(desk.authority, desk.http.cookies["copartner-sso"])
    assert held
    assert other
    assert not await sessions.end(
        desk.authority, tenant_id=other.user.tenant_id, user_id=other.user.id, session_id=held.session.id
    )
    mine = [one.id for one in await sessions.list_sessions(desk.authority, other.user)]
    assert other.session.id in mine
    assert held.session.id not in mine
    assert await sessions.find(desk.authority, earlier) is not None
    assert other.session.browser == "Firefox on Linux"


async def test_a_session_that_ended_on_the_way_begins_nothing(desk: Office) -> None:
    await desk.code()
    page = await desk.show(prompt="login")
    held = await sessions.find(desk.authority, desk.http.cookies["copartner-sso"])
    assert held
    await sessions.end_all(desk.authority, held.user)
    desk.pass_time(seconds=1)
    # Whoever types the password is signed in, in a session of its own.
    assert (await desk.send(page, password=PASSWORD)).status_code == 303
    fresh = await sessions.find(desk.authority, desk.http.cookies["copartner-sso"])
    assert fresh
    assert fresh.session.id != held.session.id


def _payload(token: str) -> bytes:
    return base64.urlsafe_b64decode(token.split(".")[1] + "==")
