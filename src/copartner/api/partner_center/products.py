"""Products, SKUs and availabilities in the contract's shapes."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.partner_center import wire
from copartner.api.partner_center.lines import SYMBOLS
from copartner.api.partner_center.wire import Attributes, Link
from copartner.catalogue.model import Availability, Item, Product, Sku, Term


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


class Where:
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


def present_product(product: Product, where: Where) -> ProductBody:
    """The product in the contract\'s shape."""
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


def present_sku(sku: Sku, where: Where) -> SkuBody:
    """The SKU in the contract\'s shape."""
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


def present_availability(item: Item, where: Where) -> AvailabilityBody:
    """The availability in the contract\'s shape."""
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
        product=present_product(item.product, where),
        sku=present_sku(item.sku, where),
        links=wire.Links(self=where.link(found.product_id, "skus", found.sku_id, "availabilities", found.id)),
    )
