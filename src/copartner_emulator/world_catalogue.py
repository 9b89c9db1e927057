"""The demo catalogue of a cloud: every product in every country of its markets, priced in its currency."""

from base64 import b32encode
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from hashlib import sha256

from copartner.catalogue import rules
from copartner.catalogue.model import Availability, BillingCycle, Item, Product, Promotion, Segment, Sku, Term
from copartner.policy.facts import Cloud
from copartner_emulator.world_file import CatalogueEntry, ProductEntry, WorldError, parse, text_of

FILE = "catalogue.toml"
METERED = "metered"
_PUBLISHER = "Wolkenstadt"
_DURATIONS = {"P1M": "One month", "P1Y": "One year", "P3Y": "Three years", METERED: "Pay for what is used"}
_BILLING = {
    BillingCycle.MONTHLY: "billed monthly",
    BillingCycle.ANNUAL: "billed yearly",
    BillingCycle.TRIENNIAL: "billed every three years",
    BillingCycle.NONE: "free of charge",
    BillingCycle.ONE_TIME: "billed once",
}


def read_catalogue(cloud: Cloud) -> tuple[Item, ...]:
    """Every availability of that cloud, by product and country; raises WorldError."""
    return build(parse(text_of(FILE), FILE, CatalogueEntry), cloud)


def read_promotions() -> tuple[Promotion, ...]:
    """Every promotion, of all clouds; raises WorldError."""
    return build_promotions(parse(text_of(FILE), FILE, CatalogueEntry))


def build(entry: CatalogueEntry, cloud: Cloud) -> tuple[Item, ...]:
    """The items an entry describes for a cloud; raises WorldError."""
    if cloud not in entry.markets:
        raise WorldError(f"{FILE}: [markets] has no {cloud}; the demo catalogue is not sold in that cloud.")
    references = {f"{product_id}:{product.sku}" for product_id, product in entry.product.items()}
    items = []
    for product_id, product in entry.product.items():
        _check(product_id, product, references)
        for country, currency in entry.markets[cloud].items():
            items.append(_item(product_id, product, country, currency, _rate(entry, currency)))
    return tuple(items)


def build_promotions(entry: CatalogueEntry) -> tuple[Promotion, ...]:
    """The promotions an entry describes; raises WorldError."""
    made = []
    for name, promotion in entry.promotion.items():
        place = f'{FILE}: [promotion."{name}"]'
        product_id, _, sku_id = promotion.item.partition(":")
        product = entry.product.get(product_id)
        if product is None or product.sku != sku_id:
            raise WorldError(f"{place} item: the catalogue does not have {promotion.item}")
        if promotion.billing_cycle not in product.terms.get(promotion.term, ()):
            raise WorldError(f"{place} term: {promotion.item} is not sold {promotion.term} {promotion.billing_cycle}")
        made.append(
            Promotion(
                id=name,
                name=promotion.name,
                description=promotion.description,
                starts_at=_midnight(promotion.begins),
                ends_at=_midnight(promotion.over),
                segment=promotion.segment,
                product_id=product_id,
                sku_id=sku_id,
                duration=promotion.term,
                billing_cycle=promotion.billing_cycle,
                discount=_decimal(promotion.discount, f'[promotion."{name}"] discount'),
                minimum_seats=promotion.seats[0],
                maximum_seats=promotion.seats[1],
            )
        )
    return tuple(made)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _check(product_id: str, entry: ProductEntry, references: set[str]) -> None:
    place = f"{FILE}: [product.{product_id}]"
    if not (len(product_id) == 12 and product_id.isalnum() and product_id.isupper()):
        raise WorldError(f"{place} a product has an identifier of 12 capital letters and digits")
    if not (len(entry.sku) == 4 and entry.sku.isdigit()):
        raise WorldError(f"{place} sku: 4 digits are needed, not {entry.sku!r}")
    low, high = entry.quantity
    if not 1 <= low <= high:
        raise WorldError(f"{place} quantity: the smallest and the largest are needed, not {list(entry.quantity)}")
    for length in entry.terms:
        if length not in _DURATIONS:
            raise WorldError(f"{place} terms: {length!r} is none of {', '.join(_DURATIONS)}")
    for named in (entry.below, entry.needs_in_tenant, entry.needs_of_seller, entry.upgrades_to, entry.converts_to):
        if missing := set(named) - references:
            raise WorldError(f"{place} names {sorted(missing)[0]}, which the catalogue does not have")


def _rate(entry: CatalogueEntry, currency: str) -> Decimal:
    if currency not in entry.currencies:
        raise WorldError(f"{FILE}: [markets] names {currency}, which [currencies] does not have")
    return _decimal(entry.currencies[currency], f"[currencies] {currency}")


def _decimal(text: str, place: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise WorldError(f"{FILE}: {place}: {text!r} is no decimal number") from None


def _item(product_id: str, entry: ProductEntry, country: str, currency: str, rate: Decimal) -> Item:
    kind, sub_type = ("Azure", "AzurePlan") if entry.azure else ("OnlineServicesNCE", None)
    if entry.reservation:
        kind, sub_type = "Azure", "VirtualMachines"
    product = Product(product_id, entry.title, entry.description, _PUBLISHER, kind, sub_type, entry.views)
    terms = _terms(product_id, entry, rate)
    sku = Sku(
        product_id=product_id,
        id=entry.sku,
        title=entry.title,
        description=entry.description,
        minimum_quantity=entry.quantity[0],
        maximum_quantity=entry.quantity[1],
        pooled_maximum=entry.pooled,
        one_per_seller=entry.one_per_seller,
        is_trial=entry.trial,
        is_azure=entry.azure,
        is_reservation=entry.reservation,
        parents=entry.below,
        prerequisites=entry.needs_in_tenant,
        seller_prerequisites=entry.needs_of_seller,
        upgrade_targets=entry.upgrades_to,
        conversion_targets=entry.converts_to,
        activation_link=entry.activation,
        billing_cycles=tuple(sorted({term.billing_cycle for term in terms})),
    )
    availability = Availability(
        product_id=product_id,
        sku_id=entry.sku,
        id=product_id[:8] + _short(product_id, entry.sku, country)[:4],
        country=country,
        segment=Segment.COMMERCIAL,
        currency=currency,
        is_purchasable=True,
        is_renewable=entry.renewable,
        terms=terms,
    )
    return Item(product, sku, availability)


def _terms(product_id: str, entry: ProductEntry, rate: Decimal) -> tuple[Term, ...]:
    yearly = _decimal(entry.price, f"[product.{product_id}] price")
    terms = []
    for length, cycles in entry.terms.items():
        duration = "" if length == METERED else length
        listed = rules.list_price(yearly, rate, duration)
        for cycle in cycles:
            terms.append(
                Term(
                    id=_short(product_id, entry.sku, length, cycle)[:12].lower(),
                    duration=duration,
                    billing_cycle=cycle,
                    description=f"{_DURATIONS[length]}, {_BILLING[cycle]}",
                    list_price=listed,
                    partner_price=rules.partner_price(listed),
                )
            )
    return tuple(terms)


def _short(*parts: str) -> str:
    """Capital letters and digits that stay the same for the same parts."""
    return b32encode(sha256(":".join(parts).encode()).digest()).decode().rstrip("=")
