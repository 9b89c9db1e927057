"""What a catalogue item allows: quantities, terms and prices. Pure."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from copartner.catalogue.model import BillingCycle, Item, ProductRange, Segment, Sku, TargetView, Term
from copartner.kernel.calendar import months_of
from copartner.kernel.errors import Illegal, Invalid, NotFound

# Source: programme.md, demo catalogue; the vendor's price sheet, not the programme, fixes them in production.
PARTNER_SHARE = Decimal("0.80")
MONTHLY_SURCHARGE = Decimal("1.2")

_CENT = Decimal("0.01")
_LONGEST_SEARCH = 200


class UnknownProduct(NotFound):
    """No such product is sold in the country."""


class UnknownSku(NotFound):
    """The product has no such SKU in the country."""


class UnknownAvailability(NotFound):
    """The SKU has no such availability in the country."""


class UnknownOffer(NotFound):
    """No such offer is sold in the country."""


class UnknownItem(Invalid):
    """The catalogue item identifier names nothing that is sold."""


class NotSoldInCountry(Invalid):
    """The item is sold, but not in the customer's country."""


class NotPurchasable(Illegal):
    """The item is in the catalogue but cannot be bought."""


class QuantityOutOfRange(Invalid):
    """The quantity is outside the minimum and maximum of the SKU."""


class UnknownTerm(Invalid):
    """The availability has no such term and billing cycle."""


def parse_item_id(text: str) -> tuple[str, str, str]:
    """Product, SKU and availability of `product:sku:availability`; raises UnknownItem."""
    parts = text.strip().upper().split(":")
    if len(parts) != 3 or not all(part.isalnum() and part.isascii() and len(part) <= 32 for part in parts):
        raise UnknownItem("A catalogue item is product:sku:availability, as an availability names it.", text)
    return parts[0], parts[1], parts[2]


def key(text: str) -> str:
    """An identifier as the catalogue writes it; empty, which nothing has, for a text that cannot be one."""
    return text.upper() if text.isascii() and text.isalnum() else ""


def check_search(text: str) -> str | None:
    """A part of a title or a publisher's name, or an identifier; None for everything. Raises Invalid."""
    wanted = text.strip().lower()
    if len(wanted) > _LONGEST_SEARCH:
        raise Invalid(f"search: type at most {_LONGEST_SEARCH} characters.", "search")
    return wanted or None


def parse_country(text: str) -> str:
    """A two-letter country code in upper case; raises Invalid."""
    country = text.strip().upper()
    if len(country) != 2 or not (country.isascii() and country.isalpha()):
        raise Invalid("country has to be a two-letter ISO 3166 code, such as DE.", "country")
    return country


def parse_target_view(text: str) -> TargetView:
    """A target view in any case; raises Invalid."""
    for view in TargetView:
        if view.value.lower() == text.strip().lower():
            return view
    raise Invalid(f"targetView has to be one of {', '.join(TargetView)}.", "targetView")


def parse_segment(text: str | None) -> Segment | None:
    """A target segment in any case, None when none is given; raises Invalid."""
    if text is None or not text.strip():
        return None
    try:
        return Segment(text.strip().lower())
    except ValueError:
        raise Invalid(f"targetSegment has to be one of {', '.join(Segment)}.", "targetSegment") from None


def shows(wanted: Segment | None, segment: Segment) -> bool:
    """Whether a list for the wanted segment shows an availability; without a wish all but nonprofit are shown."""
    return segment is wanted if wanted is not None else segment is not Segment.NONPROFIT


def for_segment(items: Iterable[Item], wanted: Segment | None) -> tuple[Item, ...]:
    """The items that a list for the wanted segment shows."""
    return tuple(item for item in items if shows(wanted, item.availability.segment))


def skus(items: Iterable[Item], wanted: Segment | None) -> tuple[Sku, ...]:
    """The SKUs behind the items shown to the segment, each once."""
    return tuple({item.sku.reference: item.sku for item in for_segment(items, wanted)}.values())


def there(found: ProductRange | None, product_id: str) -> ProductRange:
    """The product; raises UnknownProduct."""
    if found is None:
        raise UnknownProduct("There is no such product in the catalogue.", product_id)
    return found


