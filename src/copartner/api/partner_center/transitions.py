"""Upgrades and conversions of subscriptions in the contract's three shapes for them.

Pages: transition-a-new-commerce-subscription, 2023-07-14; get-transitions, 2023-03-13; transition-a-subscription,
2023-02-17; upgrade-resources, 2022-06-28; convert-a-trial-subscription-to-paid, 2023-09-22;
get-a-list-of-trial-conversion-offers, 2023-09-22. All of them lead to the same change; licences of users are not kept
here, so none are moved along.
"""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import Malformed, or_none
from copartner.api.partner_center import wire
from copartner.api.partner_center.lines import billing_cycle
from copartner.api.partner_center.offers import OfferBody, Shelf
from copartner.api.partner_center.wire import Attributes, Collection
from copartner.api.registry import Query, Route
from copartner.catalogue.model import Item
from copartner.orders import transition_rules as rules
from copartner.orders import transitions as service
from copartner.orders.model import Change, Prospect, Transition
from copartner.orders.transition_rules import AFTER_TRIAL, WORDS, NotTransitionable, Obstacle
from copartner.subscriptions.service import item_id

_ONLY, _WITH_LICENCES = "transition_only", "transition_with_license_transfer"
_UPGRADE = "upgrade_only"
_CODES = {Obstacle.NOT_ACTIVE: 1, Obstacle.ADDONS: 2}
_UPGRADE_CODES = {
    Obstacle.NOT_ACTIVE: "subscription_status_not_active",
    Obstacle.ADDONS: "subscription_add_ons_present",
}
_NO_LICENCES = "Licences of users are not kept here, so none can be moved along."


class TransitionError(Struct, frozen=True, rename="camel"):
    """Why a transition is not possible."""

    code: int
    description: str


class TransitionDetail(Struct, frozen=True, rename="camel"):
    """Whether one kind of transition is possible."""

    is_eligible: bool
    transition_type: str
    errors: tuple[TransitionError, ...]


class EligibilityBody(Struct, frozen=True, rename="camel"):
    """One thing a subscription may become."""

    catalog_item_id: str
    title: str
    description: str
    quantity: int
    eligibilities: tuple[TransitionDetail, ...]
    attributes: Attributes = Attributes("TransitionEligibility")


class TransitionRequest(Struct, frozen=True, rename="camel"):
    """What a subscription is to become; all of it, or as many of its licences as `quantity` says."""

    to_catalog_item_id: str
    quantity: int
    transition_type: str
    from_catalog_item_id: str | UnsetType = UNSET
    from_subscription_id: UUID | UnsetType = UNSET
    to_subscription_id: UUID | UnsetType = UNSET
    term_duration: str | UnsetType = UNSET
    billing_cycle: str | UnsetType = UNSET


class TransitionEvent(Struct, frozen=True, rename="camel"):
    """One step of a transition; here all is done in the moment it is asked for."""

    name: str
    status: str
    timestamp: datetime
    attributes: Attributes = Attributes("TransitionEvent")


class TransitionBody(Struct, frozen=True, rename="camel"):
    """A transition."""

    operation_id: UUID
    from_catalog_item_id: str
    from_subscription_id: UUID
    to_catalog_item_id: str
    to_subscription_id: UUID
    quantity: int
    term_duration: str
    billing_cycle: str
    transition_type: str
    events: tuple[TransitionEvent, ...]
    attributes: Attributes = Attributes("Transition")


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


def _eligibility(prospect: Prospect, target: Item) -> EligibilityBody:
    found = rules.obstacles(prospect.source, has_addons=prospect.has_addons)
    errors = tuple(TransitionError(_CODES[one], WORDS[one]) for one in found)
    return EligibilityBody(
        catalog_item_id=target.availability.catalog_item_id,
        title=target.sku.title,
        description=target.sku.description,
        quantity=prospect.source.quantity,
        eligibilities=(
            TransitionDetail(not errors, _ONLY, errors),
            TransitionDetail(False, _WITH_LICENCES, (TransitionError(3, _NO_LICENCES),)),
        ),
    )


