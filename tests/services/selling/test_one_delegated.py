"""Of one service one partner with delegated admin privileges sells to a customer, where and while that was the rule."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.kernel.database import Pool
from copartner.orders import amending, transitions
from copartner.orders import service as orders
from copartner.orders.model import Change, Order, Wish
from copartner.programme import service as programme
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Patch, Status
from support.programme import PRESENT, Programme
from support.tally import counted

CUSTOMER = "alpenblick"
WITHIN = datetime(2017, 1, 15, 9, tzinfo=UTC)
RULE = "one-dap-per-service-2016"
TERM: dict[str, Any] = {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}


@pytest.fixture
async def two(here: Programme) -> Programme:
    """Two partners, each with whole-tenant privileges at one customer, while the rule was in force."""
    here.clock.moment = WITHIN
    for partner in ("nordlicht", "suedwind"):
        await delegate(here, partner)
    return here


async def delegate(here: Programme, partner: str) -> None:
    """A relationship with whole-tenant privileges."""
    await here.relate(partner, CUSTOMER)
    async with here.owner() as owner:
        await owner.execute(
            "UPDATE reseller_relationship SET privileges = true WHERE partner_tenant_id = $1", here.id(partner)
        )


async def place(here: Programme, partner: str, title: str = "Office 365 Enterprise") -> Order:
    """An order of one title."""
    wish = Wish(catalog_item_id=await here.item(title), quantity=1, **TERM)
    context = here.context(f"aa@{partner}")
    return (await orders.place_order(context, customer_id=here.id(CUSTOMER), wishes=[wish]))[0]


async def refused(here: Programme, partner: str) -> Denied:
    """What an order of what the other sold is answered."""
    with pytest.raises(Denied) as denied:
        await place(here, partner)
    assert denied.value.rules == (RULE,)
    return denied.value


async def test_the_second_is_refused_what_the_first_sold_and_is_not_told_who_did(two: Programme) -> None:
    await place(two, "nordlicht")
    denied = await refused(two, "suedwind")
    assert denied.decision_id is not None
    view = await programme.read_decision(two.context("ga@suedwind"), decision_id=denied.decision_id)
    assert "serviceDelegatedElsewhere" not in view.facts["context"]
    assert str(two.id("nordlicht")) not in str(view)
    assert await place(two, "nordlicht")


async def test_another_service_is_sold_by_the_second(two: Programme) -> None:
    await place(two, "nordlicht")
    wish = Wish(catalog_item_id=await two.item("Azure plan"), quantity=1)
    context = two.context("aa@suedwind")
    assert await orders.place_order(context, customer_id=two.id(CUSTOMER), wishes=[wish])


@pytest.mark.parametrize("partner", ["nordlicht", "suedwind"])
async def test_whoever_of_the_two_has_no_privileges_is_in_nobodys_way(two: Programme, partner: str) -> None:
    await place(two, "nordlicht")
    await refused(two, "suedwind")
    await customers.remove_privileges(two.context(f"aa@{partner}"), customer_id=two.id(CUSTOMER))
    assert await place(two, "suedwind")


async def test_what_the_first_suspended_is_still_its_own_and_what_it_cancelled_is_not(two: Programme) -> None:
    sold = (await place(two, "nordlicht")).lines[0].subscription_id
    for status in (Status.SUSPENDED, Status.DELETED):
        await refused(two, "suedwind")
        await subscriptions.change_subscription(
            two.context("aa@nordlicht"), customer_id=two.id(CUSTOMER), subscription_id=sold, patch=Patch(status=status)
        )
    assert await place(two, "suedwind")


async def test_add_ons_and_upgrades_are_sales_too(two: Programme) -> None:
    """Both sold the service while only one had privileges; then the other got them as well."""
    here, customer = two, two.id(CUSTOMER)
    context = here.context("aa@suedwind")
    await customers.remove_privileges(context, customer_id=customer)
    await place(here, "nordlicht")
    placed = await place(here, "suedwind", "Office 365 Basic")
    async with here.owner() as owner:
        await owner.execute("UPDATE reseller_relationship SET privileges = true")
    own, item = placed.lines[0].subscription_id, await here.item("Office 365 Enterprise")
    with pytest.raises(Denied) as denied:
        await transitions.transition_subscription(
            context, customer_id=customer, subscription_id=own, change=Change(catalog_item_id=item)
        )
    assert denied.value.rules == (RULE,)
    wish = Wish(catalog_item_id=item, quantity=1, parent_id=own, **TERM)
    with pytest.raises(Denied) as denied:
        await amending.extend_order(context, customer_id=customer, order_id=placed.id, wishes=[wish])
    assert denied.value.rules == (RULE,)


async def test_of_two_at_once_one_sells(two: Programme) -> None:
    made = await asyncio.gather(*(place(two, name) for name in ("nordlicht", "suedwind")), return_exceptions=True)
    assert sorted(type(one).__name__ for one in made) == ["Denied", "Order"]


@pytest.mark.parametrize("day", [datetime(2016, 11, 30, 9, tzinfo=UTC), datetime(2017, 7, 1, 9, tzinfo=UTC)])
async def test_the_day_before_and_the_day_after_both_sell(two: Programme, day: datetime) -> None:
    two.clock.moment = day
    assert [await place(two, name) for name in ("nordlicht", "suedwind")]


@pytest.mark.parametrize(("moment", "asked"), [(WITHIN, True), (PRESENT, False)])
async def test_it_is_asked_only_where_it_is_a_rule(two: Programme, moment: datetime, asked: bool) -> None:
    two.clock.moment = moment
    async with counted(two.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            await place(replace(two, runtime=replace(two.runtime, pool=pool)), "nordlicht")
            assert any("fn_service_delegated_elsewhere" in trip for trip in tally.trips) is asked
        finally:
            await pool.close()
