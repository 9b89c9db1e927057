"""The customer's pages as each role finds them: whole in both languages, in few trips, and why something is hidden."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from copartner.portal import ROOMS
from support.customer_pages import GERMAN, NORTH, addresses, fill, furnish
from support.portal import House, heading, house
from support.postgres import Database
from support.programme import programme
from support.tally import Tally


@dataclass(frozen=True, slots=True)
class Busy:
    """A portal with something on every page, for tests that change nothing."""

    home: House
    addresses: tuple[str, ...]


@pytest.fixture(scope="module")
async def busy(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Busy]:
    """It, furnished once."""
    async with programme(module_database, tmp_path_factory.mktemp("world")) as here, house(here) as made:
        yield Busy(made, addresses(made, await furnish(made)))


async def test_every_page_is_whole_in_both_languages(busy: Busy) -> None:
    browser = busy.home.browser()
    await browser.sign_in("/customer")
    for address in busy.addresses:
        english, german = [await browser.http.get(address, headers=one) for one in ({}, GERMAN)]
        assert (english.status_code, german.status_code) == (200, 200), address
        assert '<html lang="en">' in english.text
        assert '<html lang="de">' in german.text
        assert heading(english.text) != heading(german.text) or NORTH in heading(english.text), address
        for page in (english.text, german.text):
            assert page.count("<h1>") == 1
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
            ids = re.findall(r'\sid="([^"]+)"', page)
            assert len(ids) == len(set(ids)), address
            for named in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page):
                assert {*named.split()} <= {*ids}, (address, named)


async def test_all_addresses_of_the_customer_are_tried(busy: Busy) -> None:
    tried = {
        re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "{}", one.partition("?")[0]) for one in busy.addresses
    }
    declared = {re.sub(r"\{\w+\}", "{}", page.path) for room in ROOMS for page in room.PAGES}
    assert {one for one in declared if re.fullmatch(r"/customer(?!/consent/).*", one)} == tried


@pytest.mark.parametrize(
    ("who", "open_to"),
    [("ba@alpenblick", {"/customer", "/customer/subscriptions"}), ("user@alpenblick", {"/customer"})],
)
async def test_whoever_may_not_see_a_page_reads_why(busy: Busy, who: str, open_to: set[str]) -> None:
    browser = busy.home.browser()
    await browser.sign_in("/customer", who)
    for address in busy.addresses:
        page = await browser.http.get(address, headers=GERMAN)
        if address in open_to:
            assert page.status_code == 200, address
            continue
        assert page.status_code in (403, 404), address
        assert heading(page.text) == "Das steht Ihnen nicht offen"
        assert "Nordlicht" not in page.text.partition("<main")[2]


async def test_strangers_find_nothing_of_it(busy: Busy) -> None:
    for who in ("ga@lavande", "ga@nordlicht"):
        browser = busy.home.browser()
        await browser.sign_in("/customer/access", who)
        for address in busy.addresses:
            page = await browser.http.get(address)
            assert "alpenblick" not in page.text, (who, address)
            assert "Azure plan" not in page.text, (who, address)


async def test_the_home_says_what_waits_ends_renews_and_who_was_stopped(home: House) -> None:
    await furnish(home)
    browser = home.browser()
    page = await browser.sign_in("/customer")
    for told in (
        "Wolkenwerk GmbH", "asks to sell to you", "asks for one admin role: Lizenzen", "ends on 4 Dec 2026",
        "renews on 4 Dec 2026", "sa@wolkenwerk.example", "ba@alpenblick.example", 'href="/decisions/',
        'href="/customer/consent/relationship-requests/', 'href="/customer/consent/delegated-admin-relationships/',
    ):  # fmt: skip
        assert told in page.text, told


async def test_a_home_says_what_is_hidden_and_why(busy: Busy) -> None:
    billing, user = busy.home.browser(), busy.home.browser()
    page = await billing.sign_in("/customer", "ba@alpenblick")
    assert page.text.count("Not shown to you.") == 3
    assert "Role Global admin" in page.text
    assert "renews on 4 Dec 2026" in page.text
    assert "Wolkenwerk" not in page.text
    page = await user.sign_in("/customer", "user@alpenblick")
    assert page.text.count("Not shown to you.") == 4
    assert "Nordlicht" not in page.text


async def test_what_is_empty_teaches_what_comes_here(steady: House) -> None:
    browser = steady.browser()
    await browser.sign_in("/customer", "ga@lavande")
    for address, told in (
        ("/customer", "Nothing waits."),
        ("/customer/partners", "Nobody serves you yet."),
        ("/customer/access", "No partner may do anything in your tenant."),
        ("/customer/access/receipts", "There is no receipt yet."),
        ("/customer/access/cap", "Nothing is beyond the cap."),
        ("/customer/subscriptions", "Nothing is here."),
    ):
        assert told in (await browser.http.get(address)).text, address


async def test_no_page_needs_more_than_three_trips_or_grows_with_what_it_does_not_show(
    counted_home: tuple[House, Tally],
) -> None:
    home, tally = counted_home
    pages = addresses(home, await furnish(home))
    browser = home.browser()
    await browser.sign_in("/customer")
    few = {one: len(await home.trips(browser, one, tally)) for one in pages}
    assert max(few.values()) <= 3, few
    await fill(home, partners=30, subscriptions=5_000)
    for address, trips in few.items():
        assert len(await home.trips(browser, address, tally)) == trips, address
    for address in ("/customer", f"/customer/partners/{home.here.id('nordlicht')}", "/customer/subscriptions"):
        page = await browser.open(address)
        assert page.text.count("<tr>") <= 52, address
        assert len(page.content) < 160_000, (address, len(page.content))
