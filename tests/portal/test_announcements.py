"""What is announced, as people read it with a browser and as their readers of feeds do."""

import re
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as Xml

import pytest

from copartner.announcements import service
from copartner.announcements.model import Text
from copartner.kernel.languages import Language
from copartner.policy.facts import Side
from support.announcing import EVERYBODY, NOTE, TEXTS, desk, drafted, published
from support.portal import House, heading
from support.programme import PRESENT

MONTH = "/announcements/2026-11"
ATOM = "{http://www.w3.org/2005/Atom}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Closing(HTMLParser):
    """Notes what a page opens and does not close, and every identifier."""

    EMPTY = frozenset({"meta", "link", "img", "input", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag


async def shown(home: House, address: str = MONTH, **headers: str) -> Any:
    """A page without a sign-in, well formed."""
    answer = await home.browser().http.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    parser = Closing()
    parser.feed(answer.text)
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    assert answer.text.count("<script") == 1
    return answer


async def test_a_month_is_read_by_everybody_in_both_languages(home: House) -> None:
    made = await published(home.here, audience=EVERYBODY, markets=("DE", "AT"), rule_version=4)
    await published(home.here)
    draft = await drafted(home.here, audience=EVERYBODY)
    english = (await shown(home)).text
    assert heading(english) == "Announcements of November 2026"
    assert '<html lang="en">' in english
    for said in (
        "Sale ends for trials",
        "Coming soon",
        "2027-02-01",
        "Pricing",
        "AT, DE",
        "Next steps",
        "Tell your customers.",
    ):
        assert said in english
    assert english.count("<article") == 1
    assert f'id="{made.id}"' in english
    assert str(draft.id) not in english
    assert "<dt>Rule version</dt><dd>4</dd>" in english
    asked, spoken = f"{MONTH}?language=de", {"Accept-Language": "fr, de-CH;q=0.8"}
    for answer in (await shown(home, asked), await shown(home, **spoken)):
        assert heading(answer.text) == "Ankündigungen im November 2026"
        for said in ('<html lang="de">', "Verkauf von Tests endet", "Gilt bald", "01.02.2027", "Preise", "Zum Inhalt"):
            assert said in answer.text
    assert (
        heading((await shown(home, **{"Accept-Language": "de;q=0, en;q=x"})).text) == "Announcements of November 2026"
    )


async def test_the_status_is_said_in_words_as_time_goes(home: House) -> None:
    made = await published(home.here, audience=EVERYBODY)
    assert '<dd class="status soon">Coming soon</dd>' in (await shown(home)).text
    await service.delay_announcement(desk(home.here), announcement_id=made.id, begins_on=date(2027, 3, 1), note=NOTE)
    page = (await shown(home)).text
    assert '<dd class="status delayed">Delayed</dd>' in page
    assert "Delayed, before from 2027-02-01." in page
    assert NOTE[Language.ENGLISH] in page
    home.here.clock.moment = datetime.fromisoformat("2027-03-01T00:00:00Z")
    assert '<dd class="status now">Now</dd>' in (await shown(home)).text


async def test_a_revision_shows_what_stood_there_before(home: House) -> None:
    made = await published(home.here, audience=EVERYBODY)
    texts = {language: Text("<b>Other</b>", "Other & more") for language in Language}
    await service.revise_announcement(
        desk(home.here), announcement_id=made.id, texts=texts, contact="x@y.example", note=NOTE
    )
    page = (await shown(home)).text
    assert "&lt;b&gt;Other&lt;/b&gt;" in page
    assert "<b>" not in page
    assert TEXTS[Language.ENGLISH].title in page
    assert "2026-11-22: Revised." in " ".join(page.split())


async def test_months_lead_to_each_other(home: House) -> None:
    await published(home.here, audience=EVERYBODY)
    home.here.clock.moment = PRESENT + timedelta(days=70)
    await published(home.here, audience=EVERYBODY)
    answer = await home.browser().http.get("/announcements?language=de")
    assert (answer.status_code, answer.headers["location"]) == (303, "/announcements/2027-01?language=de")
    page = (await shown(home, "/announcements/2027-01?language=de")).text
    assert "Früher: November 2026" in page
    assert '<a rel="prev" href="/announcements/2026-11?language=de">' in page
    assert '<a rel="next" href="/announcements/2027-01?language=en">' in (await shown(home)).text
    assert "Nothing was announced in this month." in (await shown(home, "/announcements/2026-12")).text


async def test_who_signed_in_reads_what_is_for_them(home: House) -> None:
    await published(home.here, audience=(Side.CUSTOMER,))
    secret = {language: Text("For partners alone", "Nothing else") for language in Language}
    await published(home.here, texts=secret)
    browser = home.browser()
    before = await browser.open(MONTH)
    assert "Nothing was announced in this month." in before.text
    enter = re.search(r'href="(/portal/sign-in[^"]+)"', before.text)
    assert enter
    page = await browser.sign_in(enter.group(1))
    assert page.url.path == MONTH
    assert "Sale ends for trials" in page.text
    assert "For partners alone" not in page.text
    assert "no-store" in page.headers["cache-control"]
    assert "Sign out" in page.text


async def test_a_partner_without_its_second_factor_is_told_so(home: House) -> None:
    await published(home.here)
    page = await home.browser().sign_in(f"/portal/sign-in?page={MONTH}", "ga@nordlicht")
    assert page.status_code in (200, 403)
    assert "Sale ends for trials" not in page.text


async def test_copies_are_kept_until_something_changes(home: House) -> None:
    made = await published(home.here, audience=EVERYBODY)
    for address in (MONTH, "/announcements.atom"):
        first = await home.browser().http.get(address)
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "public, max-age=300"
        assert set(first.headers["vary"].split(", ")) >= {"Accept-Language", "Cookie"}
        again = await home.browser().http.get(address, headers={"If-None-Match": f'"x", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    home.here.clock.moment += timedelta(hours=1)
    await service.delay_announcement(desk(home.here), announcement_id=made.id, begins_on=date(2027, 3, 1), note=NOTE)
    for address in (MONTH, "/announcements.atom"):
        assert (await home.browser().http.get(address, headers={"If-None-Match": tag})).status_code == 200


@pytest.mark.parametrize("month", ["2026-13", "2026", "26-11", "2026-11-01", "0000-01", "２０２６-11", "x"])
async def test_no_month_is_no_page(home: House, month: str) -> None:
    assert (await home.browser().http.get(f"/announcements/{month}")).status_code == 404


def parsed(content: bytes) -> Xml.Element:
    """A feed, held to what RFC 4287 asks of every feed and entry."""
    feed = Xml.fromstring(content)
    assert feed.tag == f"{ATOM}feed"
    for one in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1, name
        assert RFC_3339.fullmatch(one.findtext(f"{ATOM}updated") or "")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    for entry in feed.findall(f"{ATOM}entry"):
        links = [link.get("rel") for link in entry.findall(f"{ATOM}link")]
        assert links == ["alternate"]
        assert entry.find(f"{ATOM}content") is not None
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return feed


async def test_the_feed_is_valid_and_its_entries_keep_their_names(home: House) -> None:
    browser = home.browser().http
    empty = parsed((await browser.get("/announcements.atom")).content)
    assert empty.findall(f"{ATOM}entry") == []
    made = await published(home.here, audience=EVERYBODY)
    await published(home.here)
    await drafted(home.here, audience=EVERYBODY)
    answer = await browser.get("/announcements.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    english = parsed(answer.content)
    german = parsed((await browser.get("/announcements.atom?language=de")).content)
    spoken = parsed((await browser.get("/announcements.atom", headers={"Accept-Language": "de"})).content)
    assert Xml.tostring(german) == Xml.tostring(spoken)
    [entry], [deutsch] = english.findall(f"{ATOM}entry"), german.findall(f"{ATOM}entry")
    assert (entry.findtext(f"{ATOM}title"), deutsch.findtext(f"{ATOM}title")) == (
        "Sale ends for trials",
        "Verkauf von Tests endet",
    )
    names = entry.findtext(f"{ATOM}id"), deutsch.findtext(f"{ATOM}id")
    assert names[0] != names[1]
    assert UUID((names[0] or "").removeprefix("urn:uuid:"))
    assert entry.findtext(f"{ATOM}updated") == "2026-11-22T09:00:00Z"
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert (link.get("href") or "").endswith(f"{MONTH}#{made.id}")
    home.here.clock.moment += timedelta(days=1)
    await service.delay_announcement(desk(home.here), announcement_id=made.id, begins_on=date(2027, 3, 1), note=NOTE)
    [later] = parsed((await browser.get("/announcements.atom")).content).findall(f"{ATOM}entry")
    assert later.findtext(f"{ATOM}id") == names[0]
    assert later.findtext(f"{ATOM}updated") == "2026-11-23T09:00:00Z"
    assert NOTE[Language.ENGLISH] in (later.findtext(f"{ATOM}content") or "")
