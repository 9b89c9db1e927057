"""A customer reads what a partner asks, and answers it in a browser."""

import asyncio
import re

import pytest

from copartner.relationships.model import RequestState
from copartner.relationships.service import requests
from support.portal import Browser, House

NAME = "Nordlicht IT GmbH"


async def relationships(home: House) -> list[tuple[str, bool]]:
    """Partner's domain and privileges of every relationship there is."""
    async with home.here.owner() as connection:
        rows = await connection.fetch(
            """SELECT t.domain, r.privileges FROM reseller_relationship r JOIN tenant t ON t.id = r.partner_tenant_id
            WHERE r.state = 'active' AND r.customer_tenant_id = $1 ORDER BY t.domain""",
            home.here.id("alpenblick"),
        )
    return [(row["domain"], row["privileges"]) for row in rows]


async def agreements(home: House) -> int:
    """How many agreements the customer has."""
    async with home.here.owner() as connection:
        found: int = await connection.fetchval(
            "SELECT count(*) FROM customer_agreement WHERE customer_tenant_id = $1", home.here.id("alpenblick")
        )
    return found


def heading(html: str) -> str:
    """The heading of a page."""
    found = re.search(r"<h1>\s*(.*?)\s*</h1>", html, re.DOTALL)
    assert found, html
    return found.group(1)


async def test_the_standing_link_from_door_to_relationship(home: House) -> None:
    browser = home.browser()
    page = await browser.sign_in(await home.link())
    assert page.status_code == 200
    assert heading(page.text) == f"Work with {NAME}?"
    for told in ("nordlicht.example", "4100001", "<dd>DE</dd>", "ga@alpenblick.example", "open invitation"):
        assert told in page.text
    assert "not affiliated with Microsoft" in page.text
    assert "Nobody of this partner gets access" in page.text
    done = await browser.answer(page, "accept", agreement="accepted")
    assert done.status_code == 200
    assert heading(done.text) == f"You work with {NAME}"
    assert "The partner may place orders for you" in done.text
    assert ">2026-11-22 09:00 UTC</time>" in done.text
    assert "What did not change" in done.text
    assert await relationships(home) == [("nordlicht.example", False)]
    assert await agreements(home) == 1


async def test_without_the_agreement_the_relationship_stands(home: House) -> None:
    browser = home.browser()
    page = await browser.sign_in(await home.link())
    assert 'type="checkbox" id="agreement"' in page.text
    assert "checked" not in page.text
    done = await browser.answer(page, "accept")
    assert "is not accepted yet, so orders are refused" in done.text
    assert await agreements(home) == 0
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
    assert len(await relationships(home)) == 2


async def test_clicks_at_one_moment_are_one_answer(home: House) -> None:
    _, path = await home.request()
    browser = home.browser()
    for address in (await home.link("suedwind"), path):
        page = await browser.sign_in(address) if address != path else await browser.open(address)
        clicks = [browser.answer(page, "accept", agreement="accepted") for _ in range(4)]
        shown = await asyncio.gather(*clicks)
        assert [heading(one.text)[:13] for one in shown] == ["You work with"] * 4
    assert len(await relationships(home)) == 2
    assert await agreements(home) == 1


async def test_two_partners_accepted_at_one_moment(home: House) -> None:
    browser = home.browser()
    links = [await home.link(partner) for partner in ("nordlicht", "suedwind", "wolkenwerk")]
    pages = [await browser.sign_in(links[0]), await browser.open(links[1]), await browser.open(links[2])]
    shown = await asyncio.gather(*[browser.answer(page, "accept", agreement="accepted") for page in pages])
    assert [heading(one.text)[:13] for one in shown] == ["You work with"] * 3
    assert len(await relationships(home)) == 3
    assert await agreements(home) == 1


async def test_a_request_says_why_and_is_declined_once(home: House) -> None:
    request_id, path = await home.request(reason="Licences for\nthe new depot")
    browser = home.browser()
    page = await browser.sign_in(path)
    assert '<blockquote class="reason">Licences for\nthe new depot</blockquote>' in page.text
    assert "open invitation" not in page.text
    done = await browser.answer(page, "decline")
    assert heading(done.text) == "You declined"
    assert "The partner sees that" in done.text
    assert await relationships(home) == []
    after = await browser.answer(page, "accept", agreement="accepted")
    assert heading(after.text) == "You declined"
    assert await relationships(home) == []
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
    assert await relationships(home) == [("nordlicht.example", False)]


