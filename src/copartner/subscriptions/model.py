"""What a customer holds: one line of an order, run by the partner that sold it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from copartner.catalogue.model import BillingCycle
from copartner.kernel.paging import Page


class Status(StrEnum):
    """The states a subscription can be in; spelled as published."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    DISABLED = "disabled"
    DELETED = "deleted"


class Kind(StrEnum):
    """What is held: licences, an Azure plan, or a reservation."""

    LICENSE = "license"
    AZURE = "azure"
    RESERVATION = "reservation"


@dataclass(frozen=True, slots=True)
class NextTerm:
    """What the subscription becomes when its next term starts; it stays as it is without any."""

    catalog_item_id: str
    term: str
    billing_cycle: BillingCycle
    quantity: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription; `partner_tenant_id` is the seller, the operator tenant when the customer bought directly.

    `term` is P1M, P1Y or P3Y, empty for what is metered; `unit_price` is what the partner pays for one unit and term.
    `starts_at` is the purchase, `term_starts_at` the beginning of the present term.
    """

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID
    order_id: UUID
    line_number: int
    partner_of_record: str | None
    parent_id: UUID | None
    product_id: str
    sku_id: str
    availability_id: str
    kind: Kind
    offer_name: str
    nickname: str
    quantity: int
    status: Status
    auto_renew: bool
    term: str
    billing_cycle: BillingCycle
    unit_price: Decimal = field(metadata={"seller_only": True})
    currency: str = field(metadata={"seller_only": True})
    created_at: datetime
    starts_at: datetime
    commitment_ends_at: datetime | None
    is_trial: bool
    term_starts_at: datetime
    next_term: NextTerm | None = None
    version: int = 1

    @property
    def catalog_item_id(self) -> str:
        """The catalogue item that it is of."""
        return f"{self.product_id}:{self.sku_id}:{self.availability_id}"


@dataclass(frozen=True, slots=True)
class Family:
    """A subscription, the parent it goes below, and its add-ons that have not ended; all locked together."""

    own: Subscription | None
    above: Subscription | None
    below: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class HeldSubscription:
    """A subscription as its customer sees it: with the seller's name, without what the seller pays."""

    id: UUID
    partner_tenant_id: UUID
    seller_name: str
    offer_name: str
    nickname: str
    quantity: int
    status: Status
    auto_renew: bool
    term: str
    billing_cycle: BillingCycle
    starts_at: datetime
    commitment_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldTerm(HeldSubscription):
    """The same with its present term: `vendor` sold it directly, `partner_of_record` is credited for it."""

    term_starts_at: datetime
    is_trial: bool
    partner_of_record: str | None
    vendor: bool


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sold something to a customer, and how many subscriptions of it."""

    id: UUID
    name: str
    subscriptions: int


@dataclass(frozen=True, slots=True)
class Holding:
    """A page of what a customer holds, by the end of the term, and all sellers of the like."""

    page: Page[HeldTerm]
    sellers: tuple[Seller, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What a caller asks to change; None means not asked. Only the first five can ever change this way."""

    status: Status | None = None
    quantity: int | None = None
    nickname: str | None = None
    auto_renew: bool | None = None
    next_term: NextTerm | None = None
    term: str | None = None
    billing_cycle: BillingCycle | None = None
    commitment_ends_at: datetime | None = None
    partner_of_record: str | None = None
    parent_id: UUID | None = None
    partner_tenant_id: UUID | None = None
    customer_tenant_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SupportContact:
    """Who supports a subscription: its seller, or the partner that the seller named; `id` is the subscription."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID
    support_tenant_id: UUID
    mpn_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Registration:
    """Whether an Azure subscription may be used to buy reservations; `id` is the subscription."""

    audience: ClassVar[tuple[str, ...]] = ("partner_tenant_id", "customer_tenant_id")

    id: UUID
    customer_tenant_id: UUID
    partner_tenant_id: UUID
    kind: Kind
    status: Status
    registered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Activation:
    """Where one line of an order is activated; no link where nothing has to be."""

    line_number: int
    link: str | None


@dataclass(frozen=True, slots=True)
class TermEnd:
    """A day on which a new term may end early, to end with the month or with others; `at` is the last moment of it."""

    at: datetime
    aligned_with: tuple[UUID, ...]
