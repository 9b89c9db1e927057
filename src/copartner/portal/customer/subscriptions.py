"""What the customer holds of all its sellers: a timeline and a table that say the same."""

from uuid import UUID

from litestar import Response

from copartner.kernel.ids import parse_id
from copartner.kernel.paging import Page as Part
from copartner.policy.facts import Side
from copartner.portal.customer import labels
from copartner.portal.customer.drawing import shortened, terms
from copartner.portal.page import Page, Visit
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table
from copartner.subscriptions import holding
from copartner.subscriptions.model import HeldTerm, Seller

TABLE = Table[HeldTerm](
    "subscriptions",
    word("What you hold"),
    (
        Column("name", word("Subscription"), lambda one: one.nickname),
        Column("seller", word("Seller"), lambda one: one.seller_name),
        Column("state", word("State"), lambda one: one.status.value),
        Column("quantity", word("Quantity"), lambda one: one.quantity, number=True),
        Column("term", word("Term"), lambda one: one.term),
        Column("begins", word("Term began (UTC)"), lambda one: one.term_starts_at.date()),
        Column(
            "ends",
            word("Committed until (UTC)"),
            lambda one: one.commitment_ends_at.date() if one.commitment_ends_at else None,
        ),
        Column("renews", word("Renews"), lambda one: one.auto_renew),
        Column("billed", word("Billed"), lambda one: one.billing_cycle.value),
    ),
)


async def show(visit: Visit) -> Response[bytes]:
    """A part of what is held, what ends first first; of one seller where one is chosen."""
    seller, over = parse_id(visit.query.get("seller", "")), visit.query.get("over") == "on"
    sellers: tuple[Seller, ...] = ()

    async def load(after: UUID | None) -> Part[HeldTerm]:
        nonlocal sellers
        found = await holding.list_terms(visit.ctx, seller_id=seller, over=over, after=after)
        sellers = found.sellers
        return found.page

    shown = await TABLE.show(visit, load)
    if isinstance(shown, Response):
        return shown
    return visit.page(
        "customer/subscriptions/list.html",
        shown=shown,
        picture=terms(shown.rows, now=visit.ctx.moment),
        sellers=sellers,
        seller=str(seller or ""),
        over=over,
        total=sum(one.subscriptions for one in sellers if seller in (None, one.id)),
        labels=labels,
        shortened=shortened,
    )


PAGES = (Page("/customer/subscriptions", "customer_subscriptions", Side.CUSTOMER, show),)
