"""Reading the catalogue: products, SKUs and availabilities by country, and the items a cart names."""

from collections.abc import Sequence
from typing import TypeVar

from asyncpg.connection import Connection

from copartner.catalogue import rules, store
from copartner.catalogue.model import Item, Product, Sku
from copartner.command.context import Context
from copartner.policy.actions import Action

T = TypeVar("T")


async def list_products(
    ctx: Context, *, country: str, target_view: str, target_segment: str | None = None
) -> tuple[Product, ...]:
    """What one view of the catalogue shows in a country, by title; raises Invalid, Denied."""
    segment = rules.parse_segment(target_segment)
    return await ctx.read(
        Action.CATALOGUE_READ,
        store.products(),
        rules.parse_country(country),
        rules.parse_target_view(target_view).value,
        segment.value if segment else None,
        body=tuple[Product, ...],
    )


async def read_product(ctx: Context, *, country: str, product_id: str) -> Product:
    """One product; raises UnknownProduct, Invalid, Denied."""
    return (await _items(ctx, country, product_id))[0].product


async def list_skus(
    ctx: Context, *, country: str, product_id: str, target_segment: str | None = None
) -> tuple[Sku, ...]:
    """The SKUs of a product that are sold in the country to the segment; raises UnknownProduct, Invalid, Denied."""
    segment = rules.parse_segment(target_segment)
    return rules.skus(await _items(ctx, country, product_id), segment)


async def read_sku(ctx: Context, *, country: str, product_id: str, sku_id: str) -> Sku:
    """One SKU; raises UnknownProduct, UnknownSku, Invalid, Denied."""
    return rules.of_sku(await _items(ctx, country, product_id), sku_id)[0].sku


async def list_availabilities(
    ctx: Context, *, country: str, product_id: str, sku_id: str, target_segment: str | None = None
) -> tuple[Item, ...]:
    """How a SKU is sold in the country to the segment; raises UnknownProduct, UnknownSku, Invalid, Denied."""
    segment = rules.parse_segment(target_segment)
    found = rules.of_sku(await _items(ctx, country, product_id), sku_id)
    return rules.for_segment(found, segment)


async def read_availability(ctx: Context, *, country: str, product_id: str, sku_id: str, availability_id: str) -> Item:
    """One availability; raises UnknownProduct, UnknownSku, UnknownAvailability, Invalid, Denied."""
    return rules.of_availability(rules.of_sku(await _items(ctx, country, product_id), sku_id), availability_id)


async def resolve(db: Connection, catalog_item_ids: Sequence[str], *, country: str) -> tuple[Item, ...]:
    """What the catalogue item ids of a cart name, in their order, as sold in the customer's country.

    For use inside a command that has decided the sale itself. Raises UnknownItem, NotSoldInCountry.
    """
    wanted = [rules.parse_item_id(text) for text in catalog_item_ids]
    found = await store.items(db, set(wanted))
    return tuple(rules.pick(found, triple, country) for triple in wanted)


async def _items(ctx: Context, country: str, product_id: str) -> tuple[Item, ...]:
    product_id = product_id.strip().upper()
    items = await ctx.read(
        Action.CATALOGUE_READ,
        store.product_items(),
        rules.parse_country(country),
        product_id,
        body=tuple[Item, ...],
    )
    return rules.of_product(items, product_id)
