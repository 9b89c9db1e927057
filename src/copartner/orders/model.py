"""What is drafted and what was placed: carts and orders with their lines."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from copartner.catalogue.model import BillingCycle, Item
from copartner.subscriptions.model import Status, Subscription


class CartState(StrEnum):
    """A cart is open until its first checkout."""

    OPEN = "open"
    CHECKED_OUT = "checked_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One line as a caller asks for it; what is left out is taken when the catalogue leaves no choice.

    `parent_id` is the subscription an add-on goes below; `addons` go below the subscription this line makes.
    `partner_of_record` and `additional_partners` are numbers of indirect resellers in the programme.
    """

    catalog_item_id: str
    quantity: int
    term: str | None = None
    billing_cycle: BillingCycle | None = None
    nickname: str | None = None
    parent_id: UUID | None = None
    partner_of_record: str | None = None
    additional_partners: tuple[str, ...] = ()
    addons: tuple["Wish", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One settled line; `number` counts from 0, `parent_number` is the line of this draft an add-on goes below."""

    number: int
    catalog_item_id: str
    title: str
    nickname: str
    quantity: int
    term: str
    billing_cycle: BillingCycle
    unit_price: Decimal
    currency: str
    parent_id: UUID | None = None
    parent_number: int | None = None
    partner_of_record: str | None = None
    additional_partners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cart:
    """A partner's draft for one customer; it expires 7 days after it was made."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id",)

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID
    lines: tuple[Line, ...]
    state: CartState
    created_at: datetime
    modified_at: datetime
    expires_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of a placed order and the subscription it made."""

    number: int
    catalog_item_id: str
    title: str
    nickname: str
    quantity: int
    term: str
    billing_cycle: BillingCycle
    subscription_id: UUID
    parent_id: UUID | None
    partner_of_record: str | None
    unit_price: Decimal
    additional_partners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """A placed order: lines of one billing cycle, each of which made a subscription."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID
    relationship_id: UUID | None
    cart_id: UUID | None
    billing_cycle: BillingCycle
    currency: str = field(metadata={"seller_only": True})
    lines: tuple[OrderLine, ...] = field(metadata={"seller_only": True})
    placed_at: datetime
    placed_by: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """What became of one line of an order: the state of its subscription, and where that is activated, if anywhere."""

    line_number: int
    quantity: int
    status: Status
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a subscription is to become; what is left out stays, a trial's term becomes a year."""

    catalog_item_id: str
    quantity: int | None = None
    term: str | None = None
    billing_cycle: BillingCycle | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """That a subscription, or a part of it, became another; the order says at what price."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID
    subscription_id: UUID
    to_subscription_id: UUID
    order_id: UUID
    from_item: str
    to_item: str
    quantity: int
    term: str
    billing_cycle: BillingCycle
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Prospect:
    """A subscription with all that is sold in its customer's country, and whether add-ons stand below it."""

    source: Subscription
    items: tuple[Item, ...]
    has_addons: bool
