"""Who serves the customer, in a table and a picture that say the same, with what waits for an answer above."""

from datetime import datetime
from uuid import UUID

from litestar import Response

from copartner.access import serving
from copartner.access.model import Serving
from copartner.attention.customer import read_customer_attention
from copartner.kernel.paging import Page as Part
from copartner.policy.facts import Side
from copartner.portal.customer.drawing import serve, shortened
from copartner.portal.customer.labels import until
from copartner.portal.page import Page, Visit
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table

_WAITING = 20


def _ends(one: Serving) -> datetime | None:
    """When the first of its approvals ends; those of the whole tenant have no end."""
    return min((approval.until for approval in one.approvals), default=None)


TABLE = Table[Serving](
    "partners",
    word("Who serves you"),
    (
        Column("partner", word("Partner"), lambda one: one.name),
        Column("sells", word("Sells"), lambda one: ", ".join(it.name for it in one.sells)),
        Column("subscriptions", word("Subscriptions"), lambda one: one.sold, number=True),
        Column("may", word("May be in your tenant"), lambda one: ", ".join(sorted(roles_of(one)))),
        Column("until", word("Until"), _ends),
        Column("record", word("Partner of record for"), lambda one: one.credited, number=True),
        Column("used", word("Last used"), lambda one: one.last_used_at),
    ),
)


def roles_of(one: Serving) -> tuple[str, ...]:
    """The roles of its approvals, each once."""
    return tuple(dict.fromkeys(role.name for approval in one.approvals for role in approval.roles))


async def show(visit: Visit) -> Response[bytes]:
    """What waits, the picture and the table."""

    async def load(after: UUID | None) -> Part[Serving]:
        return await serving.list_serving(visit.ctx, after=after)

    shown = await TABLE.show(visit, load)
    if isinstance(shown, Response):
        return shown
    waiting = await read_customer_attention(visit.ctx, size=_WAITING)
    return visit.page(
        "customer/partners/list.html",
        shown=shown,
        picture=serve(shown.rows),
        waiting=waiting,
        roles_of=roles_of,
        shortened=shortened,
        until=lambda one: until(visit.language, _ends(one)),
    )


PAGES = (Page("/customer/partners", "customer_partners", Side.CUSTOMER, show),)
