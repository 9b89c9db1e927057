"""Reading the catalogue, by country or for a customer."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.types import Method

from copartner.api.call import Call
from copartner.api.partner_center import wire
from copartner.api.partner_center.products import (
    AvailabilityBody,
    ProductBody,
    SkuBody,
    Where,
    present_availability,
    present_product,
    present_sku,
)
from copartner.api.partner_center.wire import Collection
from copartner.api.registry import Query, Route
from copartner.catalogue import service
from copartner.catalogue.model import TargetView

_COUNTRY = Query("country", "A two-letter country code; the catalogue differs by country.")
_SEGMENT = Query("targetSegment", "commercial, education, government or nonprofit.")
_VIEW = Query("targetView", f"The part of the catalogue: {', '.join(TargetView)}.")


async def _list_products(call: Call) -> Collection[ProductBody]:
    where = Where(call)
    found = await service.list_products(
        call.ctx,
        target_view=call.query("targetView") or "",
        country=where.country,
        customer_id=where.customer_id,
        target_segment=call.query("targetSegment"),
    )
    return wire.collection((present_product(product, where) for product in found), call)


async def _read_product(call: Call) -> ProductBody:
    where = Where(call)
    found = await service.read_product(
        call.ctx, product_id=call.text("product"), country=where.country, customer_id=where.customer_id
    )
    return present_product(found, where)


async def _list_skus(call: Call) -> Collection[SkuBody]:
    where = Where(call)
    found = await service.list_skus(
        call.ctx,
        product_id=call.text("product"),
        country=where.country,
        customer_id=where.customer_id,
        target_segment=call.query("targetSegment"),
    )
    return wire.collection((present_sku(sku, where) for sku in found), call)


async def _read_sku(call: Call) -> SkuBody:
    where = Where(call)
    found = await service.read_sku(
        call.ctx,
        product_id=call.text("product"),
        sku_id=call.text("sku"),
        country=where.country,
        customer_id=where.customer_id,
    )
    return present_sku(found, where)


async def _list_availabilities(call: Call) -> Collection[AvailabilityBody]:
    where = Where(call)
    found = await service.list_availabilities(
        call.ctx,
        product_id=call.text("product"),
        sku_id=call.text("sku"),
        country=where.country,
        customer_id=where.customer_id,
        target_segment=call.query("targetSegment"),
    )
    return wire.collection((present_availability(item, where) for item in found), call)


async def _read_availability(call: Call) -> AvailabilityBody:
    where = Where(call)
    found = await service.read_availability(
        call.ctx,
        product_id=call.text("product"),
        sku_id=call.text("sku"),
        availability_id=call.text("availability"),
        country=where.country,
        customer_id=where.customer_id,
    )
    return present_availability(found, where)


def _routes() -> tuple[Route, ...]:
    made: list[Route] = []
    levels: tuple[tuple[str, str, Callable[[Call], Awaitable[Any]], Any, tuple[Query, ...]], ...] = (
        ("", "products.list", _list_products, Collection[ProductBody], (_VIEW, _SEGMENT)),
        ("/{product}", "products.read", _read_product, ProductBody, ()),
        ("/{product}/skus", "skus.list", _list_skus, Collection[SkuBody], (_SEGMENT,)),
        ("/{product}/skus/{sku}", "skus.read", _read_sku, SkuBody, ()),
        ("/{product}/skus/{sku}/availabilities", "availabilities.list", _list_availabilities,
         Collection[AvailabilityBody], (_SEGMENT,)),
        ("/{product}/skus/{sku}/availabilities/{availability}", "availabilities.read", _read_availability,
         AvailabilityBody, ()),
    )  # fmt: skip
    for path, name, handler, response, query in levels:
        noun, _, verb = name.partition(".")
        what = f"{verb.capitalize()} {noun}" if verb == "list" else f"Read one of the {noun}"
        made.append(
            Route(
                ("GET",),
                f"/v1/products{path}",
                handler,
                name,
                f"{what} of a country.",
                response,
                query=(_COUNTRY, *query),
            )
        )
        # The documentation says POST for the lists of a customer, clients send GET.
        methods: tuple[Method, ...] = ("GET", "POST") if verb == "list" else ("GET",)
        made.append(
            Route(
                methods,
                f"/v1/customers/{{customer}}/products{path}",
                handler,
                f"customer_{name}",
                f"{what} in a customer's country.",
                response,
                query=query,
            )
        )
    return tuple(made)


ROUTES = _routes()
