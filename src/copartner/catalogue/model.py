"""What can be bought: products, their SKUs, and the availability of a SKU in a country with its terms and prices."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from copartner.kernel.money import Money


class BillingCycle(StrEnum):
    """How often the partner is charged for a term."""

    MONTHLY = "monthly"
    ANNUAL = "annual"
    TRIENNIAL = "triennial"
    NONE = "none"
    ONE_TIME = "one_time"


class Segment(StrEnum):
    """The audience an availability is for."""

    COMMERCIAL = "commercial"
    EDUCATION = "education"
    GOVERNMENT = "government"
    NONPROFIT = "nonprofit"


class TargetView(StrEnum):
    """The named part of the catalogue a list shows; spelled as published."""

    AZURE = "Azure"
    AZURE_RESERVATIONS = "AzureReservations"
    AZURE_RESERVATIONS_VM = "AzureReservationsVM"
    AZURE_RESERVATIONS_SQL = "AzureReservationsSQL"
    AZURE_RESERVATIONS_COSMOS_DB = "AzureReservationsCosmosDb"
    MICROSOFT_AZURE = "MicrosoftAzure"
    ONLINE_SERVICES = "OnlineServices"
    SOFTWARE = "Software"
    SOFTWARE_SUSE_LINUX = "SoftwareSUSELinux"
    SOFTWARE_PERPETUAL = "SoftwarePerpetual"
    SOFTWARE_SUBSCRIPTIONS = "SoftwareSubscriptions"
    SPECIALIZED_OFFERS = "SpecializedOffers"
    MARKETPLACE_SAAS = "MarketplaceSaaS"


@dataclass(frozen=True, slots=True)
class Product:
    """A good or service; its SKUs are what is bought."""

    id: str
    title: str
    description: str
    publisher: str
    product_type: str
    sub_type: str | None
    target_views: tuple[TargetView, ...]


@dataclass(frozen=True, slots=True)
class Sku:
    """One form of a product, with what the selling rules need to know. SKUs elsewhere are named `product:sku`.

    `parents`: below a subscription of one of these alone (an add-on). `prerequisites`: one of these anywhere in the
    customer's tenant, whoever sold it. `seller_prerequisites`: one of these sold by the same seller. `pooled_maximum`:
    what all sellers together may hold for one customer. `one_per_seller`: a seller sells it once to a customer.
    `is_azure`: an Azure plan, metered; a reservation is none. `activation_link`: where whoever uses it activates it.
    """

    product_id: str
    id: str
    title: str
    description: str
    minimum_quantity: int
    maximum_quantity: int
    pooled_maximum: int | None = None
    one_per_seller: bool = False
    is_trial: bool = False
    is_azure: bool = False
    is_reservation: bool = False
    parents: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    seller_prerequisites: tuple[str, ...] = ()
    upgrade_targets: tuple[str, ...] = ()
    conversion_targets: tuple[str, ...] = ()
    activation_link: str | None = None
    billing_cycles: tuple[BillingCycle, ...] = ()

    @property
    def is_addon(self) -> bool:
        """Whether it is bought below a parent subscription."""
        return bool(self.parents)

    @property
    def reference(self) -> str:
        """`product:sku`, as prerequisites and parents name it."""
        return f"{self.product_id}:{self.id}"


@dataclass(frozen=True, slots=True)
class Term:
    """An agreed length with its billing cycle; prices are per unit for the whole term, without tax.

    `duration` is P1M, P1Y or P3Y; empty for what is metered and runs until it is ended, whose prices are 0 here.
    """

    id: str
    duration: str
    billing_cycle: BillingCycle
    description: str
    list_price: Decimal
    partner_price: Decimal


@dataclass(frozen=True, slots=True)
class Availability:
    """A SKU as it is sold in one country to one segment."""

    product_id: str
    sku_id: str
    id: str
    country: str
    segment: Segment
    currency: str
    is_purchasable: bool
    is_renewable: bool
    terms: tuple[Term, ...]

    @property
    def catalog_item_id(self) -> str:
        """`product:sku:availability`, which carts and orders name."""
        return f"{self.product_id}:{self.sku_id}:{self.id}"


@dataclass(frozen=True, slots=True)
class Item:
    """An availability with its SKU and product: all a cart line has to know."""

    product: Product
    sku: Sku
    availability: Availability

    def list_price(self, term: Term) -> Money:
        """The list price of one unit for the whole term."""
        return Money(term.list_price, self.availability.currency)

    def partner_price(self, term: Term) -> Money:
        """What the partner pays for one unit for the whole term."""
        return Money(term.partner_price, self.availability.currency)


@dataclass(frozen=True, slots=True)
class Promotion:
    """A discount for one SKU and term, wherever the SKU is sold, from `starts_at` until before `ends_at`.

    `discount` is the part of the price that is taken off for one term; seats are those of one subscription.
    """

    id: str
    name: str
    description: str
    starts_at: datetime
    ends_at: datetime
    segment: Segment
    product_id: str
    sku_id: str
    duration: str
    billing_cycle: BillingCycle
    discount: Decimal
    minimum_seats: int
    maximum_seats: int

    def runs(self, now: datetime) -> bool:
        """Whether it can be had at that moment."""
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class Ranged:
    """A product as the operator sees it: how many SKUs it has, and the countries in which it is sold."""

    product: Product
    skus: int
    markets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The products that fit a search, at most 200 of `total`, and every country in which anything is sold."""

    total: int
    products: tuple[Ranged, ...]
    markets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductRange:
    """One product, and how it is sold in one of its countries; `country` is None where it is sold nowhere."""

    ranged: Ranged
    country: str | None
    items: tuple[Item, ...]
