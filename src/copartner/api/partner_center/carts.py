"""Carts in the contract's shapes, and their checkout."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center import wire
from copartner.api.partner_center.lines import billing_cycle, parent
from copartner.api.partner_center.orders import OrderBody, present_order
from copartner.api.partner_center.wire import Attributes, Links
from copartner.api.registry import Route
from copartner.orders import service
from copartner.orders.model import Cart, CartState, Line, Wish

_OF_RECORD, _ADDITIONAL = "transaction_reseller", "additional_transaction_reseller"


class Participant(Struct, frozen=True, rename="camel"):
    """A partner named on a line: the one of record or one beside it, by its number in the programme."""

    key: str = ""
    value: str = ""


class CartLine(Struct, frozen=True, rename="camel"):
    """A line as a client sends it; an add-on names its parent in `provisioning_context`."""

    catalog_item_id: str
    quantity: int
    friendly_name: str | UnsetType = UNSET
    billing_cycle: str | UnsetType = UNSET
    term_duration: str | UnsetType = UNSET
    participants: tuple[Participant, ...] = ()
    provisioning_context: dict[str, str] | UnsetType = UNSET
    parent_subscription_id: str | UnsetType = UNSET
    addon_items: tuple["CartLine", ...] = ()


class CartRequest(Struct, frozen=True, rename="camel"):
    """A cart as a client sends it."""

    line_items: tuple[CartLine, ...]


class LinePricing(Struct, frozen=True, rename="camel"):
    """What the partner would pay at present: for one unit, and for all of the line, over the whole term.

    Nothing here is discounted or prorated beyond the partner's own price, so the first three are one.
    """

    discounted_price: Decimal
    prorated_price: Decimal
    price: Decimal
    extended_price: Decimal


class CartLineBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A settled line."""

    id: int
    catalog_item_id: str
    friendly_name: str
    quantity: int
    currency_code: str
    billing_cycle: str
    term_duration: str | UnsetType = UNSET
    participants: tuple[Participant, ...]
    order_group: str
    pricing: LinePricing
    provisioning_context: dict[str, str] | UnsetType = UNSET
    addon_items: tuple["CartLineBody", ...] = ()


class CartBody(Struct, frozen=True, rename="camel"):
    """A cart."""

    id: UUID
    creation_timestamp: datetime
    last_modified_timestamp: datetime
    expiration_timestamp: datetime
    status: str
    line_items: tuple[CartLineBody, ...]
    links: Links
    attributes: Attributes


class CheckoutBody(Struct, frozen=True, rename="camel"):
    """What a checkout made; nothing is placed in part, so there are no errors of single lines."""

    orders: tuple[OrderBody, ...]
    order_errors: tuple[dict[str, Any], ...] = ()
    attributes: Attributes = Attributes("CartCheckoutResult")


def wish(line: CartLine) -> Wish:
    """The line as the service takes it; raises Malformed."""
    of_record, additional = _participants(line)
    return Wish(
        catalog_item_id=line.catalog_item_id,
        quantity=line.quantity,
        term=line.term_duration or None,
        billing_cycle=billing_cycle(line.billing_cycle, "billingCycle"),
        nickname=line.friendly_name or None,
        parent_id=parent(line.parent_subscription_id, line.provisioning_context),
        partner_of_record=of_record,
        additional_partners=additional,
        addons=tuple(wish(addon) for addon in line.addon_items),
    )


def _participants(line: CartLine) -> tuple[str | None, tuple[str, ...]]:
    """The partner of record and those beside it; keys come in any casing, with or without underscores."""
    given: dict[str, list[str]] = {_OF_RECORD: [], _ADDITIONAL: []}
    plain = {name.replace("_", ""): name for name in given}
    for one in line.participants:
        if not one.value:
            continue
        name = plain.get(one.key.replace("_", "").lower())
        if name is None:
            raise Malformed(f"participants: the key is {_OF_RECORD} or {_ADDITIONAL}.", "participants")
        given[name].append(one.value)
    if len(given[_OF_RECORD]) > 1:
        raise Malformed(f"participants: name one {_OF_RECORD} at most.", "participants")
    return next(iter(given[_OF_RECORD]), None), tuple(given[_ADDITIONAL])


def _line(line: Line, lines: Iterable[Line]) -> CartLineBody:
    price = wire.amount(line.unit_price)
    return CartLineBody(
        id=line.number,
        catalog_item_id=line.catalog_item_id,
        friendly_name=line.nickname,
        quantity=line.quantity,
        currency_code=line.currency,
        billing_cycle=line.billing_cycle.value,
        term_duration=line.term or UNSET,
        participants=(
            *((Participant(_OF_RECORD, line.partner_of_record),) if line.partner_of_record else ()),
            *(Participant(_ADDITIONAL, number) for number in line.additional_partners),
        ),
        order_group=line.billing_cycle.value,
        pricing=LinePricing(price, price, price, wire.amount(line.unit_price * line.quantity)),
        provisioning_context=UNSET if line.parent_id is None else {"parentSubscriptionId": str(line.parent_id)},
        addon_items=tuple(_line(below, ()) for below in lines if below.parent_number == line.number),
    )


def _cart(cart: Cart) -> CartBody:
    lines: Sequence[Line] = cart.lines
    return CartBody(
        id=cart.id,
        creation_timestamp=cart.created_at,
        last_modified_timestamp=cart.modified_at,
        expiration_timestamp=cart.expires_at,
        status="Active" if cart.state is CartState.OPEN else "Ordered",
        line_items=tuple(_line(line, lines) for line in lines if line.parent_number is None),
        links=wire.self_link("customers", cart.customer_tenant_id, "carts", cart.id),
        attributes=wire.attributes("Cart", cart.version),
    )


async def _create(call: Call) -> CartBody:
    customer_id, asked = call.id("customer"), call.decode(CartRequest)
    wishes = tuple(wish(line) for line in asked.line_items)
    return _cart(await service.create_cart(call.ctx, customer_id=customer_id, wishes=wishes))


async def _read(call: Call) -> CartBody:
    return _cart(await service.read_cart(call.ctx, customer_id=call.id("customer"), cart_id=call.id("cart")))


async def _replace(call: Call) -> CartBody:
    customer_id, cart_id, asked = call.id("customer"), call.id("cart"), call.decode(CartRequest)
    wishes, version = tuple(wish(line) for line in asked.line_items), wire.wanted_version(call)
    changed = await service.replace_cart(
        call.ctx, customer_id=customer_id, cart_id=cart_id, wishes=wishes, expected_version=version
    )
    return _cart(changed)


async def _checkout(call: Call) -> CheckoutBody:
    orders = await service.checkout(call.ctx, customer_id=call.id("customer"), cart_id=call.id("cart"))
    return CheckoutBody(tuple(present_order(order) for order in orders))


_CARTS = "/v1/customers/{customer}/carts"
ROUTES = (
    Route(("POST",), _CARTS, _create, "carts.create", "Draft a cart.", CartBody, CartRequest, 201),
    Route(("GET",), f"{_CARTS}/{{cart}}", _read, "carts.read", "Read a cart.", CartBody),
    Route(("PUT",), f"{_CARTS}/{{cart}}", _replace, "carts.replace", "Draft a cart anew.", CartBody, CartRequest,
          headers=(wire.IF_MATCH,)),
    Route(("POST",), f"{_CARTS}/{{cart}}/checkout", _checkout, "carts.checkout", "Check a cart out, once.",
          CheckoutBody, status=201),
)  # fmt: skip