def of_product(items: tuple[Item, ...], product_id: str) -> tuple[Item, ...]:
    """The items, of which there is at least one; raises UnknownProduct."""
    if not items:
        raise UnknownProduct(f"No product {product_id} is sold in this country.", product_id)
    return items


def of_sku(items: Iterable[Item], sku_id: str) -> tuple[Item, ...]:
    """The items of one SKU, at least one; raises UnknownSku."""
    found = tuple(item for item in items if item.sku.id == key(sku_id))
    if not found:
        raise UnknownSku(f"The product has no SKU {sku_id} in this country.", sku_id)
    return found


def of_availability(items: Iterable[Item], availability_id: str) -> Item:
    """The item of one availability; raises UnknownAvailability."""
    for item in items:
        if item.availability.id == key(availability_id):
            return item
    raise UnknownAvailability(
        f"The SKU has no availability {availability_id} in this country; read its availabilities again.",
        availability_id,
    )


def pick(found: dict[str, Item], triple: tuple[str, str, str], country: str | None) -> Item:
    """The item of a product, SKU and availability; raises UnknownItem, and NotSoldInCountry unless country is None."""
    item_id = ":".join(triple)
    if item_id not in found:
        raise UnknownItem(f"The catalogue has no item {item_id}; read the SKU's availabilities again.", item_id)
    item = found[item_id]
    if country is not None and item.availability.country != country:
        raise NotSoldInCountry(
            f"{item_id} is sold in {item.availability.country}, but the customer is in {country}; "
            f"take the availability of {country}.",
            item_id,
        )
    return item


def check_quantity(sku: Sku, quantity: int, *, parent_quantity: int | None = None) -> None:
    """Raise QuantityOutOfRange unless the quantity fits the SKU and, for an add-on, its parent's quantity.

    The pooled maximum needs what the customer holds elsewhere and is judged by the programme's rule seats-pooled.
    """
    highest = sku.maximum_quantity
    if sku.is_addon and parent_quantity is not None:
        highest = min(highest, parent_quantity)
    if not sku.minimum_quantity <= quantity <= highest:
        allowed = f"from {sku.minimum_quantity} to {highest}"
        raise QuantityOutOfRange(f"The quantity of {sku.title} has to be {allowed}, not {quantity}.", str(quantity))


def choose_term(item: Item, *, duration: str | None, billing_cycle: BillingCycle | None) -> Term:
    """The term of the availability with this duration and billing cycle.

    What is left out is taken when the availability leaves no choice. Raises NotPurchasable, UnknownTerm.
    """
    check_purchasable(item)
    wanted = duration.strip().upper() if duration and duration.strip() else None
    fitting = [
        term
        for term in item.availability.terms
        if wanted in (None, term.duration) and billing_cycle in (None, term.billing_cycle)
    ]
    if len(fitting) == 1:
        return fitting[0]
    offered = ", ".join(f"{term.duration or 'no term'} {term.billing_cycle}" for term in item.availability.terms)
    verb = "is not offered" if not fitting else "is ambiguous"
    asked = f"{wanted or 'any term'} {billing_cycle or 'any billing cycle'}"
    message = f"{asked} {verb} for {item.sku.title}; offered are: {offered}."
    raise UnknownTerm(message, item.availability.catalog_item_id)


def check_purchasable(item: Item) -> None:
    """Raise NotPurchasable when the item can only be looked at."""
    if not item.availability.is_purchasable:
        raise NotPurchasable(f"{item.sku.title} is no longer sold.", item.availability.catalog_item_id)


def list_price(yearly: Decimal, rate: Decimal, duration: str) -> Decimal:
    """The list price of one unit for a term, from the yearly price in USD and the currency's rate, rounded to cents."""
    months = months_of(duration) if duration else 12
    amount = yearly * rate * months / 12 * (MONTHLY_SURCHARGE if months == 1 else 1)
    return amount.quantize(_CENT, ROUND_HALF_UP)


def partner_price(listed: Decimal) -> Decimal:
    """What a partner pays of a list price, rounded to cents."""
    return (listed * PARTNER_SHARE).quantize(_CENT, ROUND_HALF_UP)