def _present(found: Transition) -> TransitionBody:
    return TransitionBody(
        operation_id=found.id,
        from_catalog_item_id=found.from_item,
        from_subscription_id=found.subscription_id,
        to_catalog_item_id=found.to_item,
        to_subscription_id=found.to_subscription_id,
        quantity=found.quantity,
        term_duration=found.term,
        billing_cycle=found.billing_cycle.value,
        transition_type=_ONLY,
        events=tuple(TransitionEvent("Conversion", state, found.made_at) for state in ("Started", "Completed")),
    )


async def _prospect(call: Call) -> Prospect:
    return await service.read_targets(
        call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription")
    )


async def _change(call: Call, change: Change) -> Transition:
    return await service.transition_subscription(
        call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription"), change=change
    )


async def _eligibilities(call: Call) -> Collection[EligibilityBody]:
    if (call.query("eligibilityType") or "immediate").lower() not in ("immediate", "scheduled"):
        raise Malformed("eligibilityType: send immediate or scheduled.", "eligibilityType")
    prospect = await _prospect(call)
    return wire.collection((_eligibility(prospect, one) for one in rules.targets(prospect)), call)


async def _list(call: Call) -> Collection[TransitionBody]:
    found = await service.list_transitions(
        call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription")
    )
    asked = call.query_id("operation-id")
    return wire.collection((_present(one) for one in found if asked in (None, one.id)), call)


async def _transition(call: Call) -> TransitionBody:
    subscription_id, asked = call.id("subscription"), call.decode(TransitionRequest)
    if asked.from_subscription_id not in (UNSET, subscription_id):
        raise Malformed("fromSubscriptionId: send the subscription of the address, or nothing.", "fromSubscriptionId")
    kind = asked.transition_type.replace("_", "").lower()
    if kind == _WITH_LICENCES.replace("_", ""):
        raise NotTransitionable(_NO_LICENCES, "transitionType")
    if kind != _ONLY.replace("_", ""):
        raise Malformed(f"transitionType: send {_ONLY}.", "transitionType")
    if asked.to_subscription_id is not UNSET:
        message = "Licences are not moved to a subscription there is; leave toSubscriptionId out."
        raise NotTransitionable(message, "toSubscriptionId")
    change = Change(
        catalog_item_id=asked.to_catalog_item_id,
        quantity=asked.quantity,
        term=asked.term_duration or None,
        billing_cycle=billing_cycle(asked.billing_cycle, "billingCycle"),
    )
    return _present(await _change(call, change))


async def _conversions(call: Call) -> Collection[ConversionBody]:
    prospect = await _prospect(call)
    source = prospect.source
    return wire.collection(
        (
            ConversionBody(
                offer_id=item_id(source),
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
    made = await _change(call, change)
    return ConversionResult(made.to_subscription_id, made.from_item, made.to_item)


async def _upgrades(call: Call) -> Collection[UpgradeBody]:
    prospect = await _prospect(call)
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
    made = await _change(call, Change(catalog_item_id=asked.target_offer.id, quantity=or_none(asked.quantity)))
    return UpgradeResult(made.subscription_id, made.to_subscription_id, _UPGRADE)


_ONE = "/v1/customers/{customer}/subscriptions/{subscription}"
ROUTES = (
    Route(("GET",), f"{_ONE}/transitionEligibilities", _eligibilities, "transitions.list_eligibilities",
          "List what a subscription may become.", Collection[EligibilityBody],
          query=(Query("eligibilityType", "immediate or scheduled."),)),
    Route(("GET",), f"{_ONE}/transitions", _list, "transitions.list", "List what became of a subscription.",
          Collection[TransitionBody], query=(Query("operation-id", "Only this transition."),)),
    Route(("POST",), f"{_ONE}/transitions", _transition, "transitions.make", "Make a subscription another.",
          TransitionBody, TransitionRequest),
    Route(("GET",), f"{_ONE}/conversions", _conversions, "conversions.list", "List what a trial may become.",
          Collection[ConversionBody], user_only=True),
    Route(("POST",), f"{_ONE}/conversions", _convert, "conversions.make", "Make a trial a paid subscription.",
          ConversionResult, ConversionRequest, user_only=True),
    Route(("GET",), f"{_ONE}/upgrades", _upgrades, "upgrades.list", "List the upgrades of a subscription.",
          Collection[UpgradeBody]),
    Route(("POST",), f"{_ONE}/upgrades", _upgrade, "upgrades.make", "Upgrade a subscription.", UpgradeResult,
          UpgradeRequest),
)  # fmt: skip
