"""What a person does with their own account: another password, and where they are signed in."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from copartner.customers.model import Address, BillingDetails, NewCustomer
from copartner.customers.service import create_customer
from copartner.signin import sessions
from copartner.tenants.service import users
from support.authority import PASSWORD, SECRET, Office, elsewhere, office, query_of, refused
from support.postgres import Database
from support.programme import programme

CHANGE, SESSIONS = "/account/password", "/account/sessions"
NEW = "Noch ein Satz, den keiner kennt"
SCOPE = "openid offline_access"
ADDRESS = Address(address_line1="Hauptstr. 1", city="Kiel", country="DE", first_name="Eva", last_name="Berg")
CUSTOMER = NewCustomer(
    company_name="Küste GmbH",
    domain="kueste.example",
    billing=BillingDetails(
        email="eva@kueste.example", company_name="Küste GmbH", culture="de-DE", language="de", address=ADDRESS
    ),
)


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """An authority over a world that the test changes."""
    async with programme(database, tmp_path) as made, office(made) as served:
        yield served


async def change(desk: Office, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> httpx.Response:
    """Send the page that changes the password."""
    return await desk.press(await desk.http.get(CHANGE), old=old, new=new, again=new if again is None else again)


async def signed_in(desk: Office, name: str = "aa@nordlicht.example", password: str = PASSWORD) -> dict[str, Any]:
    """Sign in and get tokens."""
    answer = await desk.send(await desk.show(scope=SCOPE), name, password)
    said: dict[str, Any] = (await desk.redeem(query_of(answer)["code"])).json()
    return said


async def renewed(desk: Office, said: dict[str, Any]) -> int:
    """The status a refresh token gets."""
    form = {"grant_type": "refresh_token", "client_id": desk.app_id(), "client_secret": SECRET}
    return (await desk.token("common", 2, **form, refresh_token=said["refresh_token"])).status_code


async def test_another_password_ends_all_else_and_keeps_this_session(desk: Office) -> None:
    async with elsewhere(desk) as other:
        there, here = await signed_in(other), await signed_in(desk)
        before = await sessions.find(desk.authority, desk.http.cookies["copartner-sso"])
        old_token = desk.http.cookies["copartner-sso"]
        desk.pass_time(seconds=1)
        done = await change(desk)
        assert "is changed" in done.text
        after = await sessions.find(desk.authority, desk.http.cookies["copartner-sso"])
        assert before
        assert after
        assert (before.session.id, desk.http.cookies["copartner-sso"] != old_token) == (after.session.id, True)
        assert await sessions.find(desk.authority, old_token) is None
        assert "code" in query_of(await desk.show(prompt="none"))
        assert query_of(await other.show(prompt="none"))["error"] == "login_required"
        for said in (there, here):
            assert await renewed(desk, said) == 400
            await refused(desk, said["access_token"])
        assert (await other.send(await other.show())).status_code == 400
        assert (await other.send(await other.show(), password=NEW)).status_code == 303
    async with desk.here.owner() as connection:
        row = await connection.fetchrow("SELECT actor_name FROM audit_record WHERE operation_type LIKE '%own_password'")
    assert row["actor_name"] == "aa@nordlicht.example"


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, "present password is wrong"),
        (PASSWORD, NEW, NEW + "x", "differ"),
        (PASSWORD, "kurz", "kurz", "12 to 1024"),
        (PASSWORD, "", "", "12 to 1024"),
        (PASSWORD, "x" * 1025, "x" * 1025, "12 to 1024"),
        (PASSWORD, "abababababab", "abababababab", "repeats"),
        (PASSWORD, "Mein NordLicht 2026", "Mein NordLicht 2026", "your domain"),
        (PASSWORD, PASSWORD, PASSWORD, "is the old one"),
    ],
)
async def test_a_password_that_is_none(desk: Office, old: str, new: str, again: str, said: str) -> None:
    await desk.code()
    answer = await change(desk, old, new, again)
    assert answer.status_code == 400
    assert said in answer.text
    assert "code" in query_of(await desk.show(prompt="none"))
    assert (await desk.send(await desk.show())).status_code == 303


async def test_the_old_password_is_guessed_at_no_faster_here(desk: Office) -> None:
    await desk.code()
    for _ in range(10):
        await change(desk, "wrong")
    assert (await change(desk)).status_code == 400


@pytest.mark.parametrize("path", [CHANGE, SESSIONS, "/account/second-factor"])
async def test_a_page_of_the_account_is_for_who_is_signed_in(desk: Office, path: str) -> None:
    page = await desk.http.get(path)
    assert 'type="password"' in page.text
    assert "script" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    back = await desk.send(page)
    assert (back.status_code, back.headers["location"]) == (303, path)
    assert "aa@nordlicht.example" in (await desk.http.get(path)).text


@pytest.mark.parametrize("path", [CHANGE, SESSIONS, "/account/second-factor"])
async def test_a_form_of_another_site_or_session_changes_nothing(desk: Office, path: str) -> None:
    await desk.code()
    own = await desk.http.get(path)
    typed = {"old": PASSWORD, "new": NEW, "again": NEW, "answer": "everywhere"}
    for key in ({}, {"key": "x"}, {"key": "é"}, {"key": ""}):
        assert (await desk.http.post(path, data={**typed, **key})).status_code == 400
    async with elsewhere(desk) as other:
        await other.code()
        foreign = await other.http.get(path)
        key = re.search(r'name="key" value="([^"]+)"', foreign.text)
        assert key
        assert (await desk.press(own, **typed, key=key.group(1))).status_code == 400
        assert "code" in query_of(await other.show(prompt="none"))
    assert "code" in query_of(await desk.show(prompt="none"))


async def test_a_password_that_others_drew_is_changed_at_the_first_sign_in(desk: Office) -> None:
    made = await users.create_user(desk.here.context("ga@nordlicht"), name="neu", display_name="Neu")
    name = made.user.user_principal_name
    page = await desk.send(await desk.show(), name, made.password)
    assert "Choose a password" in page.text
    assert query_of(await desk.show(prompt="none"))["error"] == "login_required"
    short = await desk.press(page, new="kurz", again="kurz")
    assert short.status_code == 400
    desk.pass_time(seconds=1)
    answer = await desk.press(short, new=NEW, again=NEW)
    assert (await desk.redeem(query_of(answer)["code"])).status_code == 200
    assert "code" in query_of(await desk.send(await desk.show(), name, NEW))
    assert (await desk.send(await desk.show(), name, made.password)).status_code == 400
    reset = await users.reset_password(desk.here.context("ga@nordlicht"), user_id=made.user.id)
    assert "Choose a password" in (await desk.send(await desk.show(), name, reset.password)).text


async def test_a_new_customers_admin_chooses_a_password(desk: Office) -> None:
    made = await create_customer(desk.here.context("aa@nordlicht"), new=CUSTOMER)
    page = await desk.send(await desk.http.get(SESSIONS), made.user_name, made.password)
    assert "Choose a password" in page.text
    assert 'type="password"' in (await desk.http.get(SESSIONS)).text
    done = await desk.press(page, new=NEW, again=NEW)
    assert done.headers["location"] == SESSIONS
    assert made.user_name in (await desk.http.get(SESSIONS)).text


async def test_the_list_shows_where_and_ends_one(desk: Office) -> None:
    desk.http.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36"
    async with elsewhere(desk) as other:
        other.http.headers["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"
        said = await signed_in(other)
        desk.pass_time(minutes=1)
        await signed_in(desk, "sa@nordlicht.example")
        await desk.code()
        page = await desk.http.get(SESSIONS)
        assert "Chrome on Windows" in page.text
        assert "Safari on iPhone" in page.text
        assert page.text.count("this one") == 1
        assert page.text.index("Chrome on Windows") < page.text.index("this one") < page.text.index("Safari on iPhone")
        there = await sessions.find(desk.authority, other.http.cookies["copartner-sso"])
        assert there
        ended = await desk.press(page, end=str(there.session.id))
        assert "has ended" in ended.text
        assert "Safari on iPhone" not in ended.text
        assert query_of(await other.show(prompt="none"))["error"] == "login_required"
        assert await renewed(desk, said) == 400
        assert "code" in query_of(await desk.show(prompt="none"))


async def test_signing_out_everywhere(desk: Office) -> None:
    async with elsewhere(desk) as other:
        said = await signed_in(other)
        await desk.code()
        desk.pass_time(seconds=1)
        done = await desk.press(await desk.http.get(SESSIONS), answer="everywhere")
        assert "You are signed out" in done.text
        assert "copartner-sso" not in desk.http.cookies
        for each in (desk, other):
            assert query_of(await each.show(prompt="none"))["error"] == "login_required"
        assert await renewed(desk, said) == 400


async def test_a_session_of_somebody_else_is_not_ended_here(desk: Office) -> None:
    async with elsewhere(desk) as other:
        await other.code("sa@nordlicht.example")
        foreign = await sessions.find(desk.authority, other.http.cookies["copartner-sso"])
        assert foreign
        await desk.code()
        await desk.press(await desk.http.get(SESSIONS), end=str(foreign.session.id))
        assert "code" in query_of(await other.show(prompt="none"))
