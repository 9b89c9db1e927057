"""Reading the catalogue, by country or for a customer, and the items that carts name.

Every read takes `customer_id`, for what is sold in that customer's country, or else `country`.
"""

from collections.abc import Sequence
from uuid import UUID

from asyncpg.connection import Connection

from copartner.catalogue import promotions, rules, store
from copartner.catalogue.model import Item, Product, ProductRange, Promotion, Range, Sku
from copartner.catalogue.promotions import Basis, Eligibility, Purchase
from copartner.command.context import Context
from copartner.kernel.errors import Invalid
from copartner.policy.actions import Action

MOST_PRODUCTS = 200


async def list_products(
    ctx: Context,
    *,
    target_view: str,
    country: str | None = None,
    customer_id: UUID | None = None,
    target_segment: str | None = None,
) -> tuple[Product, ...]:
    """What one view of the catalogue shows there, by title; raises Invalid, Denied."""
    action, *market = _market(customer_id, country)
    segment = rules.parse_segment(target_segment)
    return await ctx.read(
        action,
        store.products(),
        *market,
        rules.parse_target_view(target_view).value,
        segment.value if segment else None,
        body=tuple[Product, ...],
    )


async def read_product(
    ctx: Context, *, product_id: str, country: str | None = None, customer_id: UUID | None = None
) -> Product:
    """One product; raises UnknownProduct, Invalid, Denied."""
    return (await _items(ctx, customer_id, country, product_id))[0].product


async def list_skus(
    ctx: Context,
    *,
    product_id: str,
    country: str | None = None,
    customer_id: UUID | None = None,
    target_segment: str | None = None,
) -> tuple[Sku, ...]:
    """The SKUs of a product that are sold there to the segment; raises UnknownProduct, Invalid, Denied."""
    segment = rules.parse_segment(target_segment)
    return rules.skus(await _items(ctx, customer_id, country, product_id), segment)


async def read_sku(
    ctx: Context, *, product_id: str, sku_id: str, country: str | None = None, customer_id: UUID | None = None
) -> Sku:
    """One SKU; raises UnknownProduct, UnknownSku, Invalid, Denied."""
    return rules.of_sku(await _items(ctx, customer_id, country, product_id), sku_id)[0].sku


async def list_availabilities(
    ctx: Context,
    *,
    product_id: str,
    sku_id: str,
    country: str | None = None,
    customer_id: UUID | None = None,
    target_segment: str | None = None,
) -> tuple[Item, ...]:
    """How a SKU is sold there to the segment; raises UnknownProduct, UnknownSku, Invalid, Denied."""
    segment = rules.parse_segment(target_segment)
    found = rules.of_sku(await _items(ctx, customer_id, country, product_id), sku_id)
    return rules.for_segment(found, segment)


async def read_availability(
    ctx: Context,
    *,
    product_id: str,
    sku_id: str,
    availability_id: str,
    country: str | None = None,
    customer_id: UUID | None = None,
) -> Item:
    """One availability; raises UnknownProduct, UnknownSku, UnknownAvailability, Invalid, Denied."""
    found = rules.of_sku(await _items(ctx, customer_id, country, product_id), sku_id)
    return rules.of_availability(found, availability_id)


async def list_offers(ctx: Context, *, country: str | None = None, customer_id: UUID | None = None) -> tuple[Item, ...]:
    """Everything sold there but to nonprofit organisations, by title; raises Invalid, Denied."""
    action, *market = _market(customer_id, country)
    items = await ctx.read(action, store.offers(), *market, body=tuple[Item, ...])
    return rules.for_segment(items, None)


async def find_products(ctx: Context, *, search: str = "", country: str = "") -> Range:
    """The products of all countries or of one, by title, whose title, publisher or id has what is searched.

    At most 200, so search for more. Raises Invalid, Denied.
    """
    wanted = rules.check_search(search)
    market = rules.parse_country(country) if country else None
    return await ctx.read(Action.CATALOGUE_READ, store.product_range(), *(wanted, market, MOST_PRODUCTS), body=Range)


