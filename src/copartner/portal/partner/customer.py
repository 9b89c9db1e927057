"""One customer of a partner: who it is, what binds the two, what the partner sold, and the end of it."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response

from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.customers.overview import Overview, read_overview
from copartner.kernel.errors import Invalid
from copartner.kernel.paging import Page as Part
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit
from copartner.portal.partner.selling import STATES, TERMS
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Subscription
from copartner.subscriptions.rules import window_ends_at

LISTED = 50
CUSTOMERS = "/partner/customers"
SOLD = Table(
    "subscriptions",
    word("Subscriptions that you sold"),
    (
        Column[Subscription]("name", word("Name"), lambda row: row.nickname),
        Column[Subscription]("product", word("Product"), lambda row: row.offer_name),
        Column[Subscription]("state", word("State"), lambda row: row.status),
        Column[Subscription]("quantity", word("Quantity"), lambda row: row.quantity, number=True),
        Column[Subscription]("term", word("Term"), lambda row: row.term),
        Column[Subscription]("ends", word("Term ends (UTC)"), lambda row: row.commitment_ends_at),
        Column[Subscription]("renews", word("Renews by itself"), lambda row: row.auto_renew),
        Column[Subscription]("window", word("Can be cancelled until"), window_ends_at),
    ),
)


async def show(visit: Visit) -> Response[bytes]:
    """What is known of the customer, and a part of what the partner sold it."""
    return await _show(visit)


async def take(visit: Visit, form: Mapping[str, str]) -> Response[bytes]:
    """Give privileges back, or end the relationship; whoever clicks twice is shown what stands."""
    customer_id = visit.ids["customer_id"]
    match form.get("act"), form.get("understood"):
        case ("remove_privileges" | "end", None):
            return await _show(visit, Invalid("Tick that you have read what ends and what stays."))
        case ("remove_privileges", _):
            await customers.remove_privileges(visit.ctx, customer_id=customer_id)
            return visit.see(visit.path, visit.text("Your delegated admin privileges at this customer have ended."))
        case ("end", _):
            return await _end(visit, customer_id)
    raise Invalid("Choose what is to be done.")


async def _end(visit: Visit, customer_id: UUID) -> Response[bytes]:
    try:
        await customers.end_relationship(visit.ctx, customer_id=customer_id)
    except Denied as denied:
        if denied.concealed:
            # The form was made while there was a relationship: somebody ended it before.
            return visit.see(CUSTOMERS)
        raise
    return visit.see(CUSTOMERS, visit.text("The relationship has ended."))


async def _show(visit: Visit, problem: Invalid | None = None) -> Response[bytes]:
    ctx, customer_id = visit.ctx, visit.ids["customer_id"]
    seen = await read_overview(ctx, customer_id=customer_id)

    async def load(after: UUID | None) -> Part[Subscription]:
        return await subscriptions.list_subscriptions(ctx, customer_id=customer_id, after=after, size=LISTED)

    sold = await SOLD.show(visit, load) if seen.allows(Action.SUBSCRIPTION_LIST) else None
    if isinstance(sold, Response):
        return sold
    return visit.page(
        "partner/customer.html",
        status=400 if problem else 200,
        seen=seen,
        customer=seen.customer,
        problem=problem,
        sold=sold,
        why=_why(seen),
        states=STATES,
        terms=TERMS,
        until=window_ends_at,
    )


def _why(seen: Overview) -> Mapping[str, str]:
    """What is said against reading or doing something, by the name of the action; nothing where it is allowed."""
    return {action.name: "" for action in Action} | {action.name: said.summary for action, said in seen.denied.items()}


PAGES = (Page(f"{CUSTOMERS}/{{customer_id}}", "partner_customer", Side.PARTNER, show, take),)
