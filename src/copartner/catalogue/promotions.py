"""What a promotion asks of a purchase. Pure; the moment is passed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from copartner.catalogue import rules
from copartner.catalogue.model import BillingCycle, Item, Promotion, Segment
from copartner.kernel.errors import NotFound

MOST = 100


class UnknownPromotion(NotFound):
    """No such promotion is sold in the country."""


class Obstacle(StrEnum):
    """Why a purchase does not get a promotion; spelled as published (verify-promotion-eligibility, 2023)."""

    INVALID_CATALOG_ITEM_ID = "InvalidCatalogItemId"
    INVALID_PROMOTION = "InvalidPromotion"
    SEAT_COUNT = "SeatCount"
    TERM = "Term"
    NO_PROMOTIONS_AVAILABLE = "NoPromotionsAvailable"


WORDS = {
    Obstacle.INVALID_CATALOG_ITEM_ID: "The customer's country has no such catalogue item.",
    Obstacle.INVALID_PROMOTION: "There is no such promotion for this item at present.",
    Obstacle.SEAT_COUNT: "The quantity is outside the seats of the promotion.",
    Obstacle.TERM: "The promotion is for another term or billing cycle.",
    Obstacle.NO_PROMOTIONS_AVAILABLE: "There is no promotion for this item at present.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """What somebody thinks of buying; without `promotion_id` every promotion for the item is judged."""

    number: int
    catalog_item_id: str
    quantity: int
    term: str
    billing_cycle: BillingCycle
    promotion_id: str | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What a purchase is judged by: the promotions and the items of one country."""

    promotions: tuple[Promotion, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What a promotion says of a purchase: eligible where nothing is in the way; no promotion where there is none."""

    promotion: Promotion | None
    promotion_id: str | None
    obstacles: tuple[Obstacle, ...]


def current(promotions: Iterable[Promotion], *, segment: Segment | None, now: datetime) -> tuple[Promotion, ...]:
    """Those for the segment that can be had at that moment."""
    return tuple(it for it in promotions if it.runs(now) and rules.shows(segment, it.segment))


def pick(promotions: Iterable[Promotion], promotion_id: str) -> Promotion:
    """The promotion of that identifier, whenever it runs; raises UnknownPromotion."""
    for promotion in promotions:
        if promotion.id == promotion_id.strip().upper():
            return promotion
    raise UnknownPromotion(f"There is no promotion {promotion_id} in this country.", promotion_id)


def judge(purchase: Purchase, basis: Basis, *, now: datetime) -> tuple[Eligibility, ...]:
    """What the named promotion, or each one for the item, says of a purchase."""
    wanted = purchase.promotion_id.strip().upper() if purchase.promotion_id else None
    named = purchase.catalog_item_id.strip().upper()
    item = next((it for it in basis.items if it.availability.catalog_item_id == named), None)
    if item is None:
        return (Eligibility(None, wanted, (Obstacle.INVALID_CATALOG_ITEM_ID,)),)
    fitting = [
        it
        for it in basis.promotions
        if it.runs(now)
        and (it.product_id, it.sku_id) == (item.sku.product_id, item.sku.id)
        and it.segment is item.availability.segment
        and wanted in (None, it.id)
    ]
    if not fitting:
        nothing = Obstacle.INVALID_PROMOTION if wanted else Obstacle.NO_PROMOTIONS_AVAILABLE
        return (Eligibility(None, wanted, (nothing,)),)
    return tuple(Eligibility(it, it.id, _obstacles(purchase, it)) for it in fitting)


def _obstacles(purchase: Purchase, promotion: Promotion) -> tuple[Obstacle, ...]:
    found = []
    if not promotion.minimum_seats <= purchase.quantity <= promotion.maximum_seats:
        found.append(Obstacle.SEAT_COUNT)
    if (purchase.term.strip().upper(), purchase.billing_cycle) != (promotion.duration, promotion.billing_cycle):
        found.append(Obstacle.TERM)
    return tuple(found)
