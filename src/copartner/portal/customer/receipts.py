"""Receipts of what the customer approved, and how anybody finds out whether one is genuine."""

from dataclasses import dataclass
from uuid import UUID

from litestar import Response

from copartner.delegation import receipts
from copartner.delegation.consent_model import KeptReceipt, Receipt, ReceiptRole
from copartner.delegation.receipt_check import KEYS_ADDRESS
from copartner.delegation.roles import known
from copartner.delegation.terms import in_words
from copartner.kernel.paging import Page as Part
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table

_PART = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A receipt that is kept, and what it says."""

    kept: KeptReceipt
    says: Receipt
    roles: str


TABLE = Table[Line](
    "receipts",
    word("What you approved"),
    (
        Column("approved", word("Approved"), lambda one: one.says.approved_at),
        Column("partner", word("Partner"), lambda one: one.says.partner.company_name),
        Column("name", word("Request"), lambda one: one.says.display_name),
        Column("roles", word("Roles"), lambda one: one.roles),
        Column("by", word("Approved by"), lambda one: one.says.approved_by.user_name),
        Column("until", word("Until"), lambda one: one.says.until),
    ),
)


async def show_all(visit: Visit) -> Response[bytes]:
    """The receipts, oldest first."""

    async def load(after: UUID | None) -> Part[Line]:
        found = await receipts.list_receipts(visit.ctx, after=after, size=_PART)
        return Part(tuple(_line(visit, one) for one in found), found.total, found.next_after)

    shown = await TABLE.show(visit, load)
    return shown if isinstance(shown, Response) else visit.page("customer/receipts/list.html", shown=shown)


def _line(visit: Visit, kept: KeptReceipt) -> Line:
    says = receipts.content(kept)
    return Line(kept, says, ", ".join(_name(visit, role) for role in says.roles))


def _name(visit: Visit, role: ReceiptRole) -> str:
    """The role as the reader calls it; the receipt has its English name."""
    found = known(visit.language).get(role.id)
    return found.name if found else role.name


async def show(visit: Visit) -> Response[bytes]:
    """One receipt with its signature."""
    kept = await receipts.read_receipt(visit.ctx, receipt_id=visit.ids["receipt_id"])
    says = receipts.content(kept)
    return visit.page(
        "customer/receipts/one.html",
        kept=kept,
        says=says,
        lasts=in_words(says.duration, visit.language),
        role_name=lambda role: _name(visit, role),
        keys=f"{says.issuer}{KEYS_ADDRESS}",
    )


PAGES = (
    Page("/customer/access/receipts", "customer_receipts", Side.CUSTOMER, show_all),
    Page("/customer/access/receipts/{receipt_id}", "customer_receipt", Side.CUSTOMER, show),
)
