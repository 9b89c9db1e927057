"""Into the portal and out: the code flow, bound to a browser, and sessions that end."""

from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import httpx
import pytest

from copartner.signin.service import Authority
from support.authority import PASSWORD, ROOT
from support.portal import GLOBAL_ADMIN, Browser, House, house
from support.postgres import Database
from support.programme import programme

SECURE = "https://partners.example"


@pytest.fixture
async def secure_home(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    """The portal behind https."""
    async with programme(database, tmp_path) as here, house(here, root=SECURE) as made:
        yield made


def cookies(answer: httpx.Response) -> dict[str, str]:
    """What an answer sets, attributes included, by name."""
    return {line.partition("=")[0]: line for line in answer.headers.get_list("set-cookie")}


async def sent_back(browser: Browser, address: str, name: str = GLOBAL_ADMIN) -> str:
    """Where the authority sends a browser after the password was right."""
    answer = await browser.send(await browser.open(address), username=f"{name}.example", password=PASSWORD)
    assert answer.status_code == 303
    location: str = answer.headers["location"]
    return location


async def test_who_is_not_signed_in_is_sent_to_the_authority(steady: House) -> None:
    path = await steady.link()
    browser = steady.browser()
    first = await browser.http.get(path)
    assert first.status_code == 303
    assert first.headers["location"] == f"{ROOT}/portal/sign-in?{urlencode({'page': path})}"
    assert first.headers["cache-control"] == "no-store"
    second = await browser.http.get(first.headers["location"])
    to = urlsplit(second.headers["location"])
    asked = {name: values[0] for name, values in parse_qs(to.query).items()}
    assert f"{to.scheme}://{to.netloc}{to.path}" == f"{ROOT}/common/oauth2/v2.0/authorize"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"{ROOT}/portal/signed-in"
    assert path not in asked["state"]
    attributes = cookies(second)["copartner-browser"].lower()
    assert "httponly" in attributes
    assert "samesite=lax" in attributes


async def test_the_session_cookie_is_sealed_and_lives_as_long_as_the_token(steady: House) -> None:
    browser = steady.browser()
    back = await sent_back(browser, await steady.link())
    steady.pass_time(minutes=5)
    answer = await browser.http.get(back)
    assert answer.headers["location"] == await steady.link()
    cookie = cookies(answer)["copartner-session"]
    attributes = [part.strip().lower() for part in cookie.split(";")[1:]]
    assert {"httponly", "samesite=lax", "path=/", "max-age=3600"} <= set(attributes)
    assert "secure" not in attributes
    assert not any(part.startswith("domain") for part in attributes)
    assert len(cookie) < 4000
    assert "eyJ" not in cookie


async def test_over_https_cookies_are_secure_and_of_one_host(secure_home: House) -> None:
    browser = secure_home.browser()
    path = await secure_home.link()
    first = await browser.http.get(f"/portal/sign-in?{urlencode({'page': path})}")
    assert "; secure" in cookies(first)["__Host-copartner-browser"].lower()
    answer = await browser.http.get(await sent_back(browser, path))
    assert "; secure" in cookies(answer)["__Host-copartner-session"].lower()
    page = await browser.open(path)
    assert "Work with" in page.text
    left = await browser.send(page, form=0)
    assert "; secure" in cookies(left)["__Host-copartner-session"].lower()
    assert "max-age=0" in cookies(left)["__Host-copartner-session"].lower()


@pytest.mark.parametrize(
    "page",
    [
        "", "/", "//evil.example/x", "https://evil.example/customer/x", "/\\evil.example", "customer/x",
        "/customer/../../evil", "/customer/./x", "/customer//evil.example", "/customer/x?y=//evil", "/customer/x#y",
        "/customer/%2e%2e/x", "/customer/a\nb", "/customer/a\r\nSet-Cookie: x", "/v1/customers", "/customers",
        "/customer?a=b#c", "/portal/sign-out", "/customer/" + "a" * 600, "/customer/é",
    ],
)  # fmt: skip
async def test_no_sign_in_leads_elsewhere(steady: House, page: str) -> None:
    browser = steady.browser()
    answer = await browser.http.get("/portal/sign-in", params={"page": page})
    assert answer.status_code == 404
    assert "location" not in answer.headers
    shown = await browser.http.get("/portal/signed-out", params={"page": page})
    assert shown.status_code == 200
    assert "evil" not in shown.text
    assert 'class="button"' not in shown.text


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("filter=*", "filter=%2A"),
        ("filter=a:b@c,(d)/e", "filter=a%3Ab%40c%2C%28d%29%2Fe"),
        ("filter=%C3%A4&sort=-name", "filter=%C3%A4&sort=-name"),
        ("filter=//evil.example", "filter=%2F%2Fevil.example"),
        ("filter=" + "x" * 600, ""),
    ],
)
async def test_a_search_leads_through_the_sign_in_and_to_itself(steady: House, query: str, kept: str) -> None:
    first = await steady.browser().http.get(f"/customer/partners?{query}")
    page = parse_qs(urlsplit(first.headers["location"]).query)["page"][0]
    assert page == "/customer/partners" + (f"?{kept}" if kept else "")
    browser = steady.browser()
    assert str((await browser.sign_in(f"/customer/partners?{query}")).url) == ROOT + page


