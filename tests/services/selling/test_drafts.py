"""What may be drafted and placed."""

from typing import Any

import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid
from copartner.orders import rules
from copartner.orders import service as orders
from copartner.orders.model import Wish
from support.programme import Programme

CUSTOMER = "alpenblick"


async def wish(here: Programme, title: str = "Office 365 Enterprise", **more: Any) -> Wish:
    """A line of a draft, by the month."""
    usual: dict[str, Any] = {} if title == "Azure plan" else {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}
    return Wish(catalog_item_id=await here.item(title), quantity=1, **{**usual, **more})


async def test_an_order_has_one_billing_cycle_and_a_cart_may_have_several(here: Programme) -> None:
    await here.relate("nordlicht", CUSTOMER)
    wishes = [await wish(here), await wish(here, billing_cycle=BillingCycle.ANNUAL)]
    names: dict[str, Any] = {"customer_id": here.id(CUSTOMER), "wishes": wishes}
    with pytest.raises(rules.SeveralBillingCycles, match="annual, monthly; use a cart"):
        await orders.place_order(here.context("sa@nordlicht"), **names)
    assert (await orders.list_orders(here.context("sa@nordlicht"), customer_id=here.id(CUSTOMER))).items == ()
    cart = await orders.create_cart(here.context("sa@nordlicht"), **names)
    assert len(cart.lines) == 2


@pytest.mark.parametrize("name", [" ", "a\nb", "a\u202eb", "x" * 101])
async def test_a_name_is_checked_wherever_it_is_given(here: Programme, name: str) -> None:
    await here.relate("nordlicht", CUSTOMER)
    names: dict[str, Any] = {"customer_id": here.id(CUSTOMER), "wishes": [await wish(here, nickname=name)]}
    for place in (orders.place_order, orders.create_cart):
        with pytest.raises(Invalid, match="friendlyName"):
            await place(here.context("sa@nordlicht"), **names)


async def test_a_draft_names_what_is_sold_once_in_one_line(here: Programme) -> None:
    await here.relate("wolkenwerk", CUSTOMER)
    wishes = [await wish(here, "Azure plan"), await wish(here, "Azure plan")]
    for place in (orders.place_order, orders.create_cart):
        with pytest.raises(rules.OnePerSeller):
            await place(here.context("aa@wolkenwerk"), customer_id=here.id(CUSTOMER), wishes=wishes)


async def test_a_foreign_cart_is_denied_by_the_rules_and_not_for_want_of_facts(here: Programme) -> None:
    await here.relate("nordlicht", CUSTOMER)
    await here.relate("suedwind", CUSTOMER)
    names: dict[str, Any] = {"customer_id": here.id(CUSTOMER), "wishes": [await wish(here)]}
    cart = await orders.create_cart(here.context("sa@nordlicht"), **names)
    for place, more in ((orders.checkout, {}), (orders.replace_cart, {"wishes": names["wishes"]})):
        with pytest.raises(Denied) as denial:
            await place(here.context("sa@suedwind"), customer_id=here.id(CUSTOMER), cart_id=cart.id, **more)
        assert not denial.value.decision.doubt
        assert "mp-visibility" in denial.value.rules
        sellers = {str(here.id(name)) for name in ("nordlicht", "suedwind", CUSTOMER)}
        assert {tenant.id for tenant in denial.value.facts.tenants} == sellers
        assert denial.value.concealed
