"""A partner's customers: all of them, searched and as a sheet."""

from uuid import UUID

from litestar import Response

from copartner.customers.model import Customer
from copartner.customers.service import search_customers
from copartner.kernel.paging import Page as Part
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.partner import founding
from copartner.portal.speaking import word
from copartner.portal.table import Column, Shown, Table

_TABLE = Table[Customer](
    "customers",
    word("Your customers, by name"),
    (
        Column("name", word("Name"), lambda one: one.company_name),
        Column("domain", word("Domain"), lambda one: one.domain),
        Column("country", word("Country"), lambda one: one.country),
        Column("since", word("Your customer since"), lambda one: one.formed_at),
        Column("privileges", word("Delegated admin privileges"), lambda one: one.allows_delegated_access),
        Column("id", word("Identifier"), lambda one: one.tenant_id),
    ),
)


async def show(visit: Visit) -> Response[bytes]:
    """The table; what it is filtered by is searched among all customers, not among those of a page."""
    text = visit.query.get("filter", "")

    async def load(after: UUID | None) -> Part[Customer]:
        return await search_customers(visit.ctx, text=text, after=after)

    shown = await _TABLE.show(visit, load)
    if not isinstance(shown, Shown):
        return shown
    return visit.page("partner/customers/list.html", shown=shown, text=text.strip())


PAGES = (
    Page("/partner/customers", "partner_customers", Side.PARTNER, show),
    *founding.PAGES,
)