async def test_a_state_is_of_one_browser(steady: House) -> None:
    path = await steady.link()
    back = await sent_back(steady.browser(), path)
    for stranger in (steady.browser(), steady.browser()):
        await stranger.http.get("/portal/sign-in", params={"page": path})
        answer = await stranger.http.get(back)
        assert answer.status_code == 400
        assert "begun in another browser" in answer.text
        assert "copartner-session" not in cookies(answer)
    bare = await steady.browser().http.get(back)
    assert bare.status_code == 400


@pytest.mark.parametrize("state", ["", "x", "gAAAAABh", "é", "a" * 5000, b"\xff\xfe"])
async def test_a_made_up_state_is_refused(steady: House, state: str | bytes) -> None:
    browser = steady.browser()
    await browser.http.get("/portal/sign-in", params={"page": await steady.link()})
    answer = await browser.http.get(f"/portal/signed-in?code=c&state={quote(state)}")
    assert answer.status_code == 400
    assert "copartner-session" not in cookies(answer)


async def test_the_cookies_and_states_are_not_interchangeable(steady: House) -> None:
    browser = steady.browser()
    back = await sent_back(browser, await steady.link())
    state = parse_qs(urlsplit(back).query)["state"][0]
    browser.http.cookies.set("copartner-session", state)
    assert (await browser.http.get(await steady.link())).status_code == 303


async def test_a_state_grows_old(steady: House) -> None:
    browser = steady.browser()
    back = await sent_back(browser, await steady.link())
    steady.pass_time(minutes=31)
    assert (await browser.http.get(back)).status_code == 400


async def test_a_code_that_does_not_hold_is_told_and_tried_again(steady: House) -> None:
    browser = steady.browser()
    path = await steady.link()
    back = await sent_back(browser, path)
    forged = await browser.http.get(back.replace("code=", "code=x"))
    assert forged.status_code == 400
    assert "You are not signed in" in forged.text
    refused = await browser.http.get(
        "/portal/signed-in", params={"state": parse_qs(urlsplit(back).query)["state"][0], "error": "<b>login"}
    )
    assert refused.status_code == 400
    assert "&lt;b&gt;login" in refused.text
    assert f"/portal/sign-in?{urlencode({'page': path})}" in refused.text
    assert (await browser.open(back)).status_code == 200
    again = await browser.open(back)
    assert "Work with" in again.text


async def test_two_tabs_sign_in_at_once(steady: House) -> None:
    browser = steady.browser()
    first, second = await steady.link(), await steady.link("suedwind")
    forms = [await browser.open(page) for page in (first, second)]
    typed = {"username": f"{GLOBAL_ADMIN}.example", "password": PASSWORD}
    back = [(await browser.send(page, **typed)).headers["location"] for page in forms]
    assert "Nordlicht" in (await browser.open(back[0])).text
    assert "Südwind" in (await browser.open(back[1])).text


