"""What every page of the portal keeps to: forms of its own, nothing foreign, nothing stored, nothing run."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from copartner.command.in_force import BrokenVersions
from copartner.kernel.languages import Language
from copartner.portal import html, serving
from copartner.portal.customer import consent
from copartner.relationships import rules
from support.portal import House
from support.tree import ROOT as PROJECT

SCRIPT = "<script>alert('x')</script>"


def check_headers(headers: Any) -> None:
    """The headers of any page."""
    policy = {part.split()[0]: part.split()[1:] for part in headers["content-security-policy"].split(";")}
    assert policy == {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-type"] == "text/html; charset=utf-8"


async def test_every_kind_of_page_is_safe(home: House) -> None:
    browser = home.browser()
    path = await home.link()
    pages = [await browser.sign_in(path)]
    form = pages[0]
    pages += [await home.browser().sign_in(path, name) for name in ("user@alpenblick", "ga@fjord")]
    pages.append(await browser.http.get("/customer/consent/relationship-requests/nonsense"))
    pages.append(await browser.http.get("/customer/consent/relationship-requests/11111111-2222-4333-8444-555555555555"))
    pages.append(await browser.http.post(path, data={"answer": "accept"}))
    pages.append(await browser.send(form, answer="neither"))
    pages.append(await browser.answer(form, "decline"))
    pages.append(await browser.answer(form, "accept"))
    pages.append(await browser.http.get("/portal/signed-out"))
    pages.append(await browser.http.get("/portal/signed-in"))
    for page in pages:
        check_headers(page.headers)
        assert "not affiliated with Microsoft" in page.text
        assert not re.search(r"<script(?! type=\"module\" src=)|<style|\sstyle=|\son[a-z]+=|javascript:", page.text)
        # What a browser loads by itself is ours; a link that is followed by hand may lead elsewhere.
        for address in re.findall(r'(?:src|<link[^>]*href)="([^"]*)"', page.text):
            assert address.startswith("/portal/static/")
    assert [page.status_code for page in pages] == [200, 403, 200, 404, 404, 403, 400, 200, 200, 200, 400]


@pytest.mark.parametrize("key", [None, "", "x", "é", "A" * 43])
async def test_a_form_without_the_key_of_the_session_changes_nothing(steady: House, key: str | None) -> None:
    browser = steady.browser()
    path = await steady.link()
    await browser.sign_in(path)
    data = {"answer": "accept"} | ({} if key is None else {"key": key})
    answer = await browser.http.post(path, data=data)
    assert answer.status_code in (400, 403)
    assert "Nothing was changed" in answer.text
    assert "Work with" in (await browser.open(path)).text


async def test_a_key_is_of_one_session_and_one_page(home: House) -> None:
    browser, other = home.browser(), home.browser()
    path, elsewhere = await home.link(), await home.link("suedwind")
    page = await browser.sign_in(path)
    foreign = await other.sign_in(path)
    key = re.findall(r'name="key" value="([^"]+)"', page.text)[-1]
    strange = re.findall(r'name="key" value="([^"]+)"', foreign.text)[-1]
    assert key != strange
    assert (await browser.http.post(path, data={"answer": "accept", "key": strange})).status_code == 403
    assert (await browser.http.post(elsewhere, data={"answer": "accept", "key": key})).status_code == 403
    assert (await browser.http.post(path, data={"answer": "accept", "key": key})).status_code == 303


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b'{"answer": "accept"}', 400),
        ("text/plain", b"answer=accept", 400),
        ("multipart/form-data; boundary=x", b"--x--", 400),
        ("application/x-www-form-urlencoded", b"answer=accept&answer=decline", 400),
        ("application/x-www-form-urlencoded", b"answer=%ff", 400),
        ("application/x-www-form-urlencoded", b"answer=\xff", 400),
        ("application/x-www-form-urlencoded", b"answer=%00", 400),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(500)), 400),
        ("application/x-www-form-urlencoded", b"", 403),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 70_000, 413),
    ],
)
async def test_what_is_no_form_is_refused(steady: House, kind: str, body: bytes, status: int) -> None:
    browser = steady.browser()
    path = await steady.link()
    await browser.sign_in(path)
    answer = await browser.http.post(path, content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert "Nothing was changed" in answer.text
    check_headers(answer.headers)


async def test_what_a_partner_wrote_stays_text(home: House) -> None:
    async with home.here.owner() as connection:
        await connection.execute(
            "UPDATE tenant SET company_name = $1 WHERE domain = 'nordlicht.example'",
            f'{SCRIPT}"><img src=x>{{{{7*7}}}}%s',
        )
    _, path = await home.request(reason=f"{SCRIPT}</blockquote>{{{{ 7 * 7 }}}} %(x)s 100%")
    browser = home.browser()
    page = await browser.sign_in(path)
    assert page.status_code == 200
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&lt;/blockquote&gt;{{ 7 * 7 }} %(x)s 100%" in page.text
    accepted = await browser.answer(page, "accept")
    for shown in (page, accepted):
        assert SCRIPT not in shown.text
        assert "<img src=x" not in shown.text
        assert "&lt;img src=x&gt;{{7*7}}%s" in shown.text
    denied = await home.browser().sign_in(path, "user@alpenblick")
    assert SCRIPT not in denied.text


@pytest.mark.parametrize(
    "path", ["/partner/nothing", "/customer/partners/x/y/z", "/portal/nothing", "/nothing", "/v1/nothing"]
)
async def test_an_address_that_leads_nowhere_is_a_page_to_a_browser(steady: House, path: str) -> None:
    browser = steady.browser()
    typed = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "de"}
    page = await browser.http.get(path, headers=typed)
    assert page.status_code == 404
    check_headers(page.headers)
    assert '<html lang="de">' in page.text
    for headers, method in (({}, "GET"), ({"Accept": "application/json"}, "GET"), (typed, "DELETE")):
        client = await browser.http.request(method, path, headers=headers)
        assert client.headers["content-type"] == "application/json; charset=utf-8"


async def test_the_address_is_the_one_that_requests_carry() -> None:
    patterns = {re.sub(r"\{\w+\}", "{}", page.path) for page in consent.PAGES}
    root = "https://partners.example"
    marker = UUID(int=7)
    links = (rules.standing_link, rules.request_link)
    made = {make(root, marker).removeprefix(root).replace(str(marker), "{}") for make in links}
    assert made == patterns


async def test_what_nobody_foresaw_is_a_page_with_a_number(steady: House, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = steady.browser()
    path = await steady.link()
    await browser.sign_in(path)

    async def broken(*_: Any) -> Any:
        raise RuntimeError("a secret of the machine room")

    monkeypatch.setattr(serving, "say", broken)
    answer = await browser.http.get(path, headers={"MS-CorrelationId": "the-number"})
    assert answer.status_code == 500
    assert "the-number" in answer.text
    assert "machine room" not in answer.text
    check_headers(answer.headers)


async def test_assets_are_ours_small_and_lasting(steady: House) -> None:
    browser = steady.browser()
    page = await browser.http.get("/portal/signed-out")
    addresses = set(re.findall(r'"(/portal/static/[^"]+)"', page.text))
    assert {address.partition("?")[0].rpartition(".")[2] for address in addresses} == {"css", "js", "svg"}
    total = 0
    for address in addresses:
        found = await browser.http.get(address)
        assert found.status_code == 200
        assert "immutable" in found.headers["cache-control"]
        assert found.headers["x-content-type-options"] == "nosniff"
        assert (await browser.http.get(address.partition("?")[0])).headers["cache-control"] == "no-cache"
        assert not re.search(rb"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", found.content)
        total += len(found.content)
    assert total < 60_000
    for unknown in ("/portal/static/__init__.py", "/portal/static/..%2fhtml.py", "/portal/static/nothing.css"):
        assert (await browser.http.get(unknown)).status_code == 404


def test_every_sentence_of_a_template_is_marked() -> None:
    folder: Path = PROJECT / "src" / "copartner" / "portal" / "templates"
    environment = html.environment(Language.ENGLISH)
    for template in folder.rglob("*.html"):
        marked = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", template.read_text(), flags=re.DOTALL)
        marked = marked.replace("{% block width %}wide{% endblock %}", "").replace("<!DOCTYPE html>", "")
        bare = "".join(text if kind == "data" else " " for _, kind, text in environment.lex(marked))
        words = re.sub(r"<[^>]*>|[·.,:–→×›();/…+-]", " ", bare).split()
        left = set(words) - {"copartner", "CSV"}
        assert not left, f"{template.name}: mark these for translation: {left}"


def test_escaping_is_on() -> None:
    assert html.notice("unexpected", status=500, message=SCRIPT)
    shown = html.notice("not_signed_in", status=400, message=SCRIPT).content.decode()
    assert SCRIPT not in shown


async def test_a_page_decides_by_the_rules_that_hold_or_not_at_all(home: House) -> None:
    browser, rules = home.browser(), home.here.runtime.rules
    path = await home.link()
    await browser.sign_in(path)

    async def fail() -> None:
        raise BrokenVersions("a rule ends that nobody knows")

    async def follow() -> None:
        rules.replace(rules.book, rules.number + 1)

    rules.behind, rules.catch_up = True, fail
    busy = await browser.http.get(path)
    assert (busy.status_code, "cannot be found out just now" in busy.text) == (409, True)
    check_headers(busy.headers)
    german = await browser.http.get(path, headers={"Accept-Language": "de"})
    assert "send the request again" not in german.text
    rules.catch_up = follow
    assert (await browser.http.get(path)).status_code == 200
