"""The users of a customer, or those deleted in the last 30 days."""

from dataclasses import dataclass
from uuid import UUID

from litestar import Response

from copartner.command.denial import Denied
from copartner.directory.model import CustomerUser
from copartner.directory.service import showing
from copartner.directory.service.showing import Directory
from copartner.kernel.paging import Page as Listed
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.partner.directory.denying import refused
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table

PATH = "/partner/customers/{customer_id}/users"
_SIZE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A user of the list and its state as a word of the reader's."""

    one: CustomerUser
    href: str
    kind: str
    state: str


_TABLE = Table[Row](
    "users",
    word("Users"),
    (
        Column("name", word("Name"), lambda row: row.one.display_name),
        Column("sign-in", word("Signs in as"), lambda row: row.one.user_principal_name),
        Column("state", word("State"), lambda row: row.state),
        Column("country", word("Uses licences in"), lambda row: row.one.usage_location),
    ),
)


async def show(visit: Visit) -> Response[bytes]:
    """A part of the list; what is looked for is looked for among all."""
    customer, deleted = visit.ids["customer_id"], "deleted" in visit.query
    text = "" if visit.query.get("format") == "csv" else visit.query.get("filter", "")
    read: list[Directory] = []

    async def load(after: UUID | None) -> Listed[Row]:
        found = await showing.read_directory(
            visit.ctx, customer_id=customer, deleted=deleted, text=text, after=after, size=_SIZE
        )
        read.append(found)
        return Listed(tuple(_row(visit, one) for one in found.page), found.page.total, found.page.next_after)

    try:
        shown = await _TABLE.show(visit, load)
    except Denied as denied:
        return refused(visit, denied)
    if isinstance(shown, Response):
        return shown
    return visit.page(
        "partner/directory/list.html",
        shown=shown,
        found=read[0],
        customer=customer,
        deleted=deleted,
        looked_for=text.strip(),
        others=visit.link(deleted=None if deleted else "yes", after=None, filter=None),
    )


def _row(visit: Visit, one: CustomerUser) -> Row:
    kind, state = ("good", word("Can sign in")) if one.enabled else ("alarm", word("Blocked"))
    if one.deleted_at is not None:
        kind, state = "off", word("Deleted")
    return Row(one, PATH.format(**visit.ids) + f"/{one.id}", kind, visit.text(state))


PAGES = (Page(PATH, "customer_users", Side.PARTNER, show),)
