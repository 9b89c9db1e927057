"""A customer reads what a partner asks, and answers it in a browser."""

import asyncio

from copartner.relationships.model import RequestState
from copartner.relationships.service import requests
from support.portal import Browser, House, heading

NAME = "Nordlicht IT GmbH"


async def test_the_standing_link_from_door_to_relationship(home: House) -> None:
    browser = home.browser()
    page = await browser.sign_in(await home.link())
    assert page.status_code == 200
    assert heading(page.text) == f"Work with {NAME}?"
    for told in ("nordlicht.example", "4100001", "<dd>Germany</dd>", "ga@alpenblick.example", "open invitation"):
        assert told in page.text
    assert "not affiliated with Microsoft" in page.text
    assert "Nobody of this partner gets access" in page.text
    done = await browser.answer(page, "accept", agreement="accepted")
    assert done.status_code == 200
    assert heading(done.text) == f"You work with {NAME}"
    assert "The partner may place orders for you" in done.text
    assert ">22 Nov 2026 09:00 UTC</time>" in done.text
    assert "What did not change" in done.text
    assert await home.partners_of() == [("nordlicht.example", False)]
    assert await home.agreements_of() == 1


async def test_without_the_agreement_the_relationship_stands(home: House) -> None:
    browser = home.browser()
    page = await browser.sign_in(await home.link())
    assert 'type="checkbox" id="agreement"' in page.text
    assert "checked" not in page.text
    done = await browser.answer(page, "accept")
    assert "is not accepted yet, so orders are refused" in done.text
    assert await home.agreements_of() == 0
    # A partner that asks later finds the agreement still wanted, and the first partner finds it given.
    later = await browser.open(await home.link("suedwind"))
    await browser.answer(later, "accept", agreement="accepted")
    assert "may place orders" in (await browser.open(await home.link())).text
    assert 'id="agreement"' not in (await browser.open(await home.link("wolkenwerk"))).text


async def test_accepting_twice_shows_the_same(home: House) -> None:
    _, path = await home.request(reason="Licences for the new depot")
    for address in (path, await home.link("suedwind")):
        browser = home.browser()
        page = await browser.sign_in(address)
        first = await browser.answer(page, "accept", agreement="accepted")
        second = await browser.answer(page, "accept", agreement="accepted")
        assert (first.status_code, second.status_code) == (200, 200)
        assert heading(first.text).startswith("You work with")
        assert first.text == second.text
        assert first.text == (await browser.open(address)).text
    assert len(await home.partners_of()) == 2


async def test_clicks_at_one_moment_are_one_answer(home: House) -> None:
    _, path = await home.request()
    browser = home.browser()
    for address in (await home.link("suedwind"), path):
        page = await browser.sign_in(address) if address != path else await browser.open(address)
        clicks = [browser.answer(page, "accept", agreement="accepted") for _ in range(4)]
        shown = await asyncio.gather(*clicks)
        assert [heading(one.text)[:13] for one in shown] == ["You work with"] * 4
    assert len(await home.partners_of()) == 2
    assert await home.agreements_of() == 1


async def test_two_partners_accepted_at_one_moment(home: House) -> None:
    browser = home.browser()
    links = [await home.link(partner) for partner in ("nordlicht", "suedwind", "wolkenwerk")]
    pages = [await browser.sign_in(links[0]), await browser.open(links[1]), await browser.open(links[2])]
    shown = await asyncio.gather(*[browser.answer(page, "accept", agreement="accepted") for page in pages])
    assert [heading(one.text)[:13] for one in shown] == ["You work with"] * 3
    assert len(await home.partners_of()) == 3
    assert await home.agreements_of() == 1


async def test_a_request_says_why_and_is_declined_once(home: House) -> None:
    request_id, path = await home.request(reason="Licences for\nthe new depot")
    browser = home.browser()
    page = await browser.sign_in(path)
    assert '<blockquote class="reason">Licences for\nthe new depot</blockquote>' in page.text
    assert "open invitation" not in page.text
    done = await browser.answer(page, "decline")
    assert heading(done.text) == "You declined"
    assert "The partner sees that" in done.text
    assert await home.partners_of() == []
    after = await browser.answer(page, "accept", agreement="accepted")
    assert heading(after.text) == "You declined"
    assert await home.partners_of() == []
    found = await requests.read_request(home.here.context("sa@nordlicht"), request_id=request_id)
    assert found.state is RequestState.DECLINED


async def test_of_a_declined_link_nothing_is_kept(home: House) -> None:
    browser = home.browser()
    page = await browser.sign_in(await home.link())
    done = await browser.answer(page, "decline")
    assert heading(done.text) == "You declined"
    assert "The partner is not told" in done.text
    assert heading((await browser.open(await home.link())).text) == f"Work with {NAME}?"
    await browser.answer(page, "accept")
    still = await browser.answer(page, "decline")
    assert "stays as it is" in still.text
    assert await home.partners_of() == [("nordlicht.example", False)]


