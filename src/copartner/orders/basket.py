"""A cart as somebody reviews it before it is checked out, and as it is shown afterwards with what it made."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from msgspec.structs import replace

from copartner.catalogue.model import Item
from copartner.command.context import Context
from copartner.command.denial import objection
from copartner.kernel.money import Money
from copartner.orders import rules, store
from copartner.orders.model import Cart, Line, Order
from copartner.orders.service import living
from copartner.policy.actions import Action
from copartner.policy.explain import Explanation
from copartner.policy.facts import Facts
from copartner.subscriptions.model import Subscription
from copartner.subscriptions.rules import window_ends_at


@dataclass(frozen=True, slots=True)
class _Found:
    facts: Facts
    cart: Cart
    items: tuple[Item | None, ...]
    azure_elsewhere: bool
    orders: tuple[Order, ...]
    made: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A line of a cart, what it is of, and the subscription it would make now: both None where it is no longer sold."""

    line: Line
    item: Item | None
    would_be: Subscription | None

    @property
    def total(self) -> Money:
        """What the partner pays for all of it, for the whole term."""
        return Money(self.line.unit_price * self.line.quantity, self.line.currency)

    @property
    def window_ends_at(self) -> datetime | None:
        """Until when it could be cancelled, if it were bought now; None where it always can."""
        return None if self.would_be is None else window_ends_at(self.would_be)


@dataclass(frozen=True, slots=True)
class Basket:
    """A cart as it is reviewed; `denied` says what may not be done with it now.

    `orders`, and `made` by its identifier, are there once it was checked out.
    """

    cart: Cart
    lines: tuple[Reviewed, ...]
    orders: tuple[Order, ...]
    made: Mapping[UUID, Subscription]
    denied: Mapping[Action, Explanation]

    @property
    def totals(self) -> tuple[Money, ...]:
        """What the partner pays in all, for each currency."""
        amounts: dict[str, Decimal] = {}
        for one in self.lines:
            amounts[one.total.currency] = amounts.get(one.total.currency, Decimal(0)) + one.total.amount
        return tuple(Money(amount, currency) for currency, amount in sorted(amounts.items()))


async def read_basket(ctx: Context, *, customer_id: UUID, cart_id: UUID) -> Basket:
    """One cart of the acting partner, in one trip; raises Denied, UnknownCart. Nothing else is recorded."""
    found = await ctx.find(Action.CART_READ, store.basket(), customer_id, cart_id, body=_Found)
    cart = living(ctx, None if found is None else found.cart, cart_id)
    assert found is not None
    items = [one for one in found.items if one is not None]
    context = rules.context_of(found.facts.context, items, azure_elsewhere=found.azure_elsewhere)
    facts = replace(found.facts, context=context)
    asked = (Action.CART_EDIT, Action.CART_CHECKOUT)
    return Basket(
        cart=cart,
        lines=_reviewed(ctx, cart, {one.availability.catalog_item_id: one for one in items}),
        orders=found.orders,
        made={one.id: one for one in found.made},
        denied={action: said for action in asked if (said := objection(ctx, action, facts))},
    )


def _reviewed(ctx: Context, cart: Cart, items: Mapping[str, Item]) -> tuple[Reviewed, ...]:
    found = [items.get(line.catalog_item_id) for line in cart.lines]
    return tuple(
        Reviewed(line, item, None if item is None else _would_be(ctx, cart, line, item))
        for line, item in zip(cart.lines, found, strict=True)
    )


def _would_be(ctx: Context, cart: Cart, line: Line, item: Item) -> Subscription:
    """What the line would make if the cart were checked out now."""
    _, (made,) = rules.place(
        [changed(line, number=0, parent_number=None)],
        [item],
        new_id=ctx.runtime.ids.new,
        customer_id=cart.customer_tenant_id,
        partner_tenant_id=cart.partner_tenant_id,
        relationship_id=None,
        cart_id=cart.id,
        placed_by=str(ctx.caller.subject_id),
        now=ctx.moment,
    )
    return made
