"""A partner sells and manages in the browser: customer, order, subscription."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from copartner.catalogue.model import BillingCycle
from copartner.orders import service as orders
from copartner.orders.model import Wish
from support.portal import Browser, House, heading
from support.seated import seated

CUSTOMER = "alpenblick"
YEAR: dict[str, Any] = {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}


def place(home: House) -> str:
    """The address of the customer."""
    return f"/partner/customers/{home.here.id(CUSTOMER)}"


async def sold(home: House, title: str = "Office 365 Basic", quantity: int = 10, **more: Any) -> UUID:
    """A subscription of the partner."""
    wish = Wish(catalog_item_id=await home.here.item(title), quantity=quantity, **(YEAR | more))
    (order,) = await orders.place_order(
        home.here.context("aa@nordlicht"), customer_id=home.here.id(CUSTOMER), wishes=[wish]
    )
    return order.lines[0].subscription_id


async def test_x(home: House) -> None:
    await home.here.relate("nordlicht", CUSTOMER)
    one = await sold(home)
    for language in ("en",):
        browser = await seated(home, "aa@nordlicht", language)
        for path in (place(home), f"{place(home)}/subscriptions/{one}", f"{place(home)}/order", f"{place(home)}/order?item={await home.here.item('Office 365 Basic')}"):
            page = await browser.open(path)
            print(page.status_code, path)
            text = re.sub(r"<[^>]+>", " ", page.text)
            print(re.sub(r"\s+", " ", text))
    assert 0
