"""An announcement at the operator's pages: drafted, saved, published, revised in the open, put off; once each."""

from datetime import date

from copartner.announcements import service
from copartner.announcements.model import State
from support.announcing import desk, drafted, published
from support.operating import APPROVER, press, signed_in
from support.portal import House, heading

ALL = "/operator/announcements"
TYPED = {
    "title-en": "Sale ends for trials",
    "changes-en": "Trials are sold no more.",
    "title-de": "Verkauf von Tests endet",
    "changes-de": "Tests werden nicht mehr verkauft.",
    "workspace": "pricing",
    "audience-partner": "on",
    "audience-customer": "on",
    "begins_on": "2027-02-01",
    "contact": "programme@wolkenstadt.example",
    "markets": "de, at",
    "reminders": "30, 7",
}
NOTE = {"note-en": "A word was wrong.", "note-de": "Ein Wort war falsch."}
WHY = {"why-en": "More time was asked for.", "why-de": "Um mehr Zeit wurde gebeten."}


async def test_one_is_written_published_revised_and_put_off(home: House) -> None:
    browser = await signed_in(home)
    assert "No announcement yet" in (await browser.open(ALL)).text
    page = await browser.open(f"{ALL}/new")
    drafts = [await browser.follow(await browser.send(page, **TYPED)) for _ in range(2)]
    assert drafts[0].url == drafts[1].url
    draft = drafts[0]
    assert heading(draft.text) == "Sale ends for trials"
    # Seen as its readers will, in both languages.
    for told in ('<div lang="en">', '<div lang="de">', "Coming soon", "Gilt bald", "AT, DE"):
        assert told in draft.text
    saved = await press(browser, draft, "save", **TYPED | {"title-en": "Trials end"})
    assert heading(saved.text) == "Trials end"
    done = await press(browser, saved, "publish")
    assert "It is published, and those concerned get a letter." in done.text
    assert (await press(browser, saved, "publish")).status_code == 200
    revised = await press(browser, done, "revise", **TYPED | NOTE | {"title-en": "Trials end soon"})
    assert heading(revised.text) == "Trials end soon"
    assert "A word was wrong." in revised.text
    late = await press(browser, revised, "delay", delayed_to="2027-03-01", **WHY)
    assert "It is put off, and those concerned get a letter." in late.text
    assert "Um mehr Zeit wurde gebeten." in late.text
    found = (await service.list_announcements(desk(home.here))).items
    assert [(one.state, one.content.begins_on) for one in found] == [(State.PUBLISHED, date(2027, 3, 1))]
    assert len(found[0].revisions) == 2


async def test_a_refused_form_keeps_what_was_typed(home: House) -> None:
    browser = await signed_in(home)
    page = await browser.open(f"{ALL}/new")
    for change, problem in (
        ({"audience-partner": "", "audience-customer": ""}, "audience"),
        ({"begins_on": "soon"}, "soon is no day; write it as 2027-01-31."),
        ({"reminders": "a week"}, "whole number"),
        ({"supersedes": "that one"}, "the id of an announcement"),
        ({"supersedes": "0a000000-0000-4000-8000-0000000000ff"}, "no such announcement"),
        ({"workspace": "nowhere"}, "choose one"),
    ):
        refused = await browser.send(page, **TYPED | change)
        assert refused.status_code in (400, 404), change
        assert problem in refused.text, refused.text
        assert 'value="Sale ends for trials"' in refused.text
        assert "Tests werden nicht mehr verkauft." in refused.text
    # Without its German nothing is published, and the draft stays.
    kept = {name: value for name, value in TYPED.items() if not name.endswith("-de")}
    draft = await browser.follow(await browser.send(page, **kept))
    refused = await press(browser, draft, "publish")
    assert refused.status_code == 400
    assert heading(refused.text) == "Sale ends for trials"


async def test_who_comes_too_late_is_told_and_loses_nothing(home: House) -> None:
    made = await drafted(home.here)
    first, second = await signed_in(home), await signed_in(home, APPROVER)
    pages = [await browser.open(f"{ALL}/{made.id}") for browser in (first, second)]
    assert (await press(first, pages[0], "save", **TYPED)).status_code == 200
    late = await press(second, pages[1], "save", **TYPED | {"title-en": "Mine"})
    assert late.status_code == 409
    assert "changed the announcement meanwhile" in late.text
    assert 'value="Mine"' in late.text


async def test_announcements_are_listed_by_state_in_the_readers_words(home: House) -> None:
    draft, out = await drafted(home.here), await published(home.here)
    browser = await signed_in(home)
    page = await browser.open(f"{ALL}?filter=Draft")
    assert str(draft.id) in page.text
    assert str(out.id) not in page.text
    german = await browser.open(f"{ALL}?filter=Ver%C3%B6ffentlicht&language=de")
    assert str(out.id) in german.text
    assert str(draft.id) not in german.text
    assert (await browser.open(f"{ALL}?format=csv")).headers["content-type"].startswith("text/csv")
    assert (await browser.open(f"{ALL}/{home.here.id('nordlicht')}")).status_code == 404
