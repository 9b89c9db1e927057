"""Promotions, and what they say of a purchase, in the contract's shapes (promotion-resources, 2022-12-09)."""

from datetime import datetime
from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center import wire
from copartner.api.partner_center.lines import billing_cycle
from copartner.api.partner_center.wire import Attributes, Collection
from copartner.api.registry import Query, Route
from copartner.catalogue import service
from copartner.catalogue.model import BillingCycle, Promotion
from copartner.catalogue.promotions import WORDS, Eligibility, Obstacle, Purchase

_COUNTRY = Query("country", "A two-letter country code; promotions differ by country.")


class PromotionTerm(Struct, frozen=True, rename="camel"):
    """The term a promotion is for."""

    duration: str
    billing_cycle: str


class PricingPolicy(Struct, frozen=True, rename="camel"):
    """How a price changes: the part of it that is taken off."""

    policy_type: str
    value: str


class RequiredProduct(Struct, frozen=True, rename="camel"):
    """What has to be bought to get the promotion."""

    product_id: str
    sku_id: str
    term: PromotionTerm
    pricing_policies: tuple[PricingPolicy, ...]


class PromotionProperties(Struct, frozen=True, rename="camel"):
    """Whether the price sheet takes it off without being asked."""

    is_auto_applicable: bool


class SeatConstraint(Struct, frozen=True, rename="camel"):
    """How many seats of one subscription it is for."""

    min_seats: int
    max_seats: int
    type: str = "SubscriptionQuantity"


class PromotionConstraints(Struct, frozen=True, rename="camel"):
    """What limits it."""

    seat_constraints: tuple[SeatConstraint, ...]


class PromotionBody(Struct, frozen=True, rename="camel"):
    """A promotion."""

    id: str
    name: str
    description: str
    start_date: datetime
    end_date: datetime
    properties: PromotionProperties
    required_products: tuple[RequiredProduct, ...]
    promotion_constraints: PromotionConstraints
    attributes: Attributes = Attributes("Promotion")


class PurchaseRequest(Struct, frozen=True, rename="camel"):
    """One purchase as a client thinks of it; its number may be text."""

    catalog_item_id: str
    quantity: int
    term_duration: str
    billing_cycle: str
    id: int | str = 0
    promotion_id: str | UnsetType = UNSET


class PurchasesRequest(Struct, frozen=True, rename="camel"):
    """The purchases to judge."""

    items: tuple[PurchaseRequest, ...]


class EligibilityError(Struct, frozen=True, rename="camel"):
    """One thing that is in the way."""

    type: str
    description: str
    minimum_required_seats: int | UnsetType = UNSET
    maximum_required_seats: int | UnsetType = UNSET
    eligible_terms: tuple[PromotionTerm, ...] | UnsetType = UNSET


class EligibilityBody(Struct, frozen=True, rename="camel"):
    """What one promotion says of a purchase."""

    is_eligible: bool
    promotion_id: str | UnsetType = UNSET
    errors: tuple[EligibilityError, ...] | UnsetType = UNSET


class EligibilitiesBody(Struct, frozen=True, rename="camel"):
    """A purchase and what the promotions say of it."""

    id: int
    catalog_item_id: str
    quantity: int
    billing_cycle: str
    term_duration: str
    eligibilities: tuple[EligibilityBody, ...]
    attributes: Attributes = Attributes("PromotionEligibilities")


def _present(promotion: Promotion) -> PromotionBody:
    return PromotionBody(
        id=promotion.id,
        name=promotion.name,
        description=promotion.description,
        start_date=promotion.starts_at,
        end_date=promotion.ends_at,
        properties=PromotionProperties(is_auto_applicable=False),
        required_products=(
            RequiredProduct(
                product_id=promotion.product_id,
                sku_id=promotion.sku_id,
                term=_term(promotion),
                pricing_policies=(PricingPolicy("PercentDiscount", _plain(promotion.discount)),),
            ),
        ),
        promotion_constraints=PromotionConstraints((SeatConstraint(promotion.minimum_seats, promotion.maximum_seats),)),
    )


def _term(promotion: Promotion) -> PromotionTerm:
    return PromotionTerm(promotion.duration, promotion.billing_cycle.value)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _purchase(asked: PurchaseRequest) -> Purchase:
    number = str(asked.id).strip()
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise Malformed("items.id: send a whole number.", "items.id")
    return Purchase(
        number=int(number),
        catalog_item_id=asked.catalog_item_id,
        quantity=asked.quantity,
        term=asked.term_duration,
        billing_cycle=billing_cycle(asked.billing_cycle, "billingCycle") or BillingCycle.NONE,
        promotion_id=asked.promotion_id or None,
    )


def _eligibility(found: Eligibility) -> EligibilityBody:
    return EligibilityBody(
        is_eligible=not found.obstacles,
        promotion_id=wire.given(found.promotion_id),
        errors=tuple(_error(one, found.promotion) for one in found.obstacles) or UNSET,
    )


def _error(obstacle: Obstacle, promotion: Promotion | None) -> EligibilityError:
    if promotion is not None and obstacle is Obstacle.SEAT_COUNT:
        seats = promotion.minimum_seats, promotion.maximum_seats
        return EligibilityError(obstacle.value, WORDS[obstacle], *seats)
    if promotion is not None and obstacle is Obstacle.TERM:
        return EligibilityError(obstacle.value, WORDS[obstacle], eligible_terms=(_term(promotion),))
    return EligibilityError(obstacle.value, WORDS[obstacle])


async def _list(call: Call) -> Collection[PromotionBody]:
    found = await service.list_promotions(call.ctx, country=call.query("country"), target_segment=call.query("segment"))
    return wire.collection(map(_present, found), call)


async def _read(call: Call) -> PromotionBody:
    asked = call.text("productpromotion")
    return _present(await service.read_promotion(call.ctx, promotion_id=asked, country=call.query("country")))


async def _check(call: Call) -> Collection[EligibilitiesBody]:
    customer_id = call.id("customer")
    purchases = tuple(_purchase(one) for one in call.decode(PurchasesRequest).items)
    found = await service.check_promotions(call.ctx, customer_id=customer_id, purchases=purchases)
    judged = zip(purchases, found, strict=True)
    return wire.collection((_judged(purchase, eligibilities) for purchase, eligibilities in judged), call)


def _judged(purchase: Purchase, eligibilities: tuple[Eligibility, ...]) -> EligibilitiesBody:
    return EligibilitiesBody(
        id=purchase.number,
        catalog_item_id=purchase.catalog_item_id,
        quantity=purchase.quantity,
        billing_cycle=purchase.billing_cycle.value,
        term_duration=purchase.term,
        eligibilities=tuple(map(_eligibility, eligibilities)),
    )


ROUTES = (
    Route(("GET",), "/v1/productpromotions", _list, "promotions.list", "List the promotions of a country.",
          Collection[PromotionBody], query=(_COUNTRY, Query("segment", "Whom they are for, such as commercial."))),
    Route(("GET",), "/v1/productpromotions/{productpromotion}", _read, "promotions.read", "Read a promotion.",
          PromotionBody, query=(_COUNTRY,)),
    Route(("POST",), "/v1/customers/{customer}/promotionEligibilities", _check, "promotions.check",
          "Say whether purchases get promotions.", Collection[EligibilitiesBody], PurchasesRequest),
)  # fmt: skip
