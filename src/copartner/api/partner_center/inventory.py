"""Whether catalogue items can be had at present, in the contract's shapes (check-inventory, 2023-08-23)."""

from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.registry import Query, Route
from copartner.catalogue import service
from copartner.catalogue.model import Item


class TargetItem(Struct, frozen=True, rename="camel"):
    """A product or one SKU of it."""

    product_id: str
    sku_id: str | UnsetType = UNSET


class InventoryRequest(Struct, frozen=True, rename="camel"):
    """What to look for. The context is what some SKUs need to be judged; none of this catalogue needs any."""

    target_items: tuple[TargetItem, ...]
    inventory_context: dict[str, str] | UnsetType = UNSET


class Restriction(Struct, frozen=True, rename="camel"):
    """Why something cannot be had."""

    reason_code: str
    description: str
    properties: dict[str, str]


class InventoryItem(Struct, frozen=True, rename="camel"):
    """One SKU and what restricts it."""

    product_id: str
    sku_id: str
    is_restricted: bool
    restrictions: tuple[Restriction, ...]


def _present(item: Item) -> InventoryItem:
    country = item.availability.country
    closed = Restriction(
        "NotAvailableForPurchase",
        f"{item.sku.title} is no longer sold in {country}.",
        {"type": "Country", "values": country},
    )
    restrictions = () if item.availability.is_purchasable else (closed,)
    return InventoryItem(item.sku.product_id, item.sku.id, bool(restrictions), restrictions)


async def _check(call: Call) -> list[InventoryItem]:
    asked = call.decode(InventoryRequest)
    targets = [(one.product_id, one.sku_id or None) for one in asked.target_items]
    found = await service.check_inventory(call.ctx, country=call.query("country"), targets=targets)
    return [_present(item) for item in found]


ROUTES = (
    Route(("POST",), "/v1/extensions/product/checkInventory", _check, "inventory.check",
          "Say what of the catalogue can be had.", list[InventoryItem], InventoryRequest,
          query=(Query("country", "A two-letter country code."),)),
)  # fmt: skip