async def test_a_session_ends_with_its_token(steady: House) -> None:
    browser = steady.browser()
    path = await steady.link()
    page = await browser.sign_in(path)
    steady.pass_time(minutes=59)
    assert (await browser.http.get(path)).status_code == 200
    steady.pass_time(minutes=1)
    late = await browser.send(page, answer="accept")
    assert late.status_code == 403
    assert "Nothing was changed. Sign in and answer again." in late.text
    assert f"/portal/sign-in?{urlencode({'page': path})}" in late.text
    assert (await browser.http.get(path)).status_code == 303
    # The authority still knows who it is, so nothing has to be typed.
    assert "Work with" in (await browser.open(path)).text


async def test_an_altered_session_is_none(steady: House) -> None:
    browser = steady.browser()
    path = await steady.link()
    await browser.sign_in(path)
    value = browser.http.cookies["copartner-session"]
    for bad in (value[:-8], value[:50] + ("A" if value[50] != "A" else "B") + value[51:], "x", '"'):
        browser.http.cookies.clear()
        browser.http.cookies.set("copartner-session", bad)
        assert (await browser.http.get(path)).status_code == 303


async def test_signing_out(steady: House) -> None:
    browser = steady.browser()
    path = await steady.link()
    page = await browser.sign_in(path)
    out = await browser.follow(await browser.send(page, form=0))
    assert "You are signed out" in out.text
    assert f"/portal/sign-in?{urlencode({'page': path})}" in out.text
    # The authority has forgotten them too.
    assert 'type="password"' in (await browser.open(path)).text


async def test_signing_out_on_a_page_that_outlived_its_session(steady: House) -> None:
    browser = steady.browser()
    path = await steady.link()
    page = await browser.sign_in(path)
    steady.pass_time(hours=2)
    asked = await browser.follow(await browser.send(page, form=0))
    assert "Sign out" in asked.text
    assert "You are signed out" in (await browser.send(asked)).text
    assert 'type="password"' in (await browser.open(path)).text


async def test_nobody_else_signs_a_person_out(steady: House) -> None:
    browser = steady.browser()
    path = await steady.link()
    await browser.sign_in(path)
    for data in ({}, {"key": "x"}, {"key": "é"}):
        answer = await browser.http.post("/portal/sign-out", data=data)
        assert answer.status_code in (400, 403)
        assert "set-cookie" not in answer.headers
    assert (await browser.http.get(path)).status_code == 200


async def test_another_account_takes_the_session_over(steady: House) -> None:
    browser = steady.browser()
    path = await steady.link()
    denied = await browser.sign_in(path, "ba@alpenblick")
    assert denied.status_code == 403
    assert f"/portal/sign-in?{urlencode({'page': path, 'account': 'other'})}" in unescape(denied.text)
    page = await browser.sign_in(f"/portal/sign-in?{urlencode({'page': path, 'account': 'other'})}")
    assert "ga@alpenblick.example" in page.text


async def test_a_user_who_was_disabled_reads_nothing(home: House) -> None:
    browser = home.browser()
    path = await home.link()
    page = await browser.sign_in(path)
    async with home.here.owner() as connection:
        await connection.execute("UPDATE user_account SET enabled = false WHERE user_principal_name LIKE 'ga@alpen%'")
    assert (await browser.http.get(path)).status_code == 403
    assert (await browser.send(page, answer="accept")).status_code == 403


async def test_a_database_that_is_away_is_a_page(steady: House, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = steady.browser()
    back = await sent_back(browser, await steady.link())

    async def away(*_: object) -> None:
        raise OSError("the socket of the database")

    with monkeypatch.context() as broken:
        broken.setattr(Authority, "token", away)
        answer = await browser.http.get(back)
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")
    assert "socket" not in answer.text
