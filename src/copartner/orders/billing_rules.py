"""Which billing cycles an order can change to while the terms of its lines run. Pure.

Source: create-a-new-subscription, "Switch billing plans", 2023.
"""

from copartner.catalogue import rules as catalogue_rules
from copartner.catalogue.model import BillingCycle, Item
from copartner.kernel.errors import Illegal
from copartner.orders.model import OrderLine
from copartner.subscriptions.model import Status, Subscription

_CHANGES = {"P3Y": frozenset({BillingCycle.MONTHLY, BillingCycle.ANNUAL})}


class BillingCycleFixed(Illegal):
    """The billing cycle does not change while the term runs."""


def check(line: OrderLine, held: Subscription, item: Item, billing_cycle: BillingCycle) -> None:
    """Raise BillingCycleFixed, NotPurchasable, UnknownTerm unless a line can be billed in another rhythm now."""
    _check_settles(line, held)
    changes = _CHANGES.get(held.term, frozenset())
    if held.status is not Status.ACTIVE or not {held.billing_cycle, billing_cycle} <= changes:
        raise BillingCycleFixed(f"{line.title} is billed {held.billing_cycle} while its term runs.", held.term)
    catalogue_rules.choose_term(item, duration=held.term, billing_cycle=billing_cycle)


def _check_settles(line: OrderLine, held: Subscription) -> None:
    """Raise BillingCycleFixed when a later order settled the subscription: this line would take it back."""
    if (line.catalog_item_id, line.term) != (held.catalog_item_id, held.term):
        message = f"{line.title} became {held.offer_name} by a later order; change the billing cycle of that one."
        raise BillingCycleFixed(message, held.term)