async def test_a_withdrawn_request_cannot_be_answered(home: House) -> None:
    request_id, path = await home.request()
    browser = home.browser()
    page = await browser.sign_in(path)
    await requests.withdraw_request(home.here.context("sa@nordlicht"), request_id=request_id)
    for answer in ("accept", "decline"):
        done = await browser.answer(page, answer)
        assert heading(done.text) == "The request was taken back"
    assert await relationships(home) == []


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
    assert await relationships(home) == [("nordlicht.example", False)]


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
    assert await relationships(seed_home) == [("nordlicht.example", True)]


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
    assert await relationships(seed_home) == [("nordlicht.example", False)]
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
    assert await relationships(seed_home) == [("nordlicht.example", False)]


async def test_privileges_that_do_not_come_any_more_are_said_to(seed_home: House) -> None:
    _, path = await seed_home.request(asks=True)
    seed_home.here.clock.moment = seed_home.clock.moment
    browser = seed_home.browser()
    page = await browser.sign_in(path)
    assert "they will not come: New relationships carry no delegated admin privileges." in page.text
    assert "Accept, with admin privileges" not in page.text
    done = await browser.answer(page, "accept")
    assert "and has none: New relationships carry no delegated admin privileges." in done.text
    assert await relationships(seed_home) == [("nordlicht.example", False)]


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


async def test_an_affiliate_reads_why_it_cannot_accept(home: House) -> None:
    browser = home.browser()
    page = await browser.sign_in(await home.link(), "ga@fjord")
    assert page.status_code == 200
    assert "This cannot be accepted at present." in page.text
    assert "Nobody sells to itself or to an affiliate" in page.text
    assert 'value="accept"' not in page.text
    assert 'id="agreement"' not in page.text
    forced = await browser.answer(page, "accept")
    assert forced.status_code == 403
    assert "Nobody sells to itself or to an affiliate" in forced.text
    assert heading((await browser.answer(page, "decline")).text) == "You declined"


async def test_who_is_no_global_admin_reads_the_rule(home: House) -> None:
    _, path = await home.request()
    for name in ("ba@alpenblick", "user@alpenblick"):
        for address in (path, await home.link()):
            page = await home.browser().sign_in(address, name)
            assert page.status_code == 403
            assert heading(page.text) == "This is not open to you"
            assert "Only the customer&#39;s Global admin answers a relationship request." in page.text
            assert "What would be needed" in page.text
            assert page.headers["copartner-decision-id"] in page.text
            assert NAME not in page.text


async def test_a_foreign_and_an_unknown_request_look_alike(home: House) -> None:
    _, path = await home.request(reason="A secret of two")
    unknown = re.sub(r"[0-9a-f-]{36}$", "11111111-2222-4333-8444-555555555555", path)
    partner = f"/customer/consent/reseller-relationships/{home.here.id('fjord')}"
    browser = home.browser()
    pages = [await browser.sign_in(path, "ga@fjord"), *[await browser.open(at) for at in (unknown, partner)]]
    for page in pages:
        assert page.status_code == 404
        assert "There is no such relationship request for your tenant." in page.text
        assert "ga@fjord.example" in page.text
        assert page.headers["copartner-decision-id"] in page.text
        assert "What would be needed" not in page.text
        assert "A secret of two" not in page.text
        assert NAME not in page.text
    assert anonymous(pages[0].text) == anonymous(pages[1].text)


def anonymous(html: str) -> str:
    """A page without identifiers and form keys."""
    return re.sub(r"[0-9a-f-]{36}|value=\"[^\"]*\"", "", html)


async def test_an_open_request_is_the_first_customers(home: House) -> None:
    _, path = await home.request(customer=None)
    browser, other = home.browser(), home.browser()
    page = await browser.sign_in(path)
    seen = await other.sign_in(path, "ga@intern.nordlicht")
    assert seen.status_code == 200
    await browser.answer(page, "accept")
    late = await other.answer(seen, "decline")
    assert late.status_code == 404
    assert "There is no such relationship request for your tenant." in late.text


@pytest.mark.parametrize("answer", ["", "maybe"])
async def test_an_answer_is_yes_or_no(home: House, answer: str) -> None:
    browser = home.browser()
    page = await browser.sign_in(await home.link())
    done = await browser.answer(page, answer)
    assert done.status_code == 400
    assert "Choose to accept or to decline." in done.text
    assert await relationships(home) == []


async def test_a_request_id_in_any_writing_is_the_same_page(home: House) -> None:
    _, path = await home.request()
    head, _, identifier = path.rpartition("/")
    browser: Browser = home.browser()
    page = await browser.sign_in(f"{head}/{identifier.upper()}")
    assert f'action="{path}"' in page.text
    assert heading((await browser.answer(page, "decline")).text) == "You declined"
