"""What a subscription can do now: each act is tried by the rules that it meets when it is done. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from copartner.catalogue import rules as catalogue_rules
from copartner.catalogue.model import BillingCycle, Item, Term
from copartner.kernel.errors import Illegal, Refusal
from copartner.orders import billing_rules, rules
from copartner.orders import transition_rules as transitions
from copartner.orders.model import Change
from copartner.orders.possible_model import Act, Ground, Room
from copartner.subscriptions import rules as subscription_rules
from copartner.subscriptions.model import NextTerm, Patch, Status

LENGTHS = ("P1M", "P1Y", "P3Y")


class NothingFits(Illegal):
    """Nothing that is sold fits the subscription."""


class AlreadySo(Illegal):
    """The subscription has the status already."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One item in one of its terms, and what of the thing stands against it."""

    item: Item
    term: Term
    obstacle: Refusal | None


def obstacle(ground: Ground, act: Act) -> Refusal | None:
    """What stands in the way of the act, of what can be said without choosing anything; None when nothing does."""
    return _tried(_ACTS[act], ground) if act in _ACTS else None


def held_item(ground: Ground) -> Item:
    """The catalogue item that the subscription is of."""
    return next(one for one in ground.items if one.availability.catalog_item_id == ground.own.catalog_item_id)


def longer(ground: Ground) -> str:
    """Another length than the present one, as long as there is."""
    return next(one for one in reversed(LENGTHS) if one != ground.own.term)


def room(ground: Ground) -> Room:
    """From the smallest to the largest quantity that SKU, parent, add-ons and what others hold leave."""
    own, sku = ground.own, held_item(ground).sku
    carried = [addon.quantity for addon in ground.below if addon.status is Status.ACTIVE]
    highest = min([sku.maximum_quantity, *([ground.above.quantity] if ground.above else [])])
    if sku.pooled_maximum is not None:
        highest = min(highest, sku.pooled_maximum - ground.pools.get(sku.reference, 0))
    lowest = max([sku.minimum_quantity, *carried])
    return Room(min(lowest, own.quantity), max(highest, own.quantity))


def cycles(ground: Ground) -> tuple[BillingCycle, ...]:
    """The billing cycles to which the whole order of the subscription can be changed."""
    return tuple(one for one in BillingCycle if _tried(_try_cycle, ground, one) is None)


def next_terms(ground: Ground) -> tuple[Offer, ...]:
    """What the subscription can become when its next term starts, each with the quantity that comes nearest."""
    held = held_item(ground)
    names = (held.sku.reference, *held.sku.upgrade_targets, *held.sku.conversion_targets)
    country = held.availability.country
    return tuple(
        Offer(item, term, _tried(subscription_rules.check_next_term, held.sku, item, _next_term(ground, item, term)))
        for item in ground.items
        if item.sku.reference in names and item.availability.country == country
        for term in item.availability.terms
    )


def upgrades(ground: Ground) -> tuple[Offer, ...]:
    """What the subscription can become now, all of it; first what keeps its term, or follows a trial by itself."""
    names = transitions.references(held_item(ground))
    usual = transitions.AFTER_TRIAL if ground.own.is_trial else ground.own.term
    found = [
        Offer(item, term, _tried(_try_transition, ground, item, term))
        for item in ground.items
        if item.sku.reference in names
        for term in item.availability.terms
    ]
    return tuple(sorted(found, key=lambda one: one.term.duration != usual))


def addons(ground: Ground) -> tuple[Offer, ...]:
    """What can be sold below the subscription now, in the smallest quantity."""
    reference = held_item(ground).sku.reference
    return tuple(
        Offer(item, term, _tried(_try_addon, ground, item))
        for item in ground.items
        if reference in item.sku.parents
        for term in item.availability.terms
    )


def first_obstacle(ground: Ground, offers: Iterable[Offer]) -> Refusal | None:
    """None when one of the offers can be taken; else what stands against the first, or that there is none."""
    found = tuple(offers)
    if not found:
        return NothingFits(f"Nothing that is sold fits {ground.own.offer_name} here.", str(ground.own.id))
    return None if any(one.obstacle is None for one in found) else found[0].obstacle


def requested(ground: Ground, item: Item, act: Act) -> tuple[int, int] | None:
    """What all sellers hold of a pooled SKU and what the act asks of it in all; None where nothing is pooled."""
    if item.sku.pooled_maximum is None:
        return None
    own = ground.own.quantity
    wanted = own + 1 if act is Act.MORE else item.sku.minimum_quantity if act is Act.ADDON else own
    return ground.pools.get(item.sku.reference, 0), wanted


