"""A partner's requests in a browser: sent once, typed once, written about, withdrawn; by the roles that may."""

import re
from datetime import timedelta
from urllib.parse import unquote

import httpx
import pytest

from copartner.relationships.service import requests
from support.portal import Browser, House, heading
from support.programme import SEED_DAY
from support.seated import seated
from support.tally import Tally

ALL = "/partner/requests"
MAY, MAY_NOT = ("ga", "um", "aa", "sa"), ("hd", "ba")


async def _post(browser: Browser, page: httpx.Response, **typed: str) -> httpx.Response:
    return await browser.follow(await browser.send(page, 1, **typed))


async def _sent(home: House) -> list[dict[str, object]]:
    async with home.here.owner() as owner:
        rows = await owner.fetch("SELECT state, reason, addressee, letter_at FROM relationship_request ORDER BY id")
    return [dict(row) for row in rows]


@pytest.mark.parametrize("role", [*MAY, *MAY_NOT])
async def test_the_pages_are_for_who_may_ask(home: House, role: str) -> None:
    _, path = await home.request()
    browser = await seated(home, f"{role}@nordlicht")
    for address in (ALL, f"{ALL}/new", f"{ALL}/{path.rpartition('/')[2]}"):
        page = await browser.open(address)
        assert page.status_code == (200 if role in MAY else 403), (address, page.text)


@pytest.mark.parametrize("who", ["ga@alpenblick", "ga@wolkenwerk"])
async def test_another_tenants_request_is_as_good_as_unknown(home: House, who: str) -> None:
    made, _ = await home.request()
    browser = await seated(home, who)
    page = await browser.open(f"{ALL}/{made}")
    assert page.status_code in (403, 404)
    assert "Alpenblick" not in page.text


async def test_a_request_is_made_once_however_often_the_form_is_sent(home: House) -> None:
    browser = await seated(home, "sa@nordlicht")
    form = await browser.open(f"{ALL}/new")
    assert "This has held since 9 Oct 2023." in form.text
    typed = {"whom": "named", "customer": "Alpenblick.example", "reason": "Licences"}
    first = await browser.send(form, 1, **typed)
    again = await browser.send(form, 1, **typed)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    page = await browser.follow(first)
    assert "Now the customer needs its link." in page.text
    assert heading(page.text) == "Request to alpenblick.example"
    assert len(await _sent(home)) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"customer": ""}, "Name the customer by its domain"),
        ({"customer": "nowhere.example"}, "No customer has this domain"),
        ({"customer": "nordlicht.example"}, "This is your own tenant."),
        ({"customer": "hafen.example"}, "There is a reseller relationship between you already"),
    ],
)
async def test_a_refused_form_keeps_what_was_typed(home: House, typed: dict[str, str], said: str) -> None:
    browser = await seated(home, "sa@nordlicht")
    form = await browser.open(f"{ALL}/new")
    page = await _post(browser, form, whom="named", reason="Because <b>", **typed)
    assert page.status_code in (400, 404, 409)
    assert said in page.text
    assert "Because &lt;b&gt;" in page.text
    assert f'value="{typed["customer"]}"' in page.text
    assert await _sent(home) == []


async def test_a_form_of_another_site_changes_nothing(home: House) -> None:
    browser = await seated(home, "sa@nordlicht")
    answer = await browser.http.post(f"{ALL}/new", data={"whom": "open", "key": "x"})
    assert answer.status_code == 403
    assert await _sent(home) == []


async def test_privileges_are_asked_for_while_they_may_be(seed_home: House) -> None:
    browser = await seated(seed_home, "sa@nordlicht")
    form = await browser.open(f"{ALL}/new")
    assert 'name="privileges"' in form.text
    page = await _post(browser, form, whom="open", privileges="on")
    assert "with</dd>" in page.text
    form = await browser.open(f"{ALL}/new")
    assert "without</dd>" in (await _post(browser, form, whom="open")).text
    assert SEED_DAY.year == 2020


