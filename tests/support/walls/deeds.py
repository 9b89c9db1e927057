"""What a partner does to a subscription or an order beside changing and reading it."""

from collections.abc import Callable, Coroutine
from typing import Any

from copartner.catalogue.model import BillingCycle
from copartner.orders import amending, possible, transitions
from copartner.orders import service as orders
from copartner.orders.model import Change
from copartner.subscriptions import upkeep
from support.walls.scene import Matter

Deed = Callable[[Matter], Coroutine[Any, Any, Any]]


def on_subscription(service: Callable[..., Any]) -> Deed:
    """Calls a service that needs a subscription alone."""
    return lambda m: service(m.seller, customer_id=m.customer_id, subscription_id=m.subscription)


def become(change: Change) -> Deed:
    """Makes a subscription another."""
    return lambda m: transitions.transition_subscription(
        m.seller, customer_id=m.customer_id, subscription_id=m.subscription, change=change
    )


BESIDE: dict[str, Deed] = {
    **{service.__name__: on_subscription(service) for service in (
        upkeep.list_addons, upkeep.read_support_contact, upkeep.read_registration, upkeep.read_activation,
        upkeep.register_subscription, transitions.read_targets, transitions.list_transitions,
        possible.read_possibilities,
    )},
    **{f"become-{name}": become(change) for name, change in {
        "nothing": Change(catalog_item_id="x"), "other": Change(catalog_item_id="A:B:C", quantity=1, term="P1M"),
    }.items()},
    "support": lambda m: upkeep.set_support_contact(
        m.seller, customer_id=m.customer_id, subscription_id=m.subscription, support_tenant_id=m.partner_id,
        mpn_id="1"),
    "extend-order": lambda m: amending.extend_order(
        m.seller, customer_id=m.customer_id, order_id=m.order, wishes=m.wishes(1, parent_id=m.subscription)),
    "extend-order-by-nothing": lambda m: amending.extend_order(
        m.seller, customer_id=m.customer_id, order_id=m.order, wishes=[]),
    "cancel-order": lambda m: amending.cancel_order(
        m.seller, customer_id=m.customer_id, order_id=m.order, numbers=[7]),
    "bill-order": lambda m: amending.change_billing_cycle(
        m.seller, customer_id=m.customer_id, order_id=m.order, billing_cycle=BillingCycle.MONTHLY),
    "term-ends": lambda m: upkeep.list_term_ends(m.seller, customer_id=m.customer_id, term="P1Y"),
    "term-ends-of-one": lambda m: upkeep.list_term_ends(
        m.seller, customer_id=m.customer_id, term="P1Y", subscription_id=m.subscription),
    "read-fulfilment": lambda m: orders.read_fulfilment(m.seller, customer_id=m.customer_id, order_id=m.order),
}  # fmt: skip
