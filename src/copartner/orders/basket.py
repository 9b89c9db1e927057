"""A cart as somebody reviews it before it is checked out, and as it is shown afterwards with what it made."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from copartner.catalogue.model import Item
from copartner.command.context import Context
from copartner.command.denial import objection
from copartner.orders import rules, store
from copartner.orders.model import Cart, Order
from copartner.orders.service import living
from copartner.policy.actions import Action
from copartner.policy.explain import Explanation
from copartner.policy.facts import Facts
from copartner.subscriptions.model import Subscription


@dataclass(frozen=True, slots=True)
class _Found:
    facts: Facts
    cart: Cart
    items: tuple[Item | None, ...]
    azure_elsewhere: bool
    orders: tuple[Order, ...]
    made: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class Basket:
    """A cart with its items by catalogue item id, as far as they are sold; `denied` says what may not be done with it.

    `orders` and `made` are there once it was checked out.
    """

    cart: Cart
    items: Mapping[str, Item]
    orders: tuple[Order, ...]
    made: tuple[Subscription, ...]
    denied: Mapping[Action, Explanation]


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
        items={one.availability.catalog_item_id: one for one in items},
        orders=found.orders,
        made=found.made,
        denied={action: said for action in asked if (said := objection(ctx, action, facts))},
    )
