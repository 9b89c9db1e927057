"""What the forms of a subscription's page do: each act by its service, and what is said once it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from copartner.catalogue.model import BillingCycle
from copartner.kernel.errors import Invalid
from copartner.kernel.ids import parse_id
from copartner.orders import amending, transitions
from copartner.orders.model import Change
from copartner.portal.page import Visit
from copartner.portal.repeating import repeated
from copartner.portal.speaking import word
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions import upkeep
from copartner.subscriptions.model import NextTerm, Patch, Status


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, and with which subscription one goes on."""

    text: str
    subscription_id: UUID


@dataclass(frozen=True, slots=True)
class _Form:
    """A form that came to the page of one subscription."""

    visit: Visit
    fields: Mapping[str, str]

    @property
    def customer_id(self) -> UUID:
        return self.visit.ids["customer_id"]

    @property
    def subscription_id(self) -> UUID:
        return self.visit.ids["subscription_id"]

    def typed(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    def quantity(self) -> int:
        return number_of(self.typed("quantity"))

    def cycle(self) -> BillingCycle:
        return _cycle_of(self.typed("cycle"))

    def choice(self) -> tuple[str, str, BillingCycle]:
        """The item, term and billing cycle of one option."""
        return choice_of(self.typed("choice"))


def number_of(text: str) -> int:
    """A quantity as it was typed; raises Invalid."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Invalid("Type the quantity as a whole number.", "quantity")
    return int(text)


def choice_of(text: str) -> tuple[str, str, BillingCycle]:
    """The item, term and billing cycle of an option as option_of wrote it; raises Invalid."""
    parts = text.split("|")
    if len(parts) != 3:
        raise Invalid("Choose one of what is offered.", "choice")
    return parts[0], parts[1], _cycle_of(parts[2])


def option_of(item: str, term: str, cycle: BillingCycle) -> str:
    """The item, term and billing cycle as one option of a form."""
    return f"{item}|{term}|{cycle.value}"


def _cycle_of(text: str) -> BillingCycle:
    if text not in set(BillingCycle):
        raise Invalid("Choose one of what is offered.", "choice")
    return BillingCycle(text)


async def do(visit: Visit, fields: Mapping[str, str]) -> Done:
    """Do what a form asks for; raises what the services raise, and Invalid for a form that makes no sense."""
    form = _Form(visit, fields)
    match form.typed("act"):
        case "transition":
            return await _transition(form)
        case "billing_cycle":
            await amending.change_billing_cycle(
                visit.ctx,
                customer_id=form.customer_id,
                order_id=_order_of(form),
                billing_cycle=form.cycle(),
            )
            text = word("The billing cycle was changed.")
        case "support_contact":
            await _set_contact(form)
            text = word("The support contact was changed.")
        case act:
            patch, text = _patch(form, act)
            await subscriptions.change_subscription(
                visit.ctx, customer_id=form.customer_id, subscription_id=form.subscription_id, patch=patch
            )
    return Done(visit.text(text), form.subscription_id)


def _patch(form: _Form, act: str) -> tuple[Patch, str]:
    if act in ("suspend", "cancel") and not form.typed("understood"):
        raise Invalid("Tick that you have read what ends and what stays.", "understood")
    match act:
        case "suspend":
            return Patch(status=Status.SUSPENDED), word("The subscription is suspended.")
        case "reactivate":
            return Patch(status=Status.ACTIVE), word("The subscription is active again.")
        case "cancel":
            return Patch(status=Status.DELETED), word("The subscription is cancelled.")
        case "quantity":
            return Patch(quantity=form.quantity()), word("The quantity was changed.")
        case "rename":
            return Patch(nickname=form.typed("nickname")), word("The name was changed.")
        case "renew" | "expire":
            return Patch(auto_renew=act == "renew"), word("The renewal was changed.")
        case "next_term":
            item, term, cycle = form.choice()
            wanted = NextTerm(item, term, cycle, form.quantity())
            return Patch(next_term=wanted), word("The change is planned for the next term.")
    raise Invalid("Choose what is to be done.", "act")


async def _transition(form: _Form) -> Done:
    item, term, cycle = form.choice()
    change = Change(catalog_item_id=item, quantity=form.quantity(), term=term, billing_cycle=cycle)
    made = await transitions.transition_subscription(
        repeated(form.visit, form.fields),
        customer_id=form.customer_id,
        subscription_id=form.subscription_id,
        change=change,
    )
    return Done(form.visit.text("The subscription became what you chose."), made.to_subscription_id)


async def _set_contact(form: _Form) -> None:
    tenant = parse_id(form.typed("tenant"))
    if tenant is None:
        raise Invalid("Type the partner's tenant as its 36-letter identifier.", "tenant")
    await upkeep.set_support_contact(
        form.visit.ctx,
        customer_id=form.customer_id,
        subscription_id=form.subscription_id,
        support_tenant_id=tenant,
        mpn_id=form.typed("mpn"),
    )


def _order_of(form: _Form) -> UUID:
    order = parse_id(form.typed("order"))
    if order is None:
        raise Invalid("Open the page again and send its form from there.", "order")
    return order
