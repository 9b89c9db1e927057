"""The catalogue in the older shape: offers and their categories.

Shapes: offer-resources, 2023-08-23. An offer is an availability, whose identifier carts and orders name; its category
is the part of the catalogue that its product is shown in first.
"""

from collections.abc import Iterable
from functools import partial

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.partner_center import wire
from copartner.api.partner_center.products import Where
from copartner.api.partner_center.wire import Attributes, Collection, Link
from copartner.api.registry import Query, Route
from copartner.catalogue import service
from copartner.catalogue.model import Item, TargetView
from copartner.catalogue.rules import UnknownOffer

_COUNTRY = Query("country", "A two-letter country code; the catalogue differs by country.")
_RANKS = {view: 10 * place for place, view in enumerate(TargetView, 1)}


class CategoryBody(Struct, frozen=True, rename="camel"):
    """A part of the catalogue; a smaller rank stands first."""

    id: str
    name: str
    rank: int
    locale: str
    country: str
    attributes: Attributes = Attributes("OfferCategory")


class OfferProduct(Struct, frozen=True, rename="camel"):
    """The product behind an offer."""

    id: str
    name: str
    unit: str


class OfferLinks(Struct, frozen=True, rename="camel"):
    """Where the offer and more about it are."""

    learn_more: Link
    self: Link


class OfferBody(Struct, frozen=True, rename="camel"):
    """An offer; others are named by their identifiers in the same country."""

    id: str
    name: str
    description: str
    minimum_quantity: int
    maximum_quantity: int
    rank: int
    uri: str
    locale: str
    country: str
    category: CategoryBody
    limit_unit_of_measure: str
    limit: int
    prerequisite_offers: tuple[str, ...]
    is_add_on: bool
    has_add_ons: bool
    is_available_for_purchase: bool
    billing: str
    supported_billing_cycles: tuple[str, ...]
    is_auto_renewable: bool
    is_trial: bool
    upgrade_target_offers: tuple[str, ...]
    conversion_target_offers: tuple[str, ...]
    product: OfferProduct
    unit_type: str
    links: OfferLinks
    attributes: Attributes = Attributes("Offer")


class Shelf:
    """Everything sold in one country, so that offers can name each other."""

    def __init__(self, items: Iterable[Item], locale: str, root: tuple[object, ...] = ()) -> None:
        self.items = tuple(items)
        self._locale = locale
        self._root = root
        self._ids = {item.sku.reference: item.availability.catalog_item_id for item in self.items}

    def offer(self, item: Item, rank: int) -> OfferBody:
        """The offer at that place of the list."""
        found, sku = item.availability, item.sku
        unit = "Usage-based" if sku.is_azure else "Licenses"
        query = () if self._root else (("country", found.country),)
        here = wire.link(*self._root, "offers", found.catalog_item_id, query=query)
        about = wire.link(*self._root, "products", sku.product_id, query=query)
        return OfferBody(
            id=found.catalog_item_id,
            name=sku.title,
            description=sku.description,
            minimum_quantity=sku.minimum_quantity,
            maximum_quantity=sku.maximum_quantity,
            rank=rank,
            uri=here.uri,
            locale=self._locale,
            country=found.country,
            category=self.category(item),
            limit_unit_of_measure="Concurrent" if sku.one_per_seller else "None",
            limit=1 if sku.one_per_seller else 0,
            prerequisite_offers=self._named(sku.parents, sku.prerequisites, sku.seller_prerequisites),
            is_add_on=sku.is_addon,
            has_add_ons=any(sku.reference in it.sku.parents for it in self.items),
            is_available_for_purchase=found.is_purchasable,
            billing="usage" if sku.is_azure else "license",
            supported_billing_cycles=tuple(cycle.value for cycle in sku.billing_cycles),
            is_auto_renewable=found.is_renewable,
            is_trial=sku.is_trial,
            upgrade_target_offers=self._named(sku.upgrade_targets),
            conversion_target_offers=self._named(sku.conversion_targets),
            product=OfferProduct(sku.product_id, item.product.title, unit),
            unit_type=unit,
            links=OfferLinks(about, here),
        )

    def category(self, item: Item) -> CategoryBody:
        """The category of an item."""
        view = item.product.target_views[0]
        return CategoryBody(f"{view}_Key", view, _RANKS[view], self._locale, item.availability.country)

    def _named(self, *references: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._ids[one] for group in references for one in group if one in self._ids)

    def offers(self, items: Iterable[Item]) -> tuple[OfferBody, ...]:
        """These items as offers."""
        chosen = {item.availability.catalog_item_id for item in items}
        ranked = enumerate(self.items, 1)
        return tuple(self.offer(it, rank) for rank, it in ranked if it.availability.catalog_item_id in chosen)

    def one(self, offer_id: str) -> Item:
        """The item of an offer; raises UnknownOffer."""
        for item in self.items:
            if item.availability.catalog_item_id == offer_id.strip().upper():
                return item
        raise UnknownOffer(f"There is no offer {offer_id} here; list the offers again.", offer_id)


async def shelf(call: Call) -> Shelf:
    """What is sold in the country, or in the customer's, that the address asks about."""
    where = Where(call)
    items = await service.list_offers(call.ctx, country=where.country, customer_id=where.customer_id)
    return Shelf(items, call.ctx.locale, ("customers", where.customer_id) if where.customer_id else ())


async def _list(call: Call) -> Collection[OfferBody]:
    found = await shelf(call)
    return wire.collection(found.offers(found.items), call)


async def _read(call: Call) -> OfferBody:
    found = await shelf(call)
    return found.offers((found.one(call.text("offer")),))[0]


async def _addons(call: Call) -> Collection[OfferBody]:
    found = await shelf(call)
    base = found.one(call.text("offer")).sku.reference
    return wire.collection(found.offers(it for it in found.items if base in it.sku.parents), call)


async def _categories(call: Call) -> Collection[CategoryBody]:
    found = await shelf(call)
    known = {one.id: one for one in map(found.category, found.items)}
    return wire.collection(sorted(known.values(), key=lambda one: one.rank), call)


_at_home = partial(Route, ("GET",), query=(_COUNTRY,))
_CUSTOMER = "/v1/customers/{customer}"
ROUTES = (
    _at_home("/v1/offers", _list, "offers.list", "List the offers of a country.", Collection[OfferBody]),
    _at_home("/v1/offers/{offer}", _read, "offers.read", "Read an offer of a country.", OfferBody),
    _at_home("/v1/offers/{offer}/addons", _addons, "offers.list_addons", "List the add-ons to an offer.",
             Collection[OfferBody]),
    _at_home("/v1/offercategories", _categories, "offer_categories.list", "List the categories of a country.",
             Collection[CategoryBody]),
    Route(("GET",), f"{_CUSTOMER}/offers", _list, "customer_offers.list", "List the offers in a customer's country.",
          Collection[OfferBody]),
    Route(("GET",), f"{_CUSTOMER}/offers/{{offer}}/addons", _addons, "customer_offers.list_addons",
          "List the add-ons to an offer in a customer's country.", Collection[OfferBody]),
    Route(("GET",), f"{_CUSTOMER}/offercategories", _categories, "customer_offer_categories.list",
          "List the categories in a customer's country.", Collection[CategoryBody]),
)  # fmt: skip
