"""The documented examples about what belongs to a granular relationship, and about whom it is with."""

from support.goldens import Documented
from support.granular import EXCHANGE, GLOBAL_ADMINISTRATOR, GRAPH, HELPDESK, approved_by, assigning, roles_of
from support.web import Web

AA, ANY = "aa@nordlicht", {"If-Match": "*"}
# What the page says of itself.
UNDATED = "undated"
ROLES = "accessDetails accessDetails.unifiedRoles accessDetails.unifiedRoles[].roleDefinitionId"
DATES = "createdDateTime lastModifiedDateTime"
ASSIGNMENT = f"""@odata.type @odata.etag id status {DATES} accessContainer accessContainer.accessContainerId
    accessContainer.accessContainerType {ROLES}"""
OPERATION = f"@odata.type @odata.etag id operationType data status {DATES}"
REQUEST = f"@odata.type @odata.etag id action status {DATES}"
CUSTOMER = "@odata.type id tenantId displayName"
SERVICE = "@odata.type id serviceName serviceManagementUrl"
NO_TYPE, NO_TAG = "a client knows the type from the address", "nothing changes it, so it has no tag"
ONE, EVERY = {"@odata.type": NO_TYPE}, {"value[].@odata.type": NO_TYPE}
UNTAGGED = {**ONE, "@odata.etag": NO_TAG}
ALL_UNTAGGED = {**EVERY, "value[].@odata.etag": NO_TAG}
PATH = f"{GRAPH}/{{relationship}}"
CUSTOMERS = "/v1.0/tenantRelationships/delegatedAdminCustomers"


def single(shows: str) -> str:
    return f"@odata.context {shows}"


def listed(shows: str) -> str:
    return " ".join(["@odata.context value", *(f"value[].{name}" for name in shows.split())])


def reads() -> tuple[Documented, ...]:
    """The examples that change nothing, in a world where all they name is there."""
    below = f"{PATH}/accessAssignments"
    asked = (
        ("delegatedadminrelationship-list-accessassignments", UNDATED, below, listed(ASSIGNMENT), EVERY),
        ("delegatedadminaccessassignment-get", UNDATED, f"{below}/{{assignment}}", single(ASSIGNMENT), ONE),
        ("delegatedadminrelationship-list-operations", UNDATED, f"{PATH}/operations", listed(OPERATION),
         ALL_UNTAGGED),
        ("delegatedadminrelationshipoperation-get", UNDATED, f"{PATH}/operations/{{operation}}",
         single(OPERATION), UNTAGGED),
        ("delegatedadminrelationship-list-requests", UNDATED, f"{PATH}/requests", listed(REQUEST), ALL_UNTAGGED),
        ("delegatedadminrelationshiprequest-get", UNDATED, f"{PATH}/requests/{{request}}", single(REQUEST),
         UNTAGGED),
        ("tenantrelationship-list-delegatedadmincustomers", UNDATED, CUSTOMERS, listed(CUSTOMER), EVERY),
        ("delegatedadmincustomer-get", UNDATED, f"{CUSTOMERS}/{{customer}}", single(CUSTOMER), ONE),
        ("delegatedadmincustomer-list-servicemanagementdetails", UNDATED,
         f"{CUSTOMERS}/{{customer}}/serviceManagementDetails", listed(SERVICE), EVERY),
    )  # fmt: skip
    return tuple(
        Documented(page, page, date, AA, "GET", path, shows, without=without)
        for page, date, path, shows, without in asked
    )


async def test_documented_examples(site: Web) -> None:
    parts = {
        "relationship": await approved_by(site, AA, "Betrieb", "alpenblick", GLOBAL_ADMINISTRATOR, HELPDESK, EXCHANGE),
        "customer": str(site.here.id("alpenblick")),
    }
    agents = str(site.here.tenant("nordlicht").groups[0].id)
    page = "delegatedadminrelationship-post-accessassignments"
    made = await Documented(page, page, UNDATED, AA, "POST", f"{PATH}/accessAssignments", single(ASSIGNMENT), 201,
                            body=assigning(agents, EXCHANGE, HELPDESK), without=ONE).hold(site, **parts)  # fmt: skip
    parts["assignment"] = made["id"]
    page = "delegatedadminaccessassignment-update"
    path = f"{PATH}/accessAssignments/{{assignment}}"
    await Documented(page, page, "2024-04-04", AA, "PATCH", path, "", 202, body=roles_of(HELPDESK),
                     headers=ANY).hold(site, **parts)  # fmt: skip
    page = "delegatedadminrelationship-update"
    await Documented(page, page, "2024-05-07", AA, "PATCH", PATH, "", 202, body=roles_of(HELPDESK, EXCHANGE),
                     headers=ANY).hold(site, **parts)  # fmt: skip
    for kind, name in (("operations", "operation"), ("requests", "request")):
        found = await site.get(AA, f"{GRAPH}/{parts['relationship']}/{kind}")
        parts[name] = found["value"][0]["id"]
    for example in reads():
        await example.hold(site, **parts)
    page = "delegatedadminaccessassignment-delete"
    await Documented(page, page, UNDATED, AA, "DELETE", path, "", 204, headers=ANY).hold(site, **parts)
