"""A rule goes from a proposal to its effect: two operators, and a partner whose order is refused by it in the end."""

from datetime import date, timedelta

import pytest

from support.dealing import in_cart
from support.scene import accepted
from support.visitors import BARE, ENGLISH, GERMAN, House

NO_SALE = """@id("no-sale-germany")
@text("Nothing is sold into Germany any more.")
@source("a decision of the programme's board")
@needs("A customer in another country.")
forbid (principal, action in [Action::"cart.checkout", Action::"order.place"], resource)
when { resource has customer && resource.customer.country == "DE" };
"""
# The promises are proved in the background, which takes a minute or two of a core.
_PROVED_WITHIN = 420_000
pytestmark = [pytest.mark.verify, pytest.mark.timeout(900)]


async def test_a_rule_from_proposal_to_effect(house: House) -> None:
    up, base = house.up, f"/partner/customers/{house.up.id('alpenblick')}"
    begins = date.fromisoformat(up.clock[:10]) + timedelta(days=40)
    accepted(up, "nordlicht")
    async with house.visitor("ga@wolkenstadt", GERMAN) as first, house.visitor("approver@wolkenstadt", BARE) as second:
        await first.open("/operator/rules")
        await first.press("Propose a change")
        wrong, propose = NO_SALE.replace("country", "planet"), first.page.locator('button[value="propose"]')
        await first.fill("text", wrong)
        await first.fill("begins", begins.isoformat())
        await first.fill("title", "No sale into Germany")
        await first.fill("reason", "The board decided it.")
        await first.press(propose, 400)
        assert await first.page.locator('[name="text"]').input_value() == wrong
        await first.fill("text", NO_SALE)
        await first.press(propose)
        # The page looks again by itself until the check is through.
        holds = first.page.get_by_text(first.said("Every promise holds"))
        await holds.wait_for(timeout=_PROVED_WITHIN)
        await first.open(first.path)
        assert await first.page.locator('button[value="approve"]').count() == 0
        await second.open(first.path)
        await second.press(second.page.locator('button[value="approve"]'))
        assert await second.page.locator('button[value="take_back"]').count() == 1
    async with house.visitor("sa@nordlicht", ENGLISH) as seller:
        await in_cart(seller, base, "Office 365 Premium")
        assert "Nothing is sold into Germany" not in await seller.text()
        up.move_clock(begins.isoformat())
        await seller.open(f"{base}/order")
        await in_cart(seller, base, "Office 365 Premium")
        assert "Nothing is sold into Germany any more." in await seller.text()
        assert await seller.page.locator('button[value="place"]').count() == 0
