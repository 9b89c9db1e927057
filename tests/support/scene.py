"""A running deployment in which every page has something to show, furnished by requests alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from support.granular import CONSENT, EXCHANGE, GRAPH, HELPDESK, asked, assigning
from support.stage import ADMIN_AGENT, GLOBAL_ADMIN, SALES_AGENT
from support.up import Emulator, Person

CUSTOMER, SELLER, OTHER = "alpenblick", "nordlicht", "suedwind"
VERSION = """
@id("no-iceland")
@text("Nothing is sold into Iceland any more.")
@source("a decision of the programme's board")
@needs("A customer in another country.")
forbid (principal, action in [Action::"cart.checkout", Action::"order.place"], resource)
when { resource has customer && resource.customer.country == "IS" };
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is, by the names that identifiers have in addresses."""

    up: Emulator
    ids: Mapping[str, str]


def furnished(up: Emulator) -> Scene:
    """A customer of two partners with subscriptions, delegated admin, denials, and what operators prepare."""
    seller, sales, admin = (up.person(role, SELLER) for role in (ADMIN_AGENT, SALES_AGENT, GLOBAL_ADMIN))
    buyer, operator = up.person(GLOBAL_ADMIN, CUSTOMER), up.person(GLOBAL_ADMIN, "operator")
    for partner in (SELLER, OTHER):
        accepted(up, partner)
    licences = ordered(up, sales, "Office 365 Premium", 10, termDuration="P1Y", billingCycle="monthly")
    ordered(up, up.person(SALES_AGENT, OTHER), "Azure plan", 1, billingCycle="one_time")
    base = f"/v1/customers/{up.id(CUSTOMER)}"
    # Somebody else's: refused, and on record with the customer and the seller.
    up.person(ADMIN_AGENT, OTHER).refused("PATCH", f"{base}/subscriptions/{licences}", {"status": "suspended"})
    _, _, refused = up.person("Helpdesk agent", SELLER).refused("POST", "/programme/v1/relationship-requests", {})
    waiting = sales.post("/programme/v1/relationship-requests", {"reason": "Licences for the new branch"})["id"]
    third = {"customerTenantId": up.id(CUSTOMER), "reason": "Azure for the new branch"}
    new = up.person(SALES_AGENT, "wolkenwerk").post("/programme/v1/relationship-requests", third)["id"]
    agents = seller.get("/v1.0/groups?$filter=startswith(displayName,'Helpdesk')")["value"][0]["id"]
    active = _granular(up, "Helpdesk", HELPDESK, EXCHANGE)
    buyer.post(f"{CONSENT}/{active}", {"answer": "approve"})
    seller.post(f"{GRAPH}/{active}/accessAssignments", assigning(agents, HELPDESK))
    user = up.person("User", CUSTOMER).name
    plain = next(one for one in buyer.get("/programme/v1/users")["items"] if one["userPrincipalName"] == user)
    waits = _granular(up, "Mail", EXCHANGE)
    version = operator.post(
        "/programme/v1/rule-versions",
        {"title": "Iceland", "reason": "It was decided.", "begins": "2027-02-01", "text": VERSION},
    )
    announcement = operator.post("/programme/v1/announcements", _announcement())
    application = admin.get("/programme/v1/applications")["items"][0]
    people = admin.get("/programme/v1/users")["items"]
    records = admin.get(f"/programme/v1/audit-records?startDate={up.clock[:10]}")["items"]
    ids = {
        "customer_id": up.id(CUSTOMER),
        "tenant_id": up.id(CUSTOMER),
        "partner_tenant_id": up.id(SELLER),
        "subscription_id": licences,
        "request_id": waiting,
        "new_request_id": new,
        "relationship_id": active[:36],
        "asked_relationship_id": waits[:36],
        "group_id": agents,
        "user_id": next(one["id"] for one in people if one["userPrincipalName"] == seller.name),
        "customer_user_id": plain["id"],
        "application_id": application["id"],
        "announcement_id": announcement["id"],
        "version_id": version["id"],
        "record_id": records[0]["id"],
        "receipt_id": buyer.get("/programme/v1/consent/receipts")["items"][0]["id"],
        "decision_id": refused["data"][-1],
    }
    return Scene(up, ids)


def accepted(up: Emulator, partner: str) -> None:
    """The customer accepts the partner, and the customer agreement with it."""
    asked_for = {"customerTenantId": up.id(CUSTOMER), "reason": "Better service"}
    made = up.person(SALES_AGENT, partner).post("/programme/v1/relationship-requests", asked_for)
    answer = {"answer": "accept", "acceptCustomerAgreement": True}
    up.person(GLOBAL_ADMIN, CUSTOMER).post(f"/programme/v1/consent/relationship-requests/{made['id']}", answer)


def ordered(up: Emulator, who: Person, title: str, quantity: int, **line: Any) -> str:
    """The subscription of an order by way of a cart."""
    item, base = _catalogue_item(who, title), f"/v1/customers/{up.id(CUSTOMER)}/carts"
    cart = who.post(base, {"lineItems": [{"id": 0, "catalogItemId": item, "quantity": quantity, **line}]})["id"]
    found: str = who.post(f"{base}/{cart}/checkout")["orders"][0]["lineItems"][0]["subscriptionId"]
    return found


def _catalogue_item(who: Person, title: str) -> str:
    for view in ("OnlineServices", "Azure"):
        for product in who.get(f"/v1/products?country=DE&targetView={view}")["items"]:
            for sku in who.get(f"/v1/products/{product['id']}/skus?country=DE")["items"]:
                if sku["title"] == title:
                    below = f"/v1/products/{product['id']}/skus/{sku['id']}/availabilities?country=DE"
                    found: str = who.get(below)["items"][0]["catalogItemId"]
                    return found
    raise AssertionError(f"no {title} in the catalogue")


def _granular(up: Emulator, name: str, *roles: str) -> str:
    """A relationship that waits for the customer."""
    seller = up.person(ADMIN_AGENT, SELLER)
    customer = {"tenantId": up.id(CUSTOMER), "displayName": "Alpenblick Logistik GmbH"}
    made: str = seller.post(GRAPH, asked(name, *roles, customer=customer))["id"]
    seller.post(f"{GRAPH}/{made}/requests", {"action": "lockForApproval"})
    return made


def _announcement() -> dict[str, Any]:
    texts = {
        "en": {"title": "Trials end", "changes": "Trials are sold no more.", "nextSteps": "Tell your customers."},
        "de": {"title": "Tests enden", "changes": "Tests gibt es nicht mehr.", "nextSteps": "Sagen Sie es Kunden."},
    }
    return {"workspace": "pricing", "audience": ["partner"], "beginsOn": "2027-02-01", "texts": texts}