def _tried(attempt: Callable[..., object], *args: object) -> Refusal | None:
    try:
        attempt(*args)
    except Refusal as refusal:
        return refusal
    return None


def _try_status(ground: Ground, wanted: Status) -> None:
    own = ground.own
    if own.status is wanted:
        raise AlreadySo(f"The subscription is {wanted} already.", wanted)
    after = subscription_rules.apply(own, Patch(status=wanted))
    subscription_rules.check_above(own, after, ground.above)


def _try_quantity(ground: Ground, by: int) -> None:
    own = ground.own
    after = subscription_rules.apply(own, Patch(quantity=own.quantity + by))
    parent = ground.above.quantity if ground.above else None
    catalogue_rules.check_quantity(held_item(ground).sku, after.quantity, parent_quantity=parent)
    subscription_rules.check_below(own, after, ground.below)


def _try_next_term(ground: Ground) -> None:
    fitting = next_terms(ground)
    for offer in fitting:
        if offer.obstacle is None:
            wanted = _next_term(ground, offer.item, offer.term)
            present = ground.own.next_term
            # What is scheduled already stands for scheduling anything else of that kind.
            own = replace(ground.own, next_term=None) if wanted == present else ground.own
            subscription_rules.apply(own, Patch(next_term=wanted))
            return
    subscription_rules.apply(ground.own, Patch(nickname="-"))
    missing = first_obstacle(ground, fitting)
    if missing is not None:
        raise missing


def _try_cycles(ground: Ground) -> None:
    if not cycles(ground):
        others = [one for one in (BillingCycle.MONTHLY, BillingCycle.ANNUAL) if one is not ground.own.billing_cycle]
        _try_cycle(ground, others[0])


def _try_cycle(ground: Ground, wanted: BillingCycle) -> None:
    order = ground.order
    if order is None:
        raise rules.UnknownOrder("There is no such order among yours.", str(ground.own.order_id))
    if order.billing_cycle is wanted:
        raise rules.SeveralBillingCycles(f"The order is billed {wanted} already.", "billingCycle")
    held = {one.id: one for one in ground.lines}
    items = {one.availability.catalog_item_id: one for one in ground.items}
    for line in order.lines:
        one = held[line.subscription_id]
        billing_rules.check(line, one, items[one.catalog_item_id], wanted)


def _try_transition(ground: Ground, target: Item, term: Term) -> None:
    change = Change(
        catalog_item_id=target.availability.catalog_item_id, term=term.duration, billing_cycle=term.billing_cycle
    )
    transitions.check(ground.own, held_item(ground), target, change, has_addons=bool(ground.below))
    _check_prerequisites(ground, target)


def _try_addon(ground: Ground, item: Item) -> None:
    subscription_rules.check_parent(ground.own, item.sku, item.sku.minimum_quantity)
    catalogue_rules.check_purchasable(item)
    _check_prerequisites(ground, item)


def _check_prerequisites(ground: Ground, item: Item) -> None:
    drafted = frozenset({item.sku.reference})
    rules.check_prerequisites([item], in_tenant=ground.in_tenant, own=ground.own_references, drafted=drafted)


def _next_term(ground: Ground, item: Item, term: Term) -> NextTerm:
    quantity = min(max(ground.own.quantity, item.sku.minimum_quantity), item.sku.maximum_quantity)
    return NextTerm(item.availability.catalog_item_id, term.duration, term.billing_cycle, quantity)


_ACTS: Mapping[Act, Callable[[Ground], object]] = MappingProxyType(
    {
        Act.SUSPEND: lambda ground: _try_status(ground, Status.SUSPENDED),
        Act.REACTIVATE: lambda ground: _try_status(ground, Status.ACTIVE),
        Act.CANCEL: lambda ground: _try_status(ground, Status.DELETED),
        Act.MORE: lambda ground: _try_quantity(ground, 1),
        Act.FEWER: lambda ground: _try_quantity(ground, -1),
        Act.RENAME: lambda ground: subscription_rules.apply(ground.own, Patch(nickname="-")),
        Act.RENEWAL: lambda ground: subscription_rules.apply(ground.own, Patch(auto_renew=not ground.own.auto_renew)),
        Act.NEXT_TERM: _try_next_term,
        Act.BILLING_CYCLE: _try_cycles,
        Act.TERM: lambda ground: subscription_rules.apply(ground.own, Patch(term=longer(ground))),
        Act.PARTNER_OF_RECORD: lambda ground: subscription_rules.apply(ground.own, Patch(partner_of_record="-")),
    }
)
