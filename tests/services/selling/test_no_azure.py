"""In 21Vianet partners sold Azure until July 2021; since then everything else, and what was sold still changes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from copartner.catalogue.model import BillingCycle
from copartner.command.denial import Denied
from copartner.orders import service as orders
from copartner.orders import transitions
from copartner.orders.model import Change, Wish
from copartner.policy.facts import Cloud
from support.postgres import Database
from support.programme import Programme, programme

FIRST_DAY = datetime(2021, 7, 1, tzinfo=UTC)
TERM: dict[str, Any] = {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}
SELLER, CUSTOMER = "mingyue", "zhulin"


@pytest.fixture
async def china(database: Database, tmp_path: Path) -> AsyncIterator[Programme]:
    """The world of 21Vianet on the first day without Azure, a partner and its customer in it."""
    async with programme(database, tmp_path, now=FIRST_DAY, cloud=Cloud.CHINA) as here:
        await here.relate(SELLER, CUSTOMER, agreement=False)
        yield here


async def order(here: Programme, *wishes: Wish) -> Any:
    """An order of these."""
    return await orders.place_order(here.context(f"aa@{SELLER}"), customer_id=here.id(CUSTOMER), wishes=[*wishes])


async def test_azure_is_sold_until_the_day_and_not_among_other_things_either(china: Programme) -> None:
    azure = Wish(catalog_item_id=await china.item("Azure plan", "CN"), quantity=1)
    china.clock.moment = FIRST_DAY - timedelta(seconds=1)
    assert await order(china, azure)
    china.clock.moment = FIRST_DAY
    basic = Wish(catalog_item_id=await china.item("Office 365 Basic", "CN"), quantity=1, **TERM)
    for wishes in ([azure], [basic, azure]):
        with pytest.raises(Denied) as denied:
            await order(china, *wishes)
        assert denied.value.rules == ("cn-no-azure",)
    assert await order(china, basic)


async def test_a_subscription_still_becomes_another(china: Programme) -> None:
    basic = Wish(catalog_item_id=await china.item("Office 365 Basic", "CN"), quantity=1, **TERM)
    ((line,),) = [one.lines for one in await order(china, basic)]
    about: Any = {"customer_id": china.id(CUSTOMER), "subscription_id": line.subscription_id}
    seller = china.context(f"aa@{SELLER}")
    change = Change(catalog_item_id=await china.item("Azure plan", "CN"))
    with pytest.raises(Denied) as denied:
        await transitions.transition_subscription(seller, **about, change=change)
    assert denied.value.rules == ("cn-no-azure",)
    change = Change(catalog_item_id=await china.item("Office 365 Premium", "CN"), **TERM)
    assert await transitions.transition_subscription(seller, **about, change=change)
