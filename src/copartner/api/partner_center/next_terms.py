"""What a subscription becomes when its next term starts, in the shape of create-scheduled-changes, 2023-02-17."""

from msgspec import UNSET, Struct, UnsetType

from copartner.api.decoding import Malformed
from copartner.api.partner_center.lines import billing_cycle
from copartner.subscriptions.model import NextTerm

_NAME = "scheduledNextTermInstructions"


class NextProduct(Struct, frozen=True, rename="camel"):
    """What it becomes: an availability with its term and billing cycle."""

    product_id: str
    sku_id: str
    availability_id: str
    billing_cycle: str
    term_duration: str
    promotion_id: str | UnsetType = UNSET


class NextTermBody(Struct, frozen=True, rename="camel"):
    """What it becomes, and how many licences it has then."""

    product: NextProduct
    quantity: int
    custom_term_end_date: str | UnsetType = UNSET


def instructed(asked: NextTermBody | UnsetType) -> NextTerm | None:
    """The instructions as the service takes them, None where there are none; raises Malformed."""
    if isinstance(asked, UnsetType):
        return None
    product = asked.product
    if asked.custom_term_end_date or product.promotion_id:
        raise Malformed(f"{_NAME}: neither promotions nor early ends are scheduled here; leave them out.", _NAME)
    cycle = billing_cycle(product.billing_cycle, f"{_NAME}.product.billingCycle")
    if cycle is None:
        raise Malformed(f"{_NAME}.product.billingCycle: send a billing cycle.", _NAME)
    item = f"{product.product_id}:{product.sku_id}:{product.availability_id}".upper()
    return NextTerm(item, product.term_duration.strip().upper(), cycle, asked.quantity)


def present_next(found: NextTerm | None) -> NextTermBody | UnsetType:
    """The instructions in the contract's shape."""
    if found is None:
        return UNSET
    product, sku, availability = found.catalog_item_id.split(":")
    return NextTermBody(NextProduct(product, sku, availability, found.billing_cycle.value, found.term), found.quantity)
