"""How a customer of a running emulator lets a partner act in its directory, by requests alone."""

from support.granular import CONSENT, GRAPH, assigning, roles_of
from support.up import Emulator


def delegated(running: Emulator, role: str, *roles: str) -> None:
    """The customer lets the partner's user with a role act in its directory, with built-in roles, by a group."""
    admin, agent = (running.person(one, "nordlicht") for one in ("Global admin", role))
    named = {"displayName": "Users", "duration": "P1Y", **roles_of(*roles)}
    relationship = f"{GRAPH}/{agent.post(GRAPH, named)['id']}"
    agent.post(f"{relationship}/requests", {"action": "lockForApproval"})
    running.person("Global admin", "alpenblick").post(
        f"{CONSENT}/{relationship[len(GRAPH) + 1 :]}", {"answer": "approve"}
    )
    group = admin.post("/programme/v1/groups", {"name": "Users"})["id"]
    member = next(
        one["id"] for one in admin.get("/programme/v1/users")["items"] if one["userPrincipalName"] == agent.name
    )
    reference = {"@odata.id": f"{running.url}/v1.0/directoryObjects/{member}"}
    admin.post(f"/v1.0/groups/{group}/members/$ref", reference)
    agent.post(f"{relationship}/accessAssignments", assigning(group, *roles))


def person(running: Emulator) -> str:
    """The id of a new user of the customer, made by the partner."""
    profile = {"password": "abCD123*", "forceChangePassword": True}
    new = {"userPrincipalName": "ida@alpenblick.example", "displayName": "Ida Kern", "passwordProfile": profile}
    users = f"/v1/customers/{running.id('alpenblick')}/users"
    return str(running.person("Admin agent", "nordlicht").post(users, new)["id"])
