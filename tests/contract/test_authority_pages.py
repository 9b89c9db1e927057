"""The authorize endpoint: a page without script, and whom it sends where."""

import base64
import html
import re
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from support.authority import BACK, PASSWORD, Office, office, query_of
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


async def test_the_page_runs_no_script_and_sends_to_nobody_else(desk: Office) -> None:
    page = await desk.show(login_hint='"><script>alert(1)</script>')
    policy = page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "form-action 'self' https://portal.nordlicht.example;" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    cookie = page.headers["set-cookie"]
    assert re.search("httponly", cookie, re.IGNORECASE)
    assert re.search("samesite=lax", cookie, re.IGNORECASE)


async def test_over_tls_the_cookie_is_bound_to_the_host(here: Programme) -> None:
    async with office(here, root="https://authority.example") as desk:
        cookie = (await desk.show()).headers["set-cookie"]
        assert cookie.startswith("__Host-copartner-signin=")
        assert re.search("; secure", cookie, re.IGNORECASE)
        assert (await desk.send(await desk.show())).status_code == 303


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("aa@nordlicht.example", "wrong"),
        ("zz@nordlicht.example", PASSWORD),
        ("aa@suedwind.example", PASSWORD),
        ("aa@nordlicht.example", "x" * 2000),
        ("", ""),
    ],
)
async def test_wrong_credentials_show_the_page_again(desk: Office, name: str, password: str) -> None:
    again = await desk.send(await desk.show(), name, password)
    assert again.status_code == 400
    assert "do not belong to an account" in again.text
    assert password == "" or password not in again.text
    assert (await desk.send(again)).status_code == 303


@pytest.mark.parametrize(
    ("tenant", "changed"),
    [
        ("nordlicht.example", {"redirect_uri": "https://portal.nordlicht.example/back"}),
        ("nordlicht.example", {"redirect_uri": BACK + "&x=1"}),
        ("nordlicht.example", {"redirect_uri": BACK.upper()}),
        ("nordlicht.example", {"redirect_uri": "https://[bad"}),
        ("nordlicht.example", {"redirect_uri": "-"}),
        ("nordlicht.example", {"client_id": "-"}),
        ("nordlicht.example", {"client_id": "<script>"}),
        ("nordlicht.example", {"client_id": "00000000-0000-4000-8000-00000000dead"}),
        ("suedwind.example", {}),
        ("nowhere.example", {}),
    ],
)
async def test_nobody_is_sent_to_an_unknown_address(desk: Office, tenant: str, changed: dict[str, str]) -> None:
    page = await desk.show(tenant, **changed)
    assert page.status_code == 400
    assert "location" not in page.headers
    assert "set-cookie" not in page.headers
    assert "<script" not in page.text


async def test_a_script_is_no_address_even_when_registered(own: Office) -> None:
    addresses = ["javascript:alert(1)//", "data:text/html,x", "/relative", f"{BACK}#x", "https://[bad", "https://a b"]
    await own.execute("UPDATE application SET redirect_uris = $1", addresses)
    for address in addresses:
        page = await own.show(redirect_uri=address)
        assert page.status_code == 400, address


async def test_a_code_goes_back_in_a_form_when_asked_for(desk: Office) -> None:
    page = await desk.send(await desk.show(response_mode="form_post"))
    assert page.status_code == 200
    fields = sent_in_form(page)
    assert fields["state"] == "s & s=1"
    assert (await desk.redeem(fields["code"])).status_code == 200
    (script,) = re.findall("<script>(.*?)</script>", page.text)
    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert f"script-src 'sha256-{digest}'; form-action https://portal.nordlicht.example;" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"


async def test_what_is_wrong_goes_back_in_a_form_too(desk: Office) -> None:
    page = await desk.show(response_mode="form_post", response_type="token", state='"><script>')
    assert sent_in_form(page)["error"] == "unsupported_response_type"
    assert sent_in_form(page)["state"] == '"><script>'


def sent_in_form(page: httpx.Response) -> dict[str, str]:
    """The fields of the form that goes back to the application."""
    assert f'<form method="post" action="{html.escape(BACK)}">' in page.text
    return {name: html.unescape(value) for name, value in re.findall('name="([a-z_]+)" value="([^"]*)"', page.text)}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "-"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": "-"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "-"}, "invalid_request"),
        ({"scope": "https://elsewhere.example/.default"}, "invalid_target"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_the_application_learns_what_is_wrong(desk: Office, changed: dict[str, str], code: str) -> None:
    answer = await desk.show(**changed)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(BACK)
    sent = query_of(answer)
    assert (sent["error"], sent["state"]) == (code, "s & s=1")
    assert "code" not in sent


@pytest.mark.parametrize("query", ["client_id=a&client_id=b", "client_id=%ff", "a%00b=c", "x=" + "y" * 200])
async def test_a_malformed_query_is_a_page(desk: Office, query: str) -> None:
    assert (await desk.http.get(f"/common/oauth2/authorize?{query}")).status_code == 400


async def test_a_form_is_for_the_browser_it_was_shown_to(desk: Office) -> None:
    page = await desk.show()
    desk.http.cookies.clear()
    assert (await desk.send(page)).status_code == 400
    await desk.show()
    assert (await desk.send(page)).status_code == 400


async def test_two_pages_of_one_browser_both_work(desk: Office) -> None:
    first, second = await desk.show(), await desk.show(state="other")
    assert query_of(await desk.send(first))["state"] == "s & s=1"
    assert query_of(await desk.send(second))["state"] == "other"


async def test_a_form_ends_after_ten_minutes(desk: Office) -> None:
    page = await desk.show()
    desk.pass_time(minutes=10)
    assert (await desk.send(page)).status_code == 400


async def test_a_form_is_sent_to_its_own_tenant(desk: Office) -> None:
    page = await desk.show("common")
    text = page.text.replace('action="/common/', 'action="/suedwind.example/')
    moved = type(page)(200, text=text)
    assert (await desk.send(moved)).status_code == 400


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("application/x-www-form-urlencoded", b"form=a&form=b"),
        ("application/x-www-form-urlencoded", b"form=%C3%A4&username=a&password=b"),
        ("application/x-www-form-urlencoded", b"form=gAAAAAAA&username=a&password=b"),
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"x=" + b"y" * 70_000),
    ],
)
async def test_a_malformed_form_is_a_page(desk: Office, content_type: str, body: bytes) -> None:
    answer = await desk.http.post("/common/oauth2/authorize", content=body, headers={"Content-Type": content_type})
    assert answer.status_code in (400, 413)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
