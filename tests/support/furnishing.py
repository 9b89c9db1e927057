"""What examples find in a partner's own tenant, and how anything is made for them."""

from typing import Any

from support.web import Web

OWN = "/programme/v1"


async def record(site: Web, who: str) -> str:
    """The first record of the audit."""
    listed = await site.get(who, "/v1/auditrecords")
    found: str = listed["items"][0]["id"]
    return found


async def furnish_directory(site: Web, who: str) -> dict[str, str]:
    """A user in a group, and an application with a secret."""
    named = {"userPrincipalName": "eva.berg", "displayName": "Eva Berg"}
    user = (await made(site, who, f"{OWN}/users", named))["user"]["id"]
    group = (await made(site, who, f"{OWN}/groups", {"name": "Vertrieb"}))["id"]
    assert (await site.call(who, "PUT", f"{OWN}/groups/{group}/members/{user}")).status_code == 200
    application = (await made(site, who, f"{OWN}/applications", {"name": "Lager"}))["id"]
    secret = (await made(site, who, f"{OWN}/applications/{application}/secrets", {}))["secret"]["id"]
    consent = await made(site, who, f"{OWN}/applications/{application}/consent", {"offline": True})
    return {
        "consent": consent["id"],
        "user": user,
        "group": group,
        "member": user,
        "role": "sales-agent",
        "application": application,
        "secret": secret,
    }


async def made(site: Web, who: str, path: str, body: Any = None) -> Any:
    answer = await site.call(who, "POST", path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()
