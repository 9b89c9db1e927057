"""The catalogue in the contract's shapes: products, SKUs and availabilities, by country or for a customer."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar.types import Method
from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.partner_center import wire
from copartner.api.partner_center.lines import SYMBOLS
from copartner.api.partner_center.wire import Attributes, Collection, Link
from copartner.api.registry import Query, Route
from copartner.catalogue import service
from copartner.catalogue.model import Availability, Item, Product, Sku, TargetView, Term

_COUNTRY = Query("country", "A two-letter country code; the catalogue differs by country.")
_SEGMENT = Query("targetSegment", "commercial, education, government or nonprofit.")
_VIEW = Query("targetView", f"The part of the catalogue: {', '.join(TargetView)}.")


class ProductKind(Struct, frozen=True, rename="camel"):
    """What kind of product it is."""

    id: str
    display_name: str
    sub_type: "ProductKind | UnsetType" = UNSET


class ProductLinks(Struct, frozen=True, rename="camel"):
    """Where the product and its SKUs are."""

    skus: Link
    self: Link


class ProductBody(Struct, frozen=True, rename="camel"):
    """A product."""

    id: str
    title: str
    description: str
    product_type: ProductKind
    is_microsoft_product: bool
    publisher_name: str
    links: ProductLinks
    attributes: Attributes = Attributes("Product")


class SkuLinks(Struct, frozen=True, rename="camel"):
    """Where the SKU and its availabilities are."""

    availabilities: Link
    self: Link


class SkuBody(Struct, frozen=True, rename="camel"):
    """A SKU; `purchase_prerequisites` and the like name what has to be there before it is bought."""

    id: str
    product_id: str
    title: str
    description: str
    minimum_quantity: int
    maximum_quantity: int
    is_trial: bool
    supported_billing_cycles: tuple[str, ...]
    purchase_prerequisites: tuple[str, ...]
    dynamic_attributes: dict[str, Any]
    links: SkuLinks
    attributes: Attributes = Attributes("Sku")


class Currency(Struct, frozen=True, rename="camel"):
    """A currency by its ISO 4217 code."""

    code: str
    symbol: str


class TermBody(Struct, frozen=True, rename="camel"):
    """A term with its billing cycle; prices are per unit for the whole term, without tax."""

    id: str
    duration: str
    description: str
    billing_cycle: str
    list_price: Decimal
    partner_price: Decimal


class AvailabilityBody(Struct, frozen=True, rename="camel"):
    """A SKU as it is sold in one country; `catalog_item_id` is what carts and orders name."""

    id: str
    product_id: str
    sku_id: str
    catalog_item_id: str
    default_currency: Currency
    segment: str
    country: str
    is_purchasable: bool
    is_renewable: bool
    terms: tuple[TermBody, ...]
    product: ProductBody
    sku: SkuBody
    links: wire.Links
    attributes: Attributes = Attributes("Availability")


class _Where:
    """Whose catalogue is asked for: a country's or a customer's."""

    __slots__ = ("_query", "_root", "country", "customer_id")

    def __init__(self, call: Call) -> None:
        self.customer_id: UUID | None = call.id("customer") if call.parameter("customer") else None
        self.country = None if self.customer_id else call.query("country")
        self._root: tuple[object, ...] = ("customers", self.customer_id) if self.customer_id else ()
        self._query = (("country", self.country),) if self.country else ()

    def link(self, *parts: str) -> Link:
        """A link into this catalogue."""
        return wire.link(*self._root, "products", *parts, query=self._query)


def _product(product: Product, where: _Where) -> ProductBody:
    kind = product.sub_type
    return ProductBody(
        id=product.id,
        title=product.title,
        description=product.description,
        product_type=ProductKind(
            product.product_type, product.product_type, ProductKind(kind, kind) if kind is not None else UNSET
        ),
        is_microsoft_product=product.publisher.startswith("Microsoft"),
        publisher_name=product.publisher,
        links=ProductLinks(skus=where.link(product.id, "skus"), self=where.link(product.id)),
    )


def _sku(sku: Sku, where: _Where) -> SkuBody:
    needed = ("AzureSubscription",) if sku.seller_prerequisites else ()
    return SkuBody(
        id=sku.id,
        product_id=sku.product_id,
        title=sku.title,
        description=sku.description,
        minimum_quantity=sku.minimum_quantity,
        maximum_quantity=sku.maximum_quantity,
        is_trial=sku.is_trial,
        supported_billing_cycles=tuple(cycle.value for cycle in sku.billing_cycles),
        purchase_prerequisites=needed,
        dynamic_attributes={
            "isAddon": sku.is_addon,
            "prerequisiteSkus": [*sku.parents, *sku.prerequisites],
            "upgradeTargetOffers": list(sku.upgrade_targets),
            "converstionInstructions": list(sku.conversion_targets),
        },
        links=SkuLinks(
            availabilities=where.link(sku.product_id, "skus", sku.id, "availabilities"),
            self=where.link(sku.product_id, "skus", sku.id),
        ),
    )


def _term(term: Term) -> TermBody:
    return TermBody(
        id=term.id,
        duration=term.duration,
        description=term.description,
        billing_cycle=term.billing_cycle.value,
        list_price=wire.amount(term.list_price),
        partner_price=wire.amount(term.partner_price),
    )


def _availability(item: Item, where: _Where) -> AvailabilityBody:
    found: Availability = item.availability
    return AvailabilityBody(
        id=found.id,
        product_id=found.product_id,
        sku_id=found.sku_id,
        catalog_item_id=found.catalog_item_id,
        default_currency=Currency(found.currency, SYMBOLS.get(found.currency, found.currency)),
        segment=found.segment.value,
        country=found.country,
        is_purchasable=found.is_purchasable,
        is_renewable=found.is_renewable,
        terms=tuple(_term(term) for term in found.terms),
        product=_product(item.product, where),
        sku=_sku(item.sku, where),
        links=wire.Links(self=where.link(found.product_id, "skus", found.sku_id, "availabilities", found.id)),
    )


async def _list_products(call: Call) -> Collection[ProductBody]:
    where = _Where(call)
    found = await service.list_products(
        call.ctx,
        target_view=call.query("targetView") or "",
        country=where.country,
        customer_id=where.customer_id,
        target_segment=call.query("targetSegment"),
    )
    return wire.collection((_product(product, where) for product in found), call)


async def _read_product(call: Call) -> ProductBody:
    where = _Where(call)
    found = await service.read_product(
        call.ctx, product_id=call.text("product"), country=where.country, customer_id=where.customer_id
    )
    return _product(found, where)


async def _list_skus(call: Call) -> Collection[SkuBody]:
    where = _Where(call)
    found = await service.list_skus(
        call.ctx,
        product_id=call.text("product"),
        country=where.country,
        customer_id=where.customer_id,
        target_segment=call.query("targetSegment"),
    )
    return wire.collection((_sku(sku, where) for sku in found), call)


async def _read_sku(call: Call) -> SkuBody:
    where = _Where(call)
    found = await service.read_sku(
        call.ctx,
        product_id=call.text("product"),
        sku_id=call.text("sku"),
        country=where.country,
        customer_id=where.customer_id,
    )
    return _sku(found, where)


async def _list_availabilities(call: Call) -> Collection[AvailabilityBody]:
    where = _Where(call)
    found = await service.list_availabilities(
        call.ctx,
        product_id=call.text("product"),
        sku_id=call.text("sku"),
        country=where.country,
        customer_id=where.customer_id,
        target_segment=call.query("targetSegment"),
    )
    return wire.collection((_availability(item, where) for item in found), call)


async def _read_availability(call: Call) -> AvailabilityBody:
    where = _Where(call)
    found = await service.read_availability(
        call.ctx,
        product_id=call.text("product"),
        sku_id=call.text("sku"),
        availability_id=call.text("availability"),
        country=where.country,
        customer_id=where.customer_id,
    )
    return _availability(found, where)


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
