"""Orders in the contract's shapes."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center import pages, wire
from copartner.api.partner_center.lines import SYMBOLS, billing_cycle, parent
from copartner.api.partner_center.wire import Attributes, Collection, Link
from copartner.api.registry import Query, Route
from copartner.catalogue.model import BillingCycle
from copartner.orders import amending, service
from copartner.orders.model import Order, OrderLine, Wish


class OrderLineRequest(Struct, frozen=True, rename="camel"):
    """A line as a client sends it; `offer_id` is a catalogue item."""

    offer_id: str
    quantity: int
    friendly_name: str | UnsetType = UNSET
    term_duration: str | UnsetType = UNSET
    parent_subscription_id: str | UnsetType = UNSET
    provisioning_context: dict[str, str] | UnsetType = UNSET
    partner_of_record: str | UnsetType = field(default=UNSET, name="partnerIdOnRecord")
    additional_partners: tuple[str, ...] = field(default=(), name="additionalPartnerIdsOnRecord")


class OrderRequest(Struct, frozen=True, rename="camel"):
    """An order as a client sends it; its billing cycle is that of every line."""

    line_items: tuple[OrderLineRequest, ...]
    billing_cycle: str | UnsetType = UNSET


class OrderLinePatch(Struct, frozen=True, rename="camel"):
    """A line to add below a subscription, or one there is; clients send whole lines back."""

    line_item_number: int | UnsetType = UNSET
    offer_id: str | UnsetType = UNSET
    quantity: int | UnsetType = UNSET
    subscription_id: str | UnsetType = UNSET
    parent_subscription_id: str | UnsetType = UNSET
    friendly_name: str | UnsetType = UNSET
    term_duration: str | UnsetType = UNSET


class OrderPatch(Struct, frozen=True, rename="camel"):
    """One of three changes: add-ons to add, status `cancelled` for all lines or those named, another billing cycle."""

    line_items: tuple[OrderLinePatch, ...] = ()
    status: str | UnsetType = UNSET
    billing_cycle: str | UnsetType = UNSET


class Pricing(Struct, frozen=True, rename="camel"):
    """What the partner pays: for one unit, and for all of the line, over the whole term."""

    price: Decimal
    extended_price: Decimal


class OrderLineLinks(Struct, frozen=True, rename="camel"):
    """Where the parts of what was bought, and the subscription it became, are."""

    subscription: Link
    product: Link
    sku: Link
    availability: Link


class OrderLineBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """One line of an order."""

    line_item_number: int
    offer_id: str
    subscription_id: UUID
    friendly_name: str
    quantity: int
    term_duration: str | UnsetType = UNSET
    transaction_type: str
    pricing: Pricing
    links: OrderLineLinks
    parent_subscription_id: UUID | UnsetType = UNSET
    partner_of_record: str | UnsetType = field(default=UNSET, name="partnerIdOnRecord")
    additional_partners: tuple[str, ...] | UnsetType = field(default=UNSET, name="additionalPartnerIdsOnRecord")


class OrderLinks(Struct, frozen=True, rename="camel"):
    """Where the order is, how far it is provisioned, and how it is changed."""

    self: Link
    provisioning_status: Link
    patch_operation: Link


class OrderBody(Struct, frozen=True, rename="camel"):
    """A placed order; its lines have one billing cycle."""

    id: UUID
    alternate_id: str
    reference_customer_id: UUID
    billing_cycle: str
    currency_code: str
    currency_symbol: str
    line_items: tuple[OrderLineBody, ...]
    creation_date: datetime
    status: str
    transaction_type: str
    total_price: Decimal
    links: OrderLinks
    attributes: Attributes


def present_order(order: Order) -> OrderBody:
    """The order in the contract's shape."""
    place = ("customers", order.customer_tenant_id, "orders", order.id)
    return OrderBody(
        id=order.id,
        alternate_id=order.id.hex[-12:],
        reference_customer_id=order.customer_tenant_id,
        billing_cycle=order.billing_cycle.value,
        currency_code=order.currency,
        currency_symbol=SYMBOLS.get(order.currency, order.currency),
        line_items=tuple(_line(order, line) for line in order.lines),
        creation_date=order.placed_at,
        status="completed" if any(line.quantity for line in order.lines) else "cancelled",
        transaction_type="UserPurchase",
        total_price=wire.amount(sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))),
        links=OrderLinks(wire.link(*place), wire.link(*place, "provisioningstatus"), wire.link(*place, method="PATCH")),
        attributes=wire.attributes("Order", order.version),
    )


