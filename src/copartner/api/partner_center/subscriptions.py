"""Subscriptions in the contract's shapes; a change concerns the properties that a client names."""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from copartner.api import queries
from copartner.api.call import Call, Reply
from copartner.api.decoding import Malformed, or_none
from copartner.api.partner_center import pages, wire
from copartner.api.partner_center.lines import billing_cycle, parent
from copartner.api.partner_center.next_terms import NextTermBody, instructed, present_next
from copartner.api.partner_center.products import ProductKind
from copartner.api.partner_center.wire import Attributes, Collection, Link
from copartner.api.registry import Query, Route
from copartner.kernel.ids import id_text, parse_id
from copartner.subscriptions import rules, service
from copartner.subscriptions.model import Kind, Patch, Status, Subscription

DEPARTURE_HEADER = "copartner-departure"
# Decision 10. Source: the page about updating a subscription by its id, 2022-06-13.
_KEPT = "autoRenewEnabled was not sent and stays true; the published service sets it to false"
# What kind of product it is, what its quantity counts, and how it is billed.
_KINDS = {
    Kind.LICENSE: (ProductKind("OnlineServicesNCE", "OnlineServicesNCE"), "Licenses", "license"),
    Kind.AZURE: (ProductKind("Azure", "Azure"), "Usage-based", "usage"),
    Kind.RESERVATION: (ProductKind("AzureReservation", "AzureReservation"), "Licenses", "license"),
}


class StatusName(StrEnum):
    """The published states; `none` is what one client sends for nothing."""

    NONE = "none"
    ACTIVE = "active"
    PENDING = "pending"
    SUSPENDED = "suspended"
    DELETED = "deleted"
    EXPIRED = "expired"
    DISABLED = "disabled"


class SubscriptionRequest(Struct, frozen=True, rename="camel"):
    """What a client asks to change. A property that is absent, null or empty is not asked for.

    `partnerTenantId` and `customerTenantId`, the seller and the holder, are ours; they never change here.
    """

    status: StatusName | UnsetType = UNSET
    quantity: int | UnsetType = UNSET
    friendly_name: str | UnsetType = UNSET
    auto_renew_enabled: bool | UnsetType = UNSET
    term_duration: str | UnsetType = UNSET
    billing_cycle: str | UnsetType = UNSET
    commitment_end_date: str | UnsetType = UNSET
    partner_of_record: str | UnsetType = field(default=UNSET, name="partnerId")
    parent_subscription_id: str | UnsetType = UNSET
    partner_tenant_id: str | UnsetType = UNSET
    customer_tenant_id: str | UnsetType = UNSET
    scheduled_next_term_instructions: NextTermBody | UnsetType = UNSET


class SubscriptionLinks(Struct, frozen=True, rename="camel"):
    """Where the subscription and what it is made of are."""

    self: Link
    product: Link
    sku: Link
    availability: Link
    parent_subscription: Link | UnsetType = UNSET


class RefundOption(Struct, frozen=True, rename="camel"):
    """Until when the subscription may be cancelled."""

    type: str
    expires_at: datetime


class RefundableSeats(Struct, frozen=True, rename="camel"):
    """How many licences may be given back until when."""

    quantity: int
    allowed_until_date_time: datetime


class RefundableQuantity(Struct, frozen=True, rename="camel"):
    """How many licences may be given back."""

    total_quantity: int
    details: tuple[RefundableSeats, ...]


class SubscriptionBody(Struct, frozen=True, rename="camel"):
    """A subscription as its seller reads it."""

    id: UUID
    offer_id: str
    offer_name: str
    friendly_name: str
    product_type: ProductKind
    quantity: int
    unit_type: str
    creation_date: datetime
    effective_start_date: datetime
    status: str
    auto_renew_enabled: bool
    is_trial: bool
    billing_type: str
    billing_cycle: str
    contract_type: str
    order_id: UUID
    links: SubscriptionLinks
    attributes: Attributes
    commitment_end_date: datetime | UnsetType = UNSET
    cancellation_allowed_until_date: datetime | UnsetType = UNSET
    refund_options: tuple[RefundOption, ...] = ()
    refundable_quantity: RefundableQuantity | UnsetType = UNSET
    scheduled_next_term_instructions: NextTermBody | UnsetType = UNSET
    term_duration: str | UnsetType = UNSET
    parent_subscription_id: UUID | UnsetType = UNSET
    partner_of_record: str | UnsetType = field(default=UNSET, name="partnerId")


class ActivationBody(Struct, frozen=True, rename="camel"):
    """That a subscription was activated."""

    subscription_id: UUID
    status: str


def present_subscription(found: Subscription) -> SubscriptionBody:
    """The subscription in the contract's shape."""
    product_type, unit_type, billing_type = _KINDS[found.kind]
    until = rules.window_ends_at(found)
    return SubscriptionBody(
        id=found.id,
        offer_id=f"{found.product_id}:{found.sku_id}:{found.availability_id}",
        offer_name=found.offer_name,
        friendly_name=found.nickname,
        product_type=product_type,
        quantity=found.quantity,
        unit_type=unit_type,
        creation_date=found.created_at,
        effective_start_date=found.starts_at,
        commitment_end_date=wire.given(found.commitment_ends_at),
        cancellation_allowed_until_date=wire.given(until),
        refund_options=() if until is None else (RefundOption("Partial", until),),
        refundable_quantity=UNSET if until is None else _refundable(found.quantity, until),
        scheduled_next_term_instructions=present_next(found.next_term),
        status=found.status,
        auto_renew_enabled=found.auto_renew,
        is_trial=found.is_trial,
        billing_type=billing_type,
        billing_cycle=found.billing_cycle,
        term_duration=found.term or UNSET,
        contract_type="subscription",
        parent_subscription_id=wire.given(found.parent_id),
        partner_of_record=wire.given(found.partner_of_record),
        order_id=found.order_id,
        links=_links(found),
        attributes=wire.attributes("Subscription", found.version),
    )


