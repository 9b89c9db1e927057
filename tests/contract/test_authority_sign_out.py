"""Signing out at the authority: the session ends, and the browser goes back to a registered address at most."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from support.authority import BACK, Office, elsewhere, office, query_of, refused
from support.postgres import Database
from support.programme import programme

PATH = "/nordlicht.example/oauth2/v2.0/logout"


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    """An authority over a world that the test changes."""
    async with programme(database, tmp_path) as made, office(made) as served:
        yield served


async def tokens(desk: Office) -> dict[str, Any]:
    """Sign in and get tokens."""
    said: dict[str, Any] = (await desk.redeem(await desk.code(scope="openid"))).json()
    return said


async def leave(desk: Office, path: str = PATH, **wish: str) -> httpx.Response:
    """Where an application sends a browser that is to be signed out."""
    return await desk.http.get(path, params=wish)


async def signed_in(desk: Office) -> bool:
    """Whether the browser has a session."""
    return "code" in query_of(await desk.show(prompt="none"))


@pytest.mark.parametrize("path", [PATH, "/common/oauth2/logout", "/adfs/oauth2/logout"])
async def test_the_person_is_asked_and_then_signed_out(desk: Office, path: str) -> None:
    said = await tokens(desk)
    desk.pass_time(seconds=1)
    page = await leave(desk, path)
    assert "aa@nordlicht.example" in page.text
    assert await signed_in(desk)
    out = await desk.press(page)
    assert "You are signed out" in out.text
    assert "copartner-sso" not in desk.http.cookies
    assert not await signed_in(desk)
    await refused(desk, said["access_token"])
    assert "You are signed out" in (await leave(desk, path)).text


async def test_who_shows_the_id_token_of_the_session_ends_it_at_once(desk: Office) -> None:
    said = await tokens(desk)
    desk.pass_time(hours=2)
    wish = {"id_token_hint": said["id_token"], "post_logout_redirect_uri": BACK, "state": "s & 1"}
    answer = await leave(desk, **wish)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{BACK}&state=s+%26+1"
    assert not await signed_in(desk)


async def test_another_sessions_id_token_or_a_forged_one_makes_it_ask(desk: Office) -> None:
    async with elsewhere(desk) as other:
        foreign = await tokens(other)
        own = await tokens(desk)
        head, body, tail = own["id_token"].split(".")
        for hint in (foreign["id_token"], own["access_token"], f"{head}.{body}.{tail[:-4]}AAAA", "x", "é"):
            page = await leave(desk, id_token_hint=hint, post_logout_redirect_uri=BACK)
            assert page.status_code == 200
            assert await signed_in(desk)
            assert await signed_in(other)


@pytest.mark.parametrize(
    ("wish", "goes"),
    [
        ({}, True),
        ({"client_id": "-"}, False),
        ({"client_id": str(uuid4())}, False),
        ({"post_logout_redirect_uri": "https://evil.example/"}, False),
        ({"post_logout_redirect_uri": BACK + "&x=1"}, False),
        ({"post_logout_redirect_uri": "//evil.example"}, False),
        ({"post_logout_redirect_uri": "javascript:alert(1)"}, False),
        ({"post_logout_redirect_uri": "-"}, False),
    ],
)
async def test_nobody_is_sent_to_an_unregistered_address(desk: Office, wish: dict[str, str], goes: bool) -> None:
    asked = {"client_id": desk.app_id(), "post_logout_redirect_uri": BACK, **wish}
    asked = {name: value for name, value in asked.items() if value != "-"}
    await desk.code()
    page = await leave(desk, **asked)
    assert ("https://portal.nordlicht.example" in page.headers["content-security-policy"]) == goes
    out = await desk.press(page)
    assert out.headers.get("location") == (BACK if goes else None)
    assert not await signed_in(desk)
    # And without a session it is no redirector either.
    again = await leave(desk, **asked)
    assert again.headers.get("location") == (BACK if goes else None)


async def test_a_hint_and_another_application_contradict_each_other(desk: Office) -> None:
    said = await tokens(desk)
    wish = {"id_token_hint": said["id_token"], "client_id": str(uuid4()), "post_logout_redirect_uri": BACK}
    assert "location" not in (await leave(desk, **wish)).headers


async def test_another_site_signs_nobody_out(desk: Office) -> None:
    await desk.code()
    for data in ({}, {"key": "x"}, {"key": "é"}):
        assert (await desk.http.post(PATH, data=data)).status_code == 400
    assert await signed_in(desk)


async def test_it_is_announced(desk: Office) -> None:
    for prefix, path in (("v2.0/", "oauth2/v2.0/logout"), ("", "oauth2/logout")):
        found = (await desk.http.get(f"/nordlicht.example/{prefix}.well-known/openid-configuration")).json()
        assert found["end_session_endpoint"] == f"http://127.0.0.1/nordlicht.example/{path}"
        assert (await desk.http.get(found["end_session_endpoint"])).status_code == 200
