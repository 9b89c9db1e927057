"""Upgrades and the conversion of trials in the older shapes; both are transitions.

Pages: convert-a-trial-subscription-to-paid and get-a-list-of-trial-conversion-offers, 2023-09-22;
transition-a-subscription, 2023-02-17; upgrade-resources, 2022-06-28.
"""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import or_none
from copartner.api.partner_center import wire
from copartner.api.partner_center.lines import billing_cycle
from copartner.api.partner_center.offers import OfferBody, Shelf
from copartner.api.partner_center.transitions import change_of, prospect_of
from copartner.api.partner_center.wire import Attributes, Collection
from copartner.api.registry import Route
from copartner.orders import transition_rules as rules
from copartner.orders.model import Change
from copartner.orders.transition_rules import AFTER_TRIAL, WORDS, Obstacle

_UPGRADE = "upgrade_only"
_UPGRADE_CODES = {
    Obstacle.NOT_ACTIVE: "subscription_status_not_active",
    Obstacle.ADDONS: "subscription_add_ons_present",
}


class ConversionBody(Struct, frozen=True, rename="camel"):
    """What a trial may become, with one billing cycle of a year."""

    offer_id: str
    target_offer_id: str
    order_id: UUID
    quantity: int
    billing_cycle: str
    attributes: Attributes = Attributes("Conversion")


class ConversionRequest(Struct, frozen=True, rename="camel"):
    """What a trial is to become."""

    target_offer_id: str
    quantity: int | UnsetType = UNSET
    billing_cycle: str | UnsetType = UNSET


class ConversionResult(Struct, frozen=True, rename="camel"):
    """That a trial became paid."""

    subscription_id: UUID
    offer_id: str
    target_offer_id: str
    attributes: Attributes = Attributes("ConversionResult")


class UpgradeError(Struct, frozen=True, rename="camel"):
    """Why an upgrade is not possible."""

    code: str
    description: str
    attributes: Attributes = Attributes("UpgradeError")


class UpgradeBody(Struct, frozen=True, rename="camel"):
    """An offer a subscription may be upgraded to."""

    target_offer: OfferBody
    upgrade_type: str
    is_eligible: bool
    quantity: int
    upgrade_errors: tuple[UpgradeError, ...]
    attributes: Attributes = Attributes("Upgrade")


class TargetOffer(Struct, frozen=True, rename="camel"):
    """The offer of an upgrade; clients send the whole of it back."""

    id: str


class UpgradeRequest(Struct, frozen=True, rename="camel"):
    """An upgrade to an offer."""

    target_offer: TargetOffer
    quantity: int | UnsetType = UNSET


class UpgradeResult(Struct, frozen=True, rename="camel"):
    """That a subscription was upgraded."""

    source_subscription_id: UUID
    target_subscription_id: UUID
    upgrade_type: str
    upgrade_errors: tuple[UpgradeError, ...] = ()
    license_errors: tuple[UpgradeError, ...] = ()
    attributes: Attributes = Attributes("UpgradeResult")


async def _conversions(call: Call) -> Collection[ConversionBody]:
    prospect = await prospect_of(call)
    source = prospect.source
    return wire.collection(
        (
            ConversionBody(
                offer_id=source.catalog_item_id,
                target_offer_id=target.availability.catalog_item_id,
                order_id=source.order_id,
                quantity=source.quantity,
                billing_cycle=term.billing_cycle.value,
            )
            for target in (rules.targets(prospect) if source.is_trial else ())
            for term in target.availability.terms
            if term.duration == AFTER_TRIAL
        ),
        call,
    )


async def _convert(call: Call) -> ConversionResult:
    asked = call.decode(ConversionRequest)
    cycle = billing_cycle(asked.billing_cycle, "billingCycle")
    change = Change(catalog_item_id=asked.target_offer_id, quantity=or_none(asked.quantity), billing_cycle=cycle)
    made = await change_of(call, change)
    return ConversionResult(made.to_subscription_id, made.from_item, made.to_item)


async def _upgrades(call: Call) -> Collection[UpgradeBody]:
    prospect = await prospect_of(call)
    shelf = Shelf(prospect.items, call.ctx.locale)
    found = rules.obstacles(prospect.source, has_addons=prospect.has_addons)
    errors = tuple(UpgradeError(_UPGRADE_CODES[one], WORDS[one]) for one in found)
    targets = () if prospect.source.is_trial else rules.targets(prospect)
    return wire.collection(
        (UpgradeBody(offer, _UPGRADE, not errors, prospect.source.quantity, errors) for offer in shelf.offers(targets)),
        call,
    )


async def _upgrade(call: Call) -> UpgradeResult:
    asked = call.decode(UpgradeRequest)
    made = await change_of(call, Change(catalog_item_id=asked.target_offer.id, quantity=or_none(asked.quantity)))
    return UpgradeResult(made.subscription_id, made.to_subscription_id, _UPGRADE)


_ONE = "/v1/customers/{customer}/subscriptions/{subscription}"
ROUTES = (
    Route(("GET",), f"{_ONE}/conversions", _conversions, "conversions.list", "List what a trial may become.",
          Collection[ConversionBody], user_only=True),
    Route(("POST",), f"{_ONE}/conversions", _convert, "conversions.make", "Make a trial a paid subscription.",
          ConversionResult, ConversionRequest, user_only=True),
    Route(("GET",), f"{_ONE}/upgrades", _upgrades, "upgrades.list", "List the upgrades of a subscription.",
          Collection[UpgradeBody]),
    Route(("POST",), f"{_ONE}/upgrades", _upgrade, "upgrades.make", "Upgrade a subscription.", UpgradeResult,
          UpgradeRequest),
)  # fmt: skip
