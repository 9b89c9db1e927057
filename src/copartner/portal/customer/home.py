"""Where people of a customer begin: what waits for them, ends, renews, and who was stopped."""

from litestar import Response

from copartner.attention.customer import read_customer_attention
from copartner.policy.facts import Side
from copartner.portal.customer.actions import named
from copartner.portal.page import Page, Visit


async def show(visit: Visit) -> Response[bytes]:
    """Each part for those who may see it; the others read why not."""
    found = await read_customer_attention(visit.ctx)
    return visit.page("customer/home/home.html", found=found, named=lambda action: named(visit, action))


PAGES = (Page("/customer", "customer_home", Side.CUSTOMER, show),)
