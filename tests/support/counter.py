"""What a partner sells over the counter of its portal: the customer, what it holds, and the pages of both."""

import re
from typing import Any
from uuid import UUID

import httpx

from copartner.catalogue.model import BillingCycle
from copartner.orders import service as orders
from copartner.orders.model import Wish
from support.portal import House

CUSTOMER = "alpenblick"
YEAR: dict[str, Any] = {"term": "P1Y", "billing_cycle": BillingCycle.MONTHLY}


def place(home: House) -> str:
    """The address of the customer's page."""
    return f"/partner/customers/{home.here.id(CUSTOMER)}"


def page_of(home: House, subscription_id: UUID) -> str:
    """The address of a subscription's page."""
    return f"{place(home)}/subscriptions/{subscription_id}"


async def sold(
    home: House, title: str = "Office 365 Basic", quantity: int = 10, *, who: str = "aa@nordlicht", **more: Any
) -> UUID:
    """A subscription that a partner sold."""
    wish = Wish(catalog_item_id=await home.here.item(title), quantity=quantity, **(YEAR | more))
    (order,) = await orders.place_order(home.here.context(who), customer_id=home.here.id(CUSTOMER), wishes=[wish])
    return order.lines[0].subscription_id


def form_of(page: httpx.Response, act: str) -> int:
    """The place of the form whose button does this."""
    forms = re.findall(r"<form\b.*?</form>", page.text, re.DOTALL)
    return next(place for place, form in enumerate(forms) if f'value="{act}"' in form)


def offers(page: httpx.Response, act: str) -> bool:
    """Whether a form of the page does this."""
    return f'name="act" value="{act}"' in page.text


def value(page: httpx.Response, field: str) -> str:
    """What stands in a field."""
    found = re.search(rf'<input id="{field}"[^>]*\bvalue="([^"]*)"', page.text)
    assert found, field
    return found.group(1)
