"""The list of a partner's granular relationships, by customer and state."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import Response

from copartner.delegation import service
from copartner.delegation.model import AdminRelationship, AutoExtend, OrderBy, Status
from copartner.kernel.ids import parse_id
from copartner.kernel.paging import Page as Listed
from copartner.kernel.paging import Place
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.partner.admin import words
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table

_SIZE = 100
_OVER = (
    Status.EXPIRING,
    Status.EXPIRED,
    Status.TERMINATION_REQUESTED,
    Status.TERMINATING,
    Status.TERMINATED,
)
# What can be chosen of the list: its name in the address, how it is said, the states in it.
_CHOICES: tuple[tuple[str, str, tuple[Status, ...] | None], ...] = (
    ("", word("All"), None),
    ("draft", word("Drafts"), (Status.CREATED,)),
    ("waiting", word("Waiting for approval"), (Status.APPROVAL_PENDING, Status.APPROVED, Status.ACTIVATING)),
    ("active", word("Active"), (Status.ACTIVE,)),
    ("over", word("Over"), _OVER),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A relationship of the list: its state as a word of the reader's, and when it ends."""

    one: AdminRelationship
    href: str
    state: str
    kind: str
    ends: datetime | None
    days: int | None
    extends: str


_TABLE = Table[Row](
    "relationships",
    word("Delegated admin relationships"),
    (
        Column("name", word("Name"), lambda row: row.one.display_name),
        Column("customer", word("Customer"), lambda row: row.one.customer_name or row.one.customer_tenant_id),
        Column("state", word("State"), lambda row: row.state),
        Column("ends", word("Ends"), lambda row: row.ends),
        Column("days", word("Days left"), lambda row: row.days, number=True),
        Column("extends", word("Extended by itself"), lambda row: row.extends),
        Column("roles", word("Roles"), lambda row: len(row.one.roles), number=True),
    ),
)


async def show(visit: Visit) -> Response[bytes]:
    """A part of the list, the newest first."""
    chosen = next((one for one in _CHOICES if one[0] == visit.query.get("state", "")), _CHOICES[0])
    customer = parse_id(visit.query.get("customer", ""))

    async def load(after: UUID | None) -> Listed[Row]:
        found = await service.list_relationships(
            visit.ctx,
            statuses=chosen[2],
            customer_tenant_ids=None if customer is None else [customer],
            order_by=OrderBy.ID,
            descending=True,
            after=None if after is None else Place(after),
            size=_SIZE,
        )
        return Listed(tuple(_row(visit, one) for one in found), found.total, found.next_after)

    shown = await _TABLE.show(visit, load)
    if isinstance(shown, Response):
        return shown
    named = next((row.one.customer_name for row in shown.rows if customer and row.one.customer_name), "")
    return visit.page(
        "partner/admin/list.html",
        shown=shown,
        choices=[(visit.link(state=name, after=None), label, name == chosen[0]) for name, label, _ in _CHOICES],
        customer=customer,
        customer_name=named,
        ask=f"{words.ROOT}/new" + (f"?customer={customer}" if customer else ""),
    )


def _row(visit: Visit, one: AdminRelationship) -> Row:
    running = one.status is Status.ACTIVE
    extends = one.auto_extend is AutoExtend.HALF_A_YEAR
    return Row(
        one,
        words.address(one.key),
        visit.text(words.STATES[one.status][1]),
        words.kind_of(one, visit.ctx.moment),
        one.ends_at if running else one.ended_at,
        words.days_left(one, visit.ctx.moment),
        visit.text("yes") if extends else visit.text("no"),
    )


PAGES = (Page(words.ROOT, "admin_relationships", Side.PARTNER, show),)
