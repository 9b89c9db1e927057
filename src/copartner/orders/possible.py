"""What the seller of a subscription could do with it now, and why not the rest. Nothing is recorded by looking."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from copartner.catalogue.model import Item
from copartner.command.context import Context
from copartner.command.denial import objection
from copartner.orders import possible_rules, rules, store
from copartner.orders.possible_model import Act, Choice, Ground, Outlook, Possibility
from copartner.orders.possible_rules import Offer
from copartner.policy.actions import Action
from copartner.policy.explain import Explanation
from copartner.policy.facts import Customer, Facts, Order, Pool
from copartner.subscriptions import rules as subscription_rules
from copartner.subscriptions.model import Status
from copartner.subscriptions.service import existing

Questions = Iterable[tuple[Action, Facts]]


async def read_possibilities(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> Outlook:
    """One subscription that the acting partner sold, and what could be done with it.

    An act is open when the rules allow it and the thing can do it: both are asked as they will be when it is done.
    Raises Denied, UnknownSubscription.
    """
    found = await ctx.find(Action.SUBSCRIPTION_READ, store.possibilities(), customer_id, subscription_id, body=Ground)
    return _outlook(ctx, existing(found, subscription_id))


def _outlook(ctx: Context, ground: Ground) -> Outlook:
    ways = {
        Act.NEXT_TERM: _taken(ctx, ground, Act.NEXT_TERM, possible_rules.next_terms(ground)),
        Act.TRANSITION: _taken(ctx, ground, Act.TRANSITION, possible_rules.upgrades(ground)),
        Act.ADDON: _taken(ctx, ground, Act.ADDON, possible_rules.addons(ground)),
    }
    history = objection(ctx, Action.SUBSCRIPTION_READ_TRANSITIONS, _own(ground))
    return Outlook(
        subscription=ground.own,
        company_name=ground.company_name,
        above=ground.above,
        below=ground.below,
        order=ground.order,
        contact=ground.contact,
        window_ends_at=subscription_rules.window_ends_at(ground.own),
        transitions=ground.transitions if history is None else None,
        history_denied=history,
        titles={one.availability.catalog_item_id: one.sku.title for one in ground.items},
        possible={act: _possibility(ctx, ground, act) for act in Act},
        room=possible_rules.room(ground),
        cycles=possible_rules.cycles(ground),
        next_terms=ways[Act.NEXT_TERM],
        upgrades=ways[Act.TRANSITION],
        addons=ways[Act.ADDON],
    )


def _possibility(ctx: Context, ground: Ground, act: Act) -> Possibility:
    if act in (Act.TRANSITION, Act.ADDON):
        offers = possible_rules.upgrades(ground) if act is Act.TRANSITION else possible_rules.addons(ground)
        return _of_offers(ctx, ground, act, offers)
    return Possibility(act, _denied(ctx, _ASKED[act](ctx, ground)), possible_rules.obstacle(ground, act))


def _of_offers(ctx: Context, ground: Ground, act: Act, offers: tuple[Offer, ...]) -> Possibility:
    """Open when one of the offers is; else what stands against the first that the thing could take, or against all."""
    obstacle = possible_rules.first_obstacle(ground, offers)
    able = [one for one in offers if one.obstacle is None]
    asked: Sequence[Offer | None] = able or offers[:1] or [None]
    denials = [_denied(ctx, _of_sale(ctx, ground, act, offer)) for offer in asked]
    return Possibility(act, None if None in denials else denials[0], obstacle)


def _taken(ctx: Context, ground: Ground, act: Act, offers: tuple[Offer, ...]) -> tuple[Choice, ...]:
    """The offers that can be taken now, by item."""
    open_ones = [
        one
        for one in offers
        if one.obstacle is None and (act is Act.NEXT_TERM or _denied(ctx, _of_sale(ctx, ground, act, one)) is None)
    ]
    items = {one.item.availability.catalog_item_id: one.item for one in open_ones}
    return tuple(Choice(item, tuple(one.term for one in open_ones if one.item is item)) for item in items.values())


def _denied(ctx: Context, questions: Questions) -> Explanation | None:
    """The first objection of the rules, in the order in which they are asked."""
    return next((said for action, facts in questions if (said := objection(ctx, action, facts))), None)


def _own(ground: Ground) -> Facts:
    """What an act on the subscription alone is judged by."""
    return replace(ground.facts, tenants=(), organisations=())


def _changing(
    ctx: Context,
    ground: Ground,
    *,
    facts: Facts | None = None,
    status: Status | None = None,
    by: int = 0,
    term: str | None = None,
) -> Facts:
    facts = facts or _own(ground)
    quantity = ground.own.quantity + by if by else None
    commitment = subscription_rules.commitment(ground.own, status=status, quantity=quantity, term=term, now=ctx.moment)
    return replace(facts, context=replace(facts.context, commitment=commitment))


def _more(ctx: Context, ground: Ground) -> Iterator[tuple[Action, Facts]]:
    facts = _changing(ctx, ground, by=1)
    yield Action.SUBSCRIPTION_CHANGE_QUANTITY, facts
    yield from _seats(ground, possible_rules.held_item(ground), Act.MORE, facts)


def _billing(ctx: Context, ground: Ground) -> Iterator[tuple[Action, Facts]]:
    seller, customer = str(ground.own.partner_tenant_id), str(ground.own.customer_tenant_id)
    order = Order(id=str(ground.own.order_id), partner=seller, customer=customer)
    yield Action.ORDER_CHANGE_BILLING_CYCLE, replace(ground.facts, resource=order)
    yield Action.SUBSCRIPTION_CHANGE_BILLING_CYCLE, _changing(ctx, ground, status=Status.DELETED)


def _of_sale(ctx: Context, ground: Ground, act: Act, offer: Offer | None) -> Iterator[tuple[Action, Facts]]:
    """What is asked when the offer is sold below the subscription, or when it becomes it; without one, of any sale."""
    facts = ground.facts
    items = [] if offer is None else [offer.item]
    context = rules.context_of(facts.context, items, azure_elsewhere=ground.azure_elsewhere)
    if ground.delegated is not None:
        elsewhere = any(item.product.id in ground.delegated for item in items)
        context = replace(context, service_delegated_elsewhere=elsewhere)
    if act is Act.ADDON:
        partner, customer = facts.principal.tenant, str(ground.own.customer_tenant_id)
        facts = replace(facts, resource=Customer(id=customer, partner=partner, customer=customer), context=context)
        yield Action.ORDER_PLACE, facts
        yield Action.SUBSCRIPTION_ADD_ADDON, _own(ground)
    else:
        facts = _changing(
            ctx, ground, facts=replace(facts, context=context), term=None if offer is None else offer.term.duration
        )
        yield Action.SUBSCRIPTION_TRANSITION, facts
    if offer is not None:
        yield from _seats(ground, offer.item, act, facts)


def _seats(ground: Ground, item: Item, act: Act, facts: Facts) -> Iterator[tuple[Action, Facts]]:
    asked, maximum = possible_rules.requested(ground, item, act), item.sku.pooled_maximum
    if asked is not None and maximum is not None:
        pool = Pool(maximum=maximum, held=asked[0], requested=asked[1])
        yield Action.SEATS_TAKE, replace(facts, context=replace(facts.context, pool=pool))


def _term(ctx: Context, ground: Ground) -> Questions:
    return [(Action.SUBSCRIPTION_CHANGE_TERM, _changing(ctx, ground, term=possible_rules.longer(ground)))]


def _plain(action: Action, **change: Any) -> Callable[[Context, Ground], Questions]:
    return lambda ctx, ground: [(action, _changing(ctx, ground, **change))]


_ASKED: Mapping[Act, Callable[[Context, Ground], Questions]] = MappingProxyType(
    {
        Act.SUSPEND: _plain(Action.SUBSCRIPTION_SUSPEND, status=Status.SUSPENDED),
        Act.REACTIVATE: _plain(Action.SUBSCRIPTION_REACTIVATE, status=Status.ACTIVE),
        Act.CANCEL: _plain(Action.SUBSCRIPTION_CANCEL, status=Status.DELETED),
        Act.MORE: _more,
        Act.FEWER: _plain(Action.SUBSCRIPTION_CHANGE_QUANTITY, by=-1),
        Act.RENAME: _plain(Action.SUBSCRIPTION_RENAME),
        Act.RENEWAL: _plain(Action.SUBSCRIPTION_SET_AUTO_RENEW),
        Act.NEXT_TERM: _plain(Action.SUBSCRIPTION_SET_AUTO_RENEW),
        Act.BILLING_CYCLE: _billing,
        Act.TERM: _term,
        Act.SUPPORT_CONTACT: _plain(Action.SUBSCRIPTION_SET_SUPPORT_CONTACT),
        Act.PARTNER_OF_RECORD: _plain(Action.SUBSCRIPTION_SET_PARTNER_OF_RECORD),
    }
)
