"""What subscriptions may become and became, in the contract's shapes.

Pages: transition-a-new-commerce-subscription, 2023-07-14; get-transitions, 2023-03-13. Licences of users are not kept
here, so none are moved along.
"""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center import wire
from copartner.api.partner_center.lines import billing_cycle
from copartner.api.partner_center.wire import Attributes, Collection
from copartner.api.registry import Query, Route
from copartner.catalogue.model import Item
from copartner.orders import transition_rules as rules
from copartner.orders import transitions as service
from copartner.orders.model import Change, Prospect, Transition
from copartner.orders.transition_rules import WORDS, NotTransitionable, Obstacle

_ONLY, _WITH_LICENCES = "transition_only", "transition_with_license_transfer"
_CODES = {Obstacle.NOT_ACTIVE: 1, Obstacle.ADDONS: 2}
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


async def prospect_of(call: Call) -> Prospect:
    """The subscription of the address, with all it might become."""
    return await service.read_targets(
        call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription")
    )


async def change_of(call: Call, change: Change) -> Transition:
    """Make the subscription of the address another."""
    return await service.transition_subscription(
        call.ctx, customer_id=call.id("customer"), subscription_id=call.id("subscription"), change=change
    )


async def _eligibilities(call: Call) -> Collection[EligibilityBody]:
    if (call.query("eligibilityType") or "immediate").lower() not in ("immediate", "scheduled"):
        raise Malformed("eligibilityType: send immediate or scheduled.", "eligibilityType")
    prospect = await prospect_of(call)
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
    return _present(await change_of(call, change))


_ONE = "/v1/customers/{customer}/subscriptions/{subscription}"
ROUTES = (
    Route(("GET",), f"{_ONE}/transitionEligibilities", _eligibilities, "transitions.list_eligibilities",
          "List what a subscription may become.", Collection[EligibilityBody],
          query=(Query("eligibilityType", "immediate or scheduled."),)),
    Route(("GET",), f"{_ONE}/transitions", _list, "transitions.list", "List what became of a subscription.",
          Collection[TransitionBody], query=(Query("operation-id", "Only this transition."),)),
    Route(("POST",), f"{_ONE}/transitions", _transition, "transitions.make", "Make a subscription another.",
          TransitionBody, TransitionRequest),
)  # fmt: skip
