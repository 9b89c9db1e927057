"""Granular delegated admin by HTTP, through the states of a relationship."""

from typing import Any

import httpx

from support.web import Web

GRAPH = "/v1.0/tenantRelationships/delegatedAdminRelationships"
CONSENT = "/programme/v1/consent/delegated-admin-relationships"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
EXCHANGE = "29232cdf-9323-42fd-ade2-1d097af3e4de"
# By the name of the route: which relationship an address is about, who may, and what is sent.
ABOUT = {"admin_consent.read": "asked", "admin_consent.answer": "asked", "admin_consent.terminate": "approved"}
CALLERS = dict.fromkeys(ABOUT, "ga@lavande")
BODIES = {"admin_consent.answer": {"answer": "approve"}}


def asked(name: str, *roles: str, **more: Any) -> dict[str, Any]:
    """The body that asks for a year of these roles."""
    return {
        "displayName": name,
        "duration": "P1Y",
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": role} for role in roles or (HELPDESK,)]},
        **more,
    }


async def draft(site: Web, who: str, name: str, *roles: str, **more: Any) -> str:
    """The id of a new draft."""
    answer = await site.call(who, "POST", GRAPH, asked(name, *roles, **more))
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def request(site: Web, who: str, relationship: str, action: str) -> httpx.Response:
    """A request about a relationship."""
    return await site.call(who, "POST", f"{GRAPH}/{relationship}/requests", {"action": action})


async def asked_of(site: Web, who: str, name: str, customer: str | None, *roles: str, **more: Any) -> str:
    """The id of a relationship that waits for a customer, or for whichever answers."""
    named = {"customer": {"tenantId": str(site.here.id(customer)), "displayName": customer}} if customer else {}
    made = await draft(site, who, name, *roles, **named, **more)
    assert (await request(site, who, made, "lockForApproval")).status_code == 201
    return made


async def answer(site: Web, who: str, relationship: str, said: str, **more: Any) -> httpx.Response:
    """A customer's answer."""
    return await site.call(who, "POST", f"{CONSENT}/{relationship}", {"answer": said, **more})


async def approved_by(site: Web, who: str, name: str, customer: str, *roles: str, **more: Any) -> str:
    """The id of a relationship that a customer approved."""
    made = await asked_of(site, who, name, customer, *roles, **more)
    done = await answer(site, f"ga@{customer}", made, "approve")
    assert done.status_code == 200, done.text
    return made


async def group(site: Web, who: str, name: str) -> str:
    """The id of a new group of the tenant of its Global admin."""
    made = await site.call(who, "POST", "/programme/v1/groups", {"name": name})
    assert made.status_code == 201, made.text
    found: str = made.json()["id"]
    return found


def roles_of(*roles: str) -> dict[str, Any]:
    """The body that changes what a group gets."""
    return {"accessDetails": {"unifiedRoles": [{"roleDefinitionId": role} for role in roles]}}


def assigning(container: str, *roles: str) -> dict[str, Any]:
    """The body that gives a group these roles."""
    held = {"accessContainerId": container, "accessContainerType": "securityGroup"}
    return {"accessContainer": held, **roles_of(*roles)}


async def assigned(site: Web, who: str, relationship: str, container: str, *roles: str) -> str:
    """The address of a new assignment."""
    everything = f"{GRAPH}/{relationship}/accessAssignments"
    made = await site.call(who, "POST", everything, assigning(container, *roles))
    assert made.status_code == 201, made.text
    return f"{everything}/{made.json()['id']}"


async def furnish(site: Web, who: str) -> dict[str, str]:
    """A relationship that was asked for, and one that was approved."""
    customer = "lavande" if who == "aa@nordlicht" else "hafen"
    waiting = await asked_of(site, who, "asked", customer)
    approved = await approved_by(site, who, "approved", customer)
    return {"asked": waiting, "approved": approved, "adminRelationship": waiting}
