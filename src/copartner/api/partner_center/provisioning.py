"""What became of what was bought, and where it is activated, in the contract's shapes.

Shapes: get-order-provisioning-status, 2023-01-03; get-subscription-provisioning-status, 2022-11-29;
get-activation-link-by-order-line-item, 2019-08-16. Everything here is provisioned in the moment it is bought. The
second page wants delegated administration for reading one subscription's status; its seller reads it here without.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.partner_center import wire
from copartner.api.partner_center.wire import Attributes, Collection, Link
from copartner.api.registry import Route
from copartner.orders import service as orders
from copartner.orders.rules import UnknownLine
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions import upkeep
from copartner.subscriptions.model import Status

_FULFILMENT = {Status.PENDING: "prefulfillment_pending", Status.DELETED: "unfulfilled"}
_PROVISIONED = {Status.PENDING: "pending"}


class QuantityStatus(Struct, frozen=True, rename="camel"):
    """How many units are in one state."""

    quantity: int
    status: str


class LineStatus(Struct, frozen=True, rename="camel"):
    """The state of one line of an order."""

    order_line_item_id: int
    line_item_number: int
    status: str
    quantity_provisioning_information: tuple[QuantityStatus, ...]


class SubscriptionStatus(Struct, frozen=True, rename="camel"):
    """The state of a subscription; `sku_id` is product:sku."""

    sku_id: str
    status: str
    quantity: int
    end_date: datetime | UnsetType = UNSET
    attributes: Attributes = Attributes("SubscriptionProvisioningStatus")


class ActivationLink(Struct, frozen=True, rename="camel"):
    """Where one line is activated by whoever uses it; the address is the publisher's."""

    line_item_number: int
    link: Link


async def _order_status(call: Call) -> Collection[LineStatus]:
    found = await orders.read_fulfilment(call.ctx, customer_id=call.id("customer"), order_id=call.id("order"))
    states = [(one, _FULFILMENT.get(one.status, "fulfilled")) for one in found]
    return wire.collection(
        (
            LineStatus(one.line_number, one.line_number, state, (QuantityStatus(one.quantity, state),))
            for one, state in states
        ),
        call,
    )


async def _order_links(call: Call) -> Collection[ActivationLink]:
    found = await orders.read_fulfilment(call.ctx, customer_id=call.id("customer"), order_id=call.id("order"))
    return wire.collection(_links((one.line_number, one.link) for one in found), call)


async def _line_links(call: Call) -> Collection[ActivationLink]:
    customer_id, order_id, number = call.id("customer"), call.id("order"), call.text("lineitem")
    found = await orders.read_fulfilment(call.ctx, customer_id=customer_id, order_id=order_id)
    chosen = [(one.line_number, one.link) for one in found if str(one.line_number) == number]
    if not chosen:
        raise UnknownLine("The order has no such line; its lines are counted from 0.", number)
    return wire.collection(_links(chosen), call)


async def _subscription_status(call: Call) -> SubscriptionStatus:
    found = await subscriptions.read_subscription(
        call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription")
    )
    return SubscriptionStatus(
        sku_id=f"{found.product_id}:{found.sku_id}",
        status=_PROVISIONED.get(found.status, "success"),
        quantity=found.quantity,
        end_date=wire.given(found.commitment_ends_at),
    )


async def _subscription_links(call: Call) -> Collection[ActivationLink]:
    found = await upkeep.read_activation(
        call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription")
    )
    return wire.collection(_links([(found.line_number, found.link)]), call)


def _links(lines: Iterable[tuple[int, str | None]]) -> tuple[ActivationLink, ...]:
    return tuple(ActivationLink(number, Link(link)) for number, link in lines if link is not None)


_ORDER = "/v1/customers/{customer}/orders/{order}"
_SUBSCRIPTION = "/v1/customers/{customer}/subscriptions/{subscription}"
ROUTES = (
    Route(("GET",), f"{_ORDER}/provisioningstatus", _order_status, "orders.read_provisioning",
          "Say what became of the lines of an order.", Collection[LineStatus], user_only=True),
    Route(("GET",), f"{_ORDER}/activationlinks", _order_links, "orders.list_activation_links",
          "Say where the lines of an order are activated.", Collection[ActivationLink]),
    Route(("GET",), f"{_ORDER}/lineitems/{{lineitem}}/activationlinks", _line_links,
          "order_lines.list_activation_links", "Say where a line of an order is activated.",
          Collection[ActivationLink]),
    Route(("GET",), f"{_SUBSCRIPTION}/provisioningstatus", _subscription_status, "subscriptions.read_provisioning",
          "Say whether a subscription is provisioned.", SubscriptionStatus, user_only=True),
    Route(("GET",), f"{_SUBSCRIPTION}/activationlinks", _subscription_links, "subscriptions.list_activation_links",
          "Say where a subscription is activated.", Collection[ActivationLink]),
)  # fmt: skip