async def test_in_the_government_cloud_they_come_with_it(government_home: House) -> None:
    home = government_home
    partner = next(one for one in home.here.world.tenants if one.part == "licence partner").domain.removesuffix(
        ".example"
    )
    browser = await seated(home, f"sa@{partner}")
    form = await browser.open(f"{ALL}/new")
    assert "They come with the request:" in form.text
    assert "with</dd>" in (await _post(browser, form, whom="open")).text


async def test_the_letter_is_drafted_changed_and_sent_at_most_once_a_day(home: House) -> None:
    made, _ = await home.request(reason="Büro")
    browser = await seated(home, "aa@nordlicht")
    page = await browser.open(f"{ALL}/{made}")
    assert "Warum wir anfragen: Büro" in page.text
    link = requests.link_of(home.here.context("aa@nordlicht"), made)
    assert page.text.count(link) >= 3
    changed = await _post(browser, page, act="look", subject="Guten Tag", body="Bitte sehr & danke")
    assert changed.status_code == 200
    mail = re.search(r'href="(mailto:[^"]+)"', changed.text)
    assert mail
    assert "Bitte sehr & danke\r\n\r\nHier antworten: " in unquote(mail.group(1))
    for _ in range(2):
        sent = await _post(browser, changed, act="write", subject="Guten Tag", body="Bitte sehr & danke")
        assert "The letter is on its way" in sent.text
    assert "Remind the customer" in sent.text
    assert 'value="write"' not in sent.text
    stale = await _post(browser, page, act="write", subject="Noch", body="einmal")
    assert stale.status_code == 409
    assert "within the last 24 hours" in stale.text
    assert "einmal" in stale.text
    async with home.here.owner() as owner:
        assert await owner.fetchval("SELECT count(*) FROM mail_outbox") == 1


async def test_a_request_is_withdrawn_by_who_is_sure(home: House) -> None:
    made, _ = await home.request()
    browser = await seated(home, "sa@nordlicht")
    page = await browser.open(f"{ALL}/{made}")
    unsure = await browser.follow(await browser.send(page, act="withdraw"))
    assert unsure.status_code == 400
    assert "Tick that you are sure" in unsure.text
    for _ in range(2):
        gone = await browser.follow(await browser.send(page, act="withdraw", sure="on"))
        assert gone.status_code == 200
        assert "The request is withdrawn." in gone.text
    assert "Ask again" in gone.text
    assert [one["state"] for one in await _sent(home)] == ["withdrawn"]


async def test_the_list_shows_states_and_ages_and_comes_as_csv(home: House) -> None:
    await home.request(reason="Eins")
    await home.request(customer=None, reason="=Zwei")
    home.here.clock.moment += timedelta(days=3)
    browser = await seated(home, "sa@nordlicht")
    page = await browser.open(ALL)
    assert "waiting for 3 days" in page.text
    assert "Whoever opens the link" in page.text
    assert await home.link() in page.text
    assert "There is no such request." in (await browser.open(f"{ALL}?state=accepted")).text
    sheet = await browser.open(f"{ALL}?format=csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert "'=Zwei" in sheet.text


async def test_they_speak_german(home: House) -> None:
    made, _ = await home.request(reason="Büro")
    browser = await seated(home, "sa@nordlicht", "de")
    for address, title in (
        (ALL, "Anfragen"),
        (f"{ALL}/new", "Vertriebspartnerschaft beantragen"),
        (f"{ALL}/{made}", f"Anfrage an {home.here.id('alpenblick')}"),
    ):
        assert heading((await browser.open(address)).text) == title


async def test_a_page_takes_two_trips_at_most(counted_home: tuple[House, Tally]) -> None:
    home, tally = counted_home
    made, _ = await home.request()
    browser = await seated(home, "sa@nordlicht")
    for address in (ALL, f"{ALL}/new", f"{ALL}/{made}"):
        trips = await home.trips(browser, address, tally)
        assert len(trips) <= 2, (address, trips)