async def test_a_withdrawn_request_cannot_be_answered(home: House) -> None:
    request_id, path = await home.request()
    browser = home.browser()
    page = await browser.sign_in(path)
    await requests.withdraw_request(home.here.context("sa@nordlicht"), request_id=request_id)
    for answer in ("accept", "decline"):
        done = await browser.answer(page, answer)
        assert heading(done.text) == "The request was taken back"
    assert await home.partners_of() == []


async def test_a_request_that_comes_after_the_relationship_can_be_cleared(home: House) -> None:
    _, path = await home.request()
    browser = home.browser()
    asked = await browser.sign_in(path)
    await browser.answer(await browser.open(await home.link()), "accept")
    page = await browser.open(path)
    assert heading(page.text) == f"You work with {NAME}"
    assert "The request still waits" in page.text
    assert "The request still waits" in (await browser.answer(asked, "accept")).text
    done = await browser.answer(page, "decline")
    assert heading(done.text) == "You declined"
    assert "stays as it is" in done.text
    assert await home.partners_of() == [("nordlicht.example", False)]


async def test_a_relationship_that_ended_since(home: House) -> None:
    _, path = await home.request()
    browser = home.browser()
    await browser.answer(await browser.sign_in(path), "accept")
    async with home.here.owner() as connection:
        await connection.execute(
            "UPDATE reseller_relationship SET state = 'ended', ended_at = $1", home.here.clock.now()
        )
    page = await browser.open(path)
    assert heading(page.text) == "The relationship has ended"
    assert "<form" not in page.text.partition("<main")[2]


async def test_privileges_came_with_the_request_in_2020(seed_home: House) -> None:
    _, path = await seed_home.request(asks=True)
    browser = seed_home.browser()
    page = await browser.sign_in(path)
    for told in ("reach over your whole tenant", "Global administrator", "Accept, with admin privileges"):
        assert told in page.text
    done = await browser.answer(page, "accept", agreement="accepted")
    assert "It holds delegated admin privileges" in done.text
    assert await seed_home.partners_of() == [("nordlicht.example", True)]


async def test_privileges_are_taken_back_where_they_are_shown(seed_home: House) -> None:
    _, path = await seed_home.request(asks=True)
    browser = seed_home.browser()
    page = await browser.sign_in(path)
    early = await browser.answer(page, "take_back")
    assert early.status_code in (403, 404)
    done = await browser.answer(page, "accept", agreement="accepted")
    after = await browser.answer(done, "take_back")
    assert heading(after.text) == f"You work with {NAME}"
    assert "It holds no delegated admin privileges" in after.text
    assert "Global administrator" not in after.text
    assert await seed_home.partners_of() == [("nordlicht.example", False)]
    again = await browser.answer(done, "take_back")
    assert again.text == after.text
    by_link = await browser.open(await seed_home.link())
    assert "take_back" not in by_link.text


async def test_a_request_of_2020_without_privileges(seed_home: House) -> None:
    _, path = await seed_home.request(asks=False)
    browser = seed_home.browser()
    page = await browser.sign_in(path)
    assert "Nobody of this partner gets access" in page.text
    assert "Global administrator" not in page.text
    await browser.answer(page, "accept")
    assert await seed_home.partners_of() == [("nordlicht.example", False)]


async def test_privileges_that_do_not_come_any_more_are_said_to(seed_home: House) -> None:
    _, path = await seed_home.request(asks=True)
    seed_home.here.clock.moment = seed_home.clock.moment
    browser = seed_home.browser()
    page = await browser.sign_in(path)
    assert "they will not come: New relationships carry no delegated admin privileges." in page.text
    assert "Accept, with admin privileges" not in page.text
    done = await browser.answer(page, "accept")
    assert "and has none: New relationships carry no delegated admin privileges." in done.text
    assert await seed_home.partners_of() == [("nordlicht.example", False)]


async def test_government_has_privileges_and_no_agreement(government_home: House) -> None:
    home = government_home
    domains = {tenant.part: tenant.domain.removesuffix(".example") for tenant in home.here.world.tenants}
    browser = home.browser()
    page = await browser.sign_in(await home.link(domains["licence partner"]), f"ga@{domains['customer']}")
    assert "Accept, with admin privileges" in page.text
    assert 'id="agreement"' not in page.text
    done = await browser.answer(page, "accept")
    assert "It holds delegated admin privileges" in done.text
    assert "may place orders" in done.text


async def test_a_request_id_in_any_writing_is_the_same_page(home: House) -> None:
    _, path = await home.request()
    head, _, identifier = path.rpartition("/")
    browser: Browser = home.browser()
    page = await browser.sign_in(f"{head}/{identifier.upper()}")
    assert f'action="{path}"' in page.text
    assert heading((await browser.answer(page, "decline")).text) == "You declined"
