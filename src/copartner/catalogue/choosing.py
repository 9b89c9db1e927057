"""Choosing what to sell a customer: a search by name, and one item with its terms and promotions."""

from dataclasses import dataclass
from uuid import UUID

from copartner.catalogue import promotions, rules, store
from copartner.catalogue.model import Item, Promotion
from copartner.command.context import Context
from copartner.command.denial import objection
from copartner.policy.actions import Action
from copartner.policy.explain import Explanation
from copartner.policy.facts import Facts

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class _Found:
    facts: Facts
    item: Item
    promotions: tuple[Promotion, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item that can be bought for a customer; `denied` says why its promotions are not told."""

    item: Item
    promotions: tuple[Promotion, ...]
    denied: Explanation | None


async def find_offers(
    ctx: Context, *, customer_id: UUID, part: str = "", parent_id: UUID | None = None
) -> tuple[tuple[Item, ...], bool]:
    """What can be bought in the customer's country by a part of its name, and whether there is more; raises Denied.

    At most MOST_FOUND by title: what stands alone, or the add-ons that go below a subscription of the acting partner.
    """
    found = await ctx.read(
        Action.CUSTOMER_CATALOGUE_READ,
        store.find(),
        *(customer_id, part.strip(), parent_id, MOST_FOUND + 1),
        body=tuple[Item, ...],
    )
    return found[:MOST_FOUND], len(found) > MOST_FOUND


async def read_offer(ctx: Context, *, customer_id: UUID, catalog_item_id: str) -> Chosen:
    """One item that is sold in the customer's country, and the promotions that run for it now.

    Raises Denied, UnknownItem.
    """
    triple = rules.parse_item_id(catalog_item_id)
    found = await ctx.find(Action.CUSTOMER_CATALOGUE_READ, store.offer(), customer_id, *triple, body=_Found)
    if found is None:
        raise rules.UnknownItem("No such item is sold in the customer's country; search again.", catalog_item_id)
    denied = objection(ctx, Action.PROMOTION_CHECK, found.facts)
    fitting = promotions.current(found.promotions, segment=found.item.availability.segment, now=ctx.moment)
    return Chosen(found.item, () if denied else fitting, denied)
