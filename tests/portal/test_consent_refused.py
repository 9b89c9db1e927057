"""Who may not answer a partner, and what they read instead."""

import re
from html import unescape

import pytest

from support.portal import House, heading

NAME = "Nordlicht IT GmbH"


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
    assert await home.partners_of() == []


async def test_a_partners_user_sees_no_page_without_a_second_factor(
    home: House,
) -> None:
    _, path = await home.request("wolkenwerk", "alpenblick")
    browser = home.browser()
    page = await browser.sign_in(path, "ga@nordlicht")
    assert page.status_code == 403
    assert "opens the pages of the portal after a sign-in with a second factor." in page.text
    assert "Sign in with a second factor." in page.text
    again = re.search(r'href="([^"]+)">Sign in with a second factor<', page.text)
    assert again, page.text
    # What was looked for is still looked for after it.
    narrowed = await browser.open("/partner/customers?filter=hafen")
    assert "page=%2Fpartner%2Fcustomers%3Ffilter%3Dhafen&amp;factor=mfa" in narrowed.text
    assert heading((await browser.open(unescape(again.group(1)))).text) == "Add an authenticator app"
    assert page.headers["copartner-decision-id"] in page.text
    assert (await home.browser().sign_in(path, "ga@alpenblick")).status_code == 200