def _line(order: Order, line: OrderLine) -> OrderLineBody:
    product, sku, availability = line.catalog_item_id.split(":")
    customer = ("customers", order.customer_tenant_id)
    return OrderLineBody(
        line_item_number=line.number,
        offer_id=line.catalog_item_id,
        subscription_id=line.subscription_id,
        friendly_name=line.nickname,
        quantity=line.quantity,
        term_duration=line.term or UNSET,
        transaction_type="New",
        pricing=Pricing(wire.amount(line.unit_price), wire.amount(line.unit_price * line.quantity)),
        links=OrderLineLinks(
            subscription=wire.link(*customer, "subscriptions", line.subscription_id),
            product=wire.link(*customer, "products", product),
            sku=wire.link(*customer, "products", product, "skus", sku),
            availability=wire.link(*customer, "products", product, "skus", sku, "availabilities", availability),
        ),
        parent_subscription_id=wire.given(line.parent_id),
        partner_of_record=wire.given(line.partner_of_record),
        additional_partners=line.additional_partners or UNSET,
    )


async def _place(call: Call) -> OrderBody:
    customer_id, asked = call.id("customer"), call.decode(OrderRequest)
    cycle = billing_cycle(asked.billing_cycle, "billingCycle")
    wishes = tuple(
        Wish(
            catalog_item_id=line.offer_id,
            quantity=line.quantity,
            term=line.term_duration or None,
            billing_cycle=cycle,
            nickname=line.friendly_name or None,
            parent_id=parent(line.parent_subscription_id, line.provisioning_context),
            partner_of_record=line.partner_of_record or None,
            additional_partners=line.additional_partners,
        )
        for line in asked.line_items
    )
    (placed,) = await service.place_order(call.ctx, customer_id=customer_id, wishes=wishes)
    return present_order(placed)


async def _read(call: Call) -> OrderBody:
    return present_order(await service.read_order(call.ctx, customer_id=call.id("customer"), order_id=call.id("order")))


async def _amend(call: Call) -> OrderBody:
    named, asked = {"customer_id": call.id("customer"), "order_id": call.id("order")}, call.decode(OrderPatch)
    version = wire.wanted_version(call)
    cycle = billing_cycle(asked.billing_cycle, "billingCycle")
    added = [line for line in asked.line_items if line.parent_subscription_id and not line.subscription_id]
    if asked.status and asked.status.lower() in ("cancelled", "canceled"):
        numbers = [line.line_item_number for line in asked.line_items if line.line_item_number is not UNSET]
        return present_order(
            await amending.cancel_order(call.ctx, **named, numbers=numbers or None, expected_version=version)
        )
    if added:
        wishes = [_addon(line, cycle) for line in added]
        return present_order(await amending.extend_order(call.ctx, **named, wishes=wishes, expected_version=version))
    if cycle is None:
        raise Malformed(
            "Send add-ons with their parentSubscriptionId, status cancelled, or a billingCycle.", "lineItems"
        )
    return present_order(
        await amending.change_billing_cycle(call.ctx, **named, billing_cycle=cycle, expected_version=version)
    )


def _addon(line: OrderLinePatch, cycle: BillingCycle | None) -> Wish:
    if not line.offer_id or isinstance(line.quantity, UnsetType):
        raise Malformed("lineItems: an add-on needs its offerId and quantity.", "lineItems")
    return Wish(
        catalog_item_id=line.offer_id,
        quantity=line.quantity,
        term=line.term_duration or None,
        billing_cycle=cycle,
        nickname=line.friendly_name or None,
        parent_id=parent(line.parent_subscription_id, UNSET),
    )


async def _list(call: Call) -> Collection[OrderBody]:
    customer_id = call.id("customer")
    cycle = call.query("billingType")
    asked = pages.wanted(call, f"orders/{customer_id}/{cycle}", default=pages.LARGEST)
    found = await service.list_orders(
        call.ctx,
        customer_id=customer_id,
        billing_cycle=billing_cycle(cycle if cycle else UNSET, "billingType"),
        after=asked.after,
        skip=asked.skip,
        size=asked.size,
    )
    return pages.collection(found, present_order, call, asked, billingType=cycle)


_ORDERS = "/v1/customers/{customer}/orders"
ROUTES = (
    Route(("GET",), _ORDERS, _list, "orders.list", "List a customer's orders.", Collection[OrderBody],
          query=(Query("billingType", "Only orders of this billing cycle."), *pages.QUERY), headers=pages.HEADERS),
    Route(("POST",), _ORDERS, _place, "orders.place", "Place an order.", OrderBody, OrderRequest, 201, user_only=True),
    Route(("GET",), f"{_ORDERS}/{{order}}", _read, "orders.read", "Read an order.", OrderBody),
    Route(("PATCH",), f"{_ORDERS}/{{order}}", _amend, "orders.amend", "Add to an order, cancel or bill it otherwise.",
          OrderBody, OrderPatch, headers=(wire.IF_MATCH,)),
)  # fmt: skip