async def read_product_range(ctx: Context, *, product_id: str, country: str = "") -> ProductRange:
    """One product with its SKUs as they are sold in a country, the first one unless named.

    Raises UnknownProduct, Invalid, Denied.
    """
    market = rules.parse_country(country) if country else None
    found = await ctx.find(Action.CATALOGUE_READ, store.ranged(), *(rules.key(product_id), market), body=ProductRange)
    return rules.there(found, product_id)


async def list_promotions(
    ctx: Context, *, country: str | None, target_segment: str | None = None
) -> tuple[Promotion, ...]:
    """The promotions that can be had in a country at present; raises Invalid, Denied."""
    segment = rules.parse_segment(target_segment)
    return promotions.current(await _promotions(ctx, country), segment=segment, now=ctx.moment)


async def read_promotion(ctx: Context, *, promotion_id: str, country: str | None) -> Promotion:
    """One promotion of a country, whenever it runs; raises UnknownPromotion, Invalid, Denied."""
    return promotions.pick(await _promotions(ctx, country), promotion_id)


async def check_promotions(
    ctx: Context, *, customer_id: UUID, purchases: Sequence[Purchase]
) -> tuple[tuple[Eligibility, ...], ...]:
    """For each purchase what the promotions in the customer's country say of it; raises Invalid, Denied."""
    if not 1 <= len(purchases) <= promotions.MOST:
        raise Invalid(f"Send 1 to {promotions.MOST} items.", "items")
    basis = await ctx.read(Action.PROMOTION_CHECK, store.promotion_basis(), customer_id, body=Basis)
    return tuple(promotions.judge(purchase, basis, now=ctx.moment) for purchase in purchases)


async def check_inventory(
    ctx: Context, *, country: str | None, targets: Sequence[tuple[str, str | None]]
) -> tuple[Item, ...]:
    """What is sold in a country of these products and, where one is named, SKUs; raises Invalid, Denied."""
    items = await ctx.read(
        Action.CATALOGUE_READ, store.offers(), None, rules.parse_country(country or ""), body=tuple[Item, ...]
    )
    wanted = {(rules.key(product), rules.key(sku) if sku else None) for product, sku in targets}
    return tuple(it for it in items if {(it.sku.product_id, None), (it.sku.product_id, it.sku.id)} & wanted)


async def lookup(db: Connection, catalog_item_ids: Sequence[str]) -> dict[str, Item]:
    """The items that catalogue item ids name, by id; unknown ones are absent. Raises UnknownItem for a malformed id."""
    return await store.items(db, {rules.parse_item_id(text) for text in catalog_item_ids})


async def resolve(db: Connection, catalog_item_ids: Sequence[str], *, country: str | None) -> tuple[Item, ...]:
    """What catalogue item ids name, in their order, as sold in the customer's country; without a country in any.

    For use inside a command that decides the sale itself. Raises UnknownItem, NotSoldInCountry.
    """
    wanted = [rules.parse_item_id(text) for text in catalog_item_ids]
    found = await store.items(db, set(wanted))
    return tuple(rules.pick(found, triple, country) for triple in wanted)


async def _items(ctx: Context, customer_id: UUID | None, country: str | None, product_id: str) -> tuple[Item, ...]:
    action, *market = _market(customer_id, country)
    items = await ctx.read(action, store.product_items(), *market, rules.key(product_id), body=tuple[Item, ...])
    return rules.of_product(items, product_id)


def _market(customer_id: UUID | None, country: str | None) -> tuple[Action, UUID | None, str | None]:
    if customer_id is not None:
        return Action.CUSTOMER_CATALOGUE_READ, customer_id, None
    return Action.CATALOGUE_READ, None, rules.parse_country(country or "")


async def _promotions(ctx: Context, country: str | None) -> tuple[Promotion, ...]:
    asked = rules.parse_country(country or "")
    return await ctx.read(Action.PROMOTION_READ, store.promotions(), asked, body=tuple[Promotion, ...])