def _refundable(quantity: int, until: datetime) -> RefundableQuantity:
    return RefundableQuantity(quantity, (RefundableSeats(quantity, until),))


def _links(found: Subscription) -> SubscriptionLinks:
    customer, product, sku, availability = _catalogue_links(
        id_text(found.customer_tenant_id), found.product_id, found.sku_id, found.availability_id
    )
    above = found.parent_id
    return SubscriptionLinks(
        self=Link(f"{customer}/subscriptions/{id_text(found.id)}"),
        product=product,
        sku=sku,
        availability=availability,
        parent_subscription=UNSET if above is None else Link(f"{customer}/subscriptions/{id_text(above)}"),
    )


@lru_cache(1024)
def _catalogue_links(customer_id: str, product: str, sku: str, availability: str) -> tuple[str, Link, Link, Link]:
    """The customer's address and the three links that most rows of a list share; every part is a GUID or a key."""
    customer = f"customers/{customer_id}"
    of_product = f"{customer}/products/{product}"
    of_sku = f"{of_product}/skus/{sku}"
    return customer, Link(of_product), Link(of_sku), Link(f"{of_sku}/availabilities/{availability}")


def _patch(asked: SubscriptionRequest) -> Patch:
    status = asked.status or None
    return Patch(
        status=None if status is None or status is StatusName.NONE else Status(status.value),
        quantity=or_none(asked.quantity),
        nickname=asked.friendly_name or None,
        auto_renew=or_none(asked.auto_renew_enabled),
        term=asked.term_duration or None,
        billing_cycle=billing_cycle(asked.billing_cycle, "billingCycle"),
        commitment_ends_at=_moment(asked.commitment_end_date),
        partner_of_record=asked.partner_of_record or None,
        parent_id=parent(asked.parent_subscription_id, UNSET),
        partner_tenant_id=_tenant(asked.partner_tenant_id, "partnerTenantId"),
        customer_tenant_id=_tenant(asked.customer_tenant_id, "customerTenantId"),
        next_term=instructed(asked.scheduled_next_term_instructions),
    )


def _moment(text: str | UnsetType) -> datetime | None:
    found = queries.date(text or None, "commitmentEndDate")
    return found.moment if found else None


def _tenant(text: str | UnsetType, name: str) -> UUID | None:
    if not text:
        return None
    found = parse_id(text)
    if found is None:
        raise Malformed(f"{name}: send a GUID.", name)
    return found


async def _read(call: Call) -> SubscriptionBody:
    return present_subscription(
        await service.read_subscription(
            call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription")
        )
    )


async def _list(call: Call) -> Collection[SubscriptionBody]:
    customer_id, order_id = call.id("customer"), call.query_id("order_id")
    asked = pages.wanted(call, f"subscriptions/{customer_id}/{order_id}", default=pages.LARGEST)
    found = await service.list_subscriptions(
        call.ctx, customer_id=customer_id, order_id=order_id, after=asked.after, skip=asked.skip, size=asked.size
    )
    order = str(order_id) if order_id else None
    return pages.collection(found, present_subscription, call, asked, order_id=order)


async def _change(call: Call) -> Reply:
    customer_id, subscription_id = call.id("customer"), call.id("subscription")
    patch = _patch(call.decode(SubscriptionRequest))
    changed = await service.change_subscription(
        call.ctx,
        customer_id=customer_id,
        subscription_id=subscription_id,
        patch=patch,
        expected_version=wire.wanted_version(call),
    )
    kept = patch.auto_renew is None and changed.auto_renew
    return Reply.of(200, present_subscription(changed), {DEPARTURE_HEADER: _KEPT} if kept else None)


async def _activate(call: Call) -> ActivationBody:
    found = await service.activate_subscription(
        call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription")
    )
    return ActivationBody(found.id, "Success")


_ALL = "/v1/customers/{customer}/subscriptions"
_ONE = f"{_ALL}/{{subscription}}"
ROUTES = (
    Route(("GET",), _ALL, _list, "subscriptions.list", "List what was sold to a customer.",
          Collection[SubscriptionBody], query=(Query("order_id", "Only those of this order."), *pages.QUERY),
          headers=pages.HEADERS),
    Route(("GET",), _ONE, _read, "subscriptions.read", "Read a subscription.", SubscriptionBody),
    Route(("PATCH",), _ONE, _change, "subscriptions.change", "Change state, quantity, name or renewal.",
          SubscriptionBody, SubscriptionRequest, headers=(wire.IF_MATCH,)),
    Route(("POST",), f"{_ONE}/activate", _activate, "subscriptions.activate", "Activate a pending subscription.",
          ActivationBody),
)  # fmt: skip
