"""Catalogue tables, read only."""

from collections.abc import Iterable
from functools import cache

import msgspec
from asyncpg.connection import Connection

from copartner.catalogue.model import Item
from copartner.kernel.functions import call

_ITEM = msgspec.json.Decoder(Item)


@cache
def find() -> str:
    """Caller, customer, part of a name, subscription that add-ons go below, most; answers facts and items."""
    return call("fn_find_offers", 8, "facts", "body")


@cache
def offer() -> str:
    """Caller, customer, product, SKU, availability; answers facts, and the item with its promotions."""
    return call("fn_read_offer", 8, "facts", "body")


@cache
def products() -> str:
    """Caller, customer, country, view, segment; answers facts and products."""
    return call("fn_read_products", 8, "facts", "body")


@cache
def product_items() -> str:
    """Caller, customer, country, product; answers facts and items."""
    return call("fn_read_product_items", 7, "facts", "body")


@cache
def offers() -> str:
    """Caller, customer, country; answers facts and items."""
    return call("fn_read_offers", 6, "facts", "body")


@cache
def product_range() -> str:
    """Caller, text or null, country or null, most; answers facts and the products that fit."""
    return call("fn_find_products", 7, "facts", "shapes", "body")


@cache
def ranged() -> str:
    """Caller, product, country or null; answers facts and the product as it is sold there."""
    return call("fn_read_product_range", 6, "facts", "shapes", "body")


@cache
def promotions() -> str:
    """Caller, country; answers facts and promotions."""
    return call("fn_read_promotions", 5, "facts", "body")


@cache
def promotion_basis() -> str:
    """Caller, customer; answers facts, and promotions and items."""
    return call("fn_read_promotion_basis", 5, "facts", "body")


async def items(db: Connection, item_ids: Iterable[tuple[str, str, str]]) -> dict[str, Item]:
    """The items of these product, SKU and availability triples, by their catalogue item id; unknown ones are absent."""
    wanted = list(item_ids)
    rows = await db.fetch(_items(), *([triple[place] for triple in wanted] for place in range(3)))
    found = [_ITEM.decode(row["item"]) for row in rows]
    return {item.availability.catalog_item_id: item for item in found}


@cache
def _items() -> str:
    return call("fn_catalogue_items", 3, "item")
