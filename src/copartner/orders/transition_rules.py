"""What a subscription can become: another SKU, the paid one after a trial, with a longer term. Pure.

Source: create-a-new-subscription, "Full upgrades", "Partial upgrades", 2023; transition-a-new-commerce-subscription,
2023-07-14. All licences: the same subscription becomes the other. Some: they leave it for a new one that ends with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from copartner.catalogue import rules as catalogue_rules
from copartner.catalogue.model import BillingCycle, Item, Term
from copartner.kernel.calendar import add_months, months_of
from copartner.kernel.errors import Illegal
from copartner.orders.model import Change, Order, OrderLine, Prospect, Transition
from copartner.subscriptions.model import Kind, Status, Subscription

AFTER_TRIAL = "P1Y"


class Obstacle(StrEnum):
    """Why a subscription cannot become another now."""

    NOT_ACTIVE = "not_active"
    ADDONS = "addons"


WORDS = {
    Obstacle.NOT_ACTIVE: "Only an active licence subscription becomes another; activate it first.",
    Obstacle.ADDONS: "Cancel the add-ons below the subscription first.",
}


class NotTransitionable(Illegal):
    """The subscription cannot become that now."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is made of a transition: the source as it stays or becomes, a new subscription for a part, order, record."""

    source: Subscription
    new: Subscription | None
    order: Order
    transition: Transition


def references(source: Item) -> tuple[str, ...]:
    """What the source may become: after a trial its paid form, else its upgrades."""
    return source.sku.conversion_targets if source.sku.is_trial else source.sku.upgrade_targets


def targets(prospect: Prospect) -> tuple[Item, ...]:
    """The items that the subscription of a prospect may become."""
    by_reference = {item.sku.reference: item for item in prospect.items if item.availability.is_purchasable}
    held = by_reference.get(f"{prospect.source.product_id}:{prospect.source.sku_id}")
    return tuple(by_reference[it] for it in references(held) if it in by_reference) if held else ()


def obstacles(source: Subscription, *, has_addons: bool) -> tuple[Obstacle, ...]:
    """What is in the way of every transition of the subscription."""
    found = []
    if source.status is not Status.ACTIVE or source.kind is not Kind.LICENSE:
        found.append(Obstacle.NOT_ACTIVE)
    if has_addons:
        found.append(Obstacle.ADDONS)
    return tuple(found)


def wanted_term(source: Subscription | None, change: Change) -> str | None:
    """The length that is asked for, or that a transition has by itself."""
    if change.term and change.term.strip():
        return change.term.strip().upper()
    if source is None:
        return None
    return AFTER_TRIAL if source.is_trial else source.term


def wanted_quantity(source: Subscription, change: Change) -> int:
    """How many licences become something else: all of them where no number is asked for."""
    return source.quantity if change.quantity is None else change.quantity


def check(source: Subscription, held: Item, target: Item, change: Change, *, has_addons: bool) -> Term:
    """The term of the target; raises NotTransitionable, QuantityOutOfRange, UnknownTerm, NotPurchasable."""
    for obstacle in obstacles(source, has_addons=has_addons):
        raise NotTransitionable(WORDS[obstacle], str(source.id))
    if target.sku.reference not in references(held):
        raise NotTransitionable(f"{held.sku.title} does not become {target.sku.title}.", change.catalog_item_id)
    catalogue_rules.check_quantity(target.sku, wanted_quantity(source, change))
    cycle = change.billing_cycle or (None if source.is_trial else source.billing_cycle)
    return catalogue_rules.choose_term(target, duration=wanted_term(source, change), billing_cycle=cycle)


def step(
    source: Subscription,
    target: Item,
    term: Term,
    quantity: int,
    *,
    new_id: Callable[[], UUID],
    relationship_id: UUID | None,
    placed_by: str,
    now: datetime,
) -> Step:
    """What becomes of the subscription; the commitment is kept unless the term is another."""
    keeps = source.term == term.duration and not source.is_trial
    became = replace(
        source,
        product_id=target.product.id,
        sku_id=target.sku.id,
        availability_id=target.availability.id,
        offer_name=target.sku.title,
        quantity=quantity,
        term=term.duration,
        billing_cycle=term.billing_cycle,
        unit_price=target.partner_price(term).amount,
        currency=target.availability.currency,
        auto_renew=source.auto_renew or (source.is_trial and target.availability.is_renewable),
        is_trial=target.sku.is_trial,
        term_starts_at=source.term_starts_at if keeps else now,
        commitment_ends_at=source.commitment_ends_at if keeps else add_months(now, months_of(term.duration)),
        next_term=None,
        version=source.version + 1,
    )
    order_id = new_id()
    part = quantity < source.quantity and not source.is_trial
    if part:
        became = replace(
            became, id=new_id(), order_id=order_id, line_number=0, nickname=target.sku.title[:100], version=1,
            created_at=now, starts_at=now,
        )  # fmt: skip
        source = replace(source, quantity=source.quantity - quantity, next_term=None, version=source.version + 1)
    return Step(
        source=source if part else became,
        new=became if part else None,
        order=_order(became, target, order_id, relationship_id, placed_by, now),
        transition=Transition(
            id=new_id(),
            customer_tenant_id=source.customer_tenant_id,
            partner_tenant_id=source.partner_tenant_id,
            subscription_id=source.id,
            to_subscription_id=became.id,
            order_id=order_id,
            from_item=f"{source.product_id}:{source.sku_id}:{source.availability_id}",
            to_item=target.availability.catalog_item_id,
            quantity=quantity,
            term=term.duration,
            billing_cycle=BillingCycle(term.billing_cycle),
            made_at=now,
        ),
    )


def _order(
    became: Subscription, target: Item, order_id: UUID, relationship_id: UUID | None, placed_by: str, now: datetime
) -> Order:
    line = OrderLine(
        number=0,
        catalog_item_id=target.availability.catalog_item_id,
        title=target.sku.title,
        nickname=became.nickname,
        quantity=became.quantity,
        term=became.term,
        billing_cycle=became.billing_cycle,
        subscription_id=became.id,
        parent_id=None,
        partner_of_record=became.partner_of_record,
        unit_price=became.unit_price,
    )
    return Order(
        id=order_id,
        customer_tenant_id=became.customer_tenant_id,
        partner_tenant_id=became.partner_tenant_id,
        relationship_id=relationship_id,
        cart_id=None,
        billing_cycle=became.billing_cycle,
        currency=became.currency,
        lines=(line,),
        placed_at=now,
        placed_by=placed_by,
    )
