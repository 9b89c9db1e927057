"""What the examples of acting in a customer's directory are about."""

from typing import Any

from support.granular import HELPDESK
from support.web import Web

KINDS = ("customer_users", "customer_roles", "customer_licences")
ROLE = {"directoryrole": HELPDESK}


def _new(name: str) -> dict[str, Any]:
    profile = {"password": "abCD123*", "forceChangePassword": True}
    return {"userPrincipalName": name, "displayName": "Ida Kern", "passwordProfile": profile}


async def furnish(site: Web, who: str, customer: str) -> dict[str, str]:
    """A user of a customer that delegated its tenant, with a role."""
    root = site.customer(customer)
    made = await site.call(who, "POST", f"{root}/users", _new(f"ida@{customer}.example"))
    assert made.status_code == 200, made.text
    person = made.json()["id"]
    given = await site.call(who, "POST", f"{root}/directoryroles/{HELPDESK}/usermembers", {"id": person})
    assert given.status_code == 201, given.text
    return {**ROLE, "person": person}


def bodies(things: dict[str, str]) -> dict[str, Any]:
    """By the name of the route."""
    return {
        "customer_users.create": _new("uwe@alpenblick.example"),
        "customer_users.change": {"displayName": "Ida Kern-Vogt", "usageLocation": "AT"},
        "customer_users.reset_password": {"passwordProfile": {"password": "Renew456*"}},
        "customer_roles.give": {"id": things["person"], "displayName": "Ida Kern"},
        "customer_licences.update": {"licensesToAssign": [{"skuId": f"{things['product']}:{things['sku']}"}]},
    }
