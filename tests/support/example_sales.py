"""What the examples of selling are about, and the bodies of those beside carts and orders."""

from dataclasses import dataclass
from typing import Any

from copartner_emulator.world_model import Tenant


@dataclass(frozen=True, slots=True)
class Things:
    """Identifiers by the name of the address part they fill in: one partner's, and another's of the same kinds."""

    own: dict[str, str]
    foreign: dict[str, str]
    item: str
    template: str
    paid: str
    addon: str


def _purchase(item: str, **more: Any) -> dict[str, Any]:
    return {"catalogItemId": item, "quantity": 20, "termDuration": "P1Y", "billingCycle": "Monthly", **more}


def sales_bodies(things: Things, support: Tenant) -> dict[str, Any]:
    """By the name of the route; `support` is another partner."""
    return {
        "support_contacts.replace": {
            "supportTenantId": str(support.id),
            "supportMpnId": support.enrolment.mpn_id if support.enrolment else "",
            "name": "W",
        },
        "orders.amend": {
            "lineItems": [
                {
                    "lineItemNumber": 0,
                    "offerId": things.addon,
                    "quantity": 1,
                    "friendlyName": "Archiv",
                    "termDuration": "P1Y",
                    "parentSubscriptionId": things.own["subscription"],
                }
            ],
            "billingCycle": "monthly",
            "status": "",
        },
        "transitions.make": {
            "toCatalogItemId": things.item,
            "fromSubscriptionId": things.own["transitable"],
            "quantity": 2,
            "termDuration": "P1Y",
            "billingCycle": "monthly",
            "transitionType": "transition_only",
        },
        "conversions.make": {"targetOfferId": things.paid, "quantity": 20, "billingCycle": "monthly"},
        "upgrades.make": {"targetOffer": {"id": things.paid}, "quantity": 5},
        "promotions.check": {
            "items": [{**_purchase(things.item), "id": "0"}, _purchase(things.item, promotionId="x")],
        },
        "inventory.check": {
            "targetItems": [{"productId": things.own["product"], "skuId": "0001"}],
            "inventoryContext": {"customerId": things.own["customer"]},
        },
    }
