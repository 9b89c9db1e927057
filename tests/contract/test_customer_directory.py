"""A customer's users, their roles and licences, by HTTP, on the customer's behalf."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from support.behalf import BASIC, sell, sku
from support.delegated import LICENCES, Delegated
from support.goldens import Documented, linked, listed
from support.web import Web, refused

AA = "aa@nordlicht"
UNKNOWN = "01a20000-0000-7000-8000-000000000001"
USER = f"""usageLocation id userPrincipalName firstName lastName displayName userDomainType state {linked("self")}
    attributes attributes.objectType"""
_SYNC = {"lastDirectorySyncTime": "nothing is synchronised from elsewhere"}
_PASSWORD = "passwordProfile passwordProfile.forceChangePassword passwordProfile.password"
_PLANS = (
    "servicePlans[].displayName servicePlans[].serviceName servicePlans[].id servicePlans[].capabilityStatus "
    "servicePlans[].targetType"
)
_WITHOUT_PLANS = dict.fromkeys((f"items[].{name}" for name in _PLANS.split()), "the catalogue has no service plans")
_SKU = "productSku productSku.id productSku.name productSku.skuPartNumber productSku.licenseGroupId"
EVA = {
    "usageLocation": "DE", "userPrincipalName": "eva.berg@alpenblick.example", "firstName": "Eva", "lastName": "Berg",
    "displayName": "Eva Berg", "immutableId": "E-7",
    "passwordProfile": {"password": "abCD123*", "forceChangePassword": True},
    "attributes": {"objectType": "CustomerUser"},
}  # fmt: skip
_INACTIVE = quote('{"Field":"UserState","Value":"Inactive","Operator":"equals"}')
_ALL = "/v1/customers/{customer}/users"
SERVICE_SUPPORT = "f023fd81-a637-4b56-95fd-791ac0226033"
_MEMBERS = f"/v1/customers/{{customer}}/directoryroles/{SERVICE_SUPPORT}/usermembers"
CREATE = Documented(
    "create-user-accounts-for-a-customer", "create-user-accounts-for-a-customer", "2023-07-28", AA, "POST", _ALL,
    f"usageLocation id userPrincipalName firstName lastName displayName immutableId {_PASSWORD} lastDirectorySyncTime"
    " userDomainType state softDeletionTime attributes attributes.objectType", body=EVA,
    without={**_SYNC, "softDeletionTime": "the user is not deleted, and null is left out"},
)  # fmt: skip
EXAMPLES = (
    Documented("get-a-list-of-all-user-accounts-for-a-customer", "get-a-list-of-all-user-accounts-for-a-customer",
               "2022-08-01", AA, "GET", _ALL, f"{listed(USER)} {linked('self')}"),
    Documented("get-a-user-account-by-id", "get-a-user-account-by-id", "2022-08-01", AA, "GET", _ALL + "/{user}", USER),
    Documented("update-user-accounts-for-a-customer", "update-user-accounts-for-a-customer", "2023-07-28", AA, "PATCH",
               _ALL + "/{user}", USER,
               body={"usageLocation": "AT", "attributes": {"objectType": "CustomerUser"}}),
    Documented("reset-user-password-for-a-customer", "reset-user-password-for-a-customer", "2023-07-28", "hd@nordlicht",
               "PATCH", _ALL + "/{user}/resetpassword", f"{USER} {_PASSWORD} lastDirectorySyncTime softDeletionTime",
               body={"passwordProfile": {"password": "Renew456*", "forceChangePassword": True},
                     "attributes": {"objectType": "CustomerUser"}},
               without={**_SYNC, "softDeletionTime": "the user is not deleted, and null is left out"}),
    Documented("set-user-roles-for-a-customer", "set-user-roles-for-a-customer", "2023-07-28", AA, "POST", _MEMBERS,
               "displayName userPrincipalName roleId id attributes attributes.objectType", 201,
               body={"Id": "{user}", "DisplayName": "Eva Berg", "UserPrincipalName": "eva.berg@alpenblick.example",
                     "Attributes": {"ObjectType": "UserMember"}}),
    Documented("get-user-roles-for-a-customer", "get-user-roles-for-a-customer", "2023-07-28", AA, "GET",
               _ALL + "/{user}/directoryroles", listed("name id attributes attributes.objectType")),
    Documented("remove-customer-user-from-a-role", "remove-customer-user-from-a-role", "2023-07-28", AA, "DELETE",
               _MEMBERS + "/{user}", "", 204),
    Documented("get-a-list-of-available-licenses-by-license-group", "get-a-list-of-available-licenses-by-license-group",
               "2022-09-20", AA, "GET",
               "/v1/customers/{customer}/subscribedskus?licenseGroupIds=Group1&licenseGroupIds=Group2",
               listed(f"availableUnits activeUnits consumedUnits suspendedUnits totalUnits warningUnits {_SKU}"
                      f" productSku.targetType servicePlans {_PLANS} capabilityStatus attributes"
                      " attributes.objectType"),
               without=_WITHOUT_PLANS),
    Documented("assign-licenses-to-a-user", "assign-licenses-to-a-user", "2023-07-28", AA, "POST",
               _ALL + "/{user}/licenseupdates",
               "licensesToAssign licensesToAssign[].skuId licenseWarnings attributes attributes.objectType", 201,
               body={"LicensesToAssign": [{"ExcludedPlans": None, "SkuId": "{sku}"}], "LicensesToRemove": None,
                     "LicenseWarnings": None, "Attributes": {"ObjectType": "LicenseUpdate"}}),
    Documented("check-which-licenses-are-assigned-to-a-user", "check-which-licenses-are-assigned-to-a-user",
               "2022-06-30", AA, "GET", _ALL + "/{user}/licenses",
               listed(f"servicePlans {_PLANS} {_SKU} attributes attributes.objectType"), without=_WITHOUT_PLANS),
    Documented("delete-user-accounts-for-a-customer", "delete-user-accounts-for-a-customer", "2023-07-28", AA, "DELETE",
               _ALL + "/{user}", "", 204),
    Documented("view-a-deleted-user", "view-a-deleted-user", "2022-08-02", AA, "GET",
               f"{_ALL}?size=500&filter={_INACTIVE}", f"{listed(f'{USER} softDeletionTime')} {linked('self')}"),
    Documented("restore-a-user-for-a-customer", "restore-a-user-for-a-customer", "2022-08-02", AA, "PATCH",
               _ALL + "/{user}", USER, body={"State": "active", "Attributes": {"ObjectType": "CustomerUser"}}),
)  # fmt: skip


async def delegate(site: Web) -> Delegated:
    """Let alpenblick have delegated its tenant to nordlicht, and suedwind have sold it licences."""
    async with site.here.owner() as owner:
        pair = Delegated(site.here, owner, "nordlicht", "alpenblick")
        await pair.privileges()
        await sell(pair, "suedwind", BASIC, 1)
        return pair


async def make(site: Web, who: str = AA, **more: Any) -> str:
    """The id of a new user."""
    made = await site.call(who, "POST", f"{site.customer('alpenblick')}/users", {**EVA, **more})
    assert made.status_code == 200, made.text
    found: str = made.json()["id"]
    return found


async def test_documented_examples(site: Web) -> None:
    pair = await delegate(site)
    name = await sku(pair)
    parts = {"customer": str(site.here.id("alpenblick")), "sku": name}
    made = await CREATE.hold(site, **parts)
    parts["user"] = made["id"]
    for example in EXAMPLES:
        await example.hold(site, **parts)


async def test_a_password_is_told_to_who_sent_it_and_written_nowhere(site: Web) -> None:
    await delegate(site)
    again = {"MS-RequestId": str(uuid4())}
    path = f"{site.customer('alpenblick')}/users"
    first, second = [await site.call(AA, "POST", path, EVA, headers=again) for _ in range(2)]
    assert first.json() == second.json()
    assert first.json()["passwordProfile"]["password"] == "abCD123*"
    read = await site.get(AA, f"{path}/{first.json()['id']}")
    assert "passwordProfile" not in read
    async with site.here.owner() as owner:
        kept = await owner.fetchval(
            """SELECT string_agg(t, ' ') FROM (SELECT k::text FROM idempotency_key k UNION ALL SELECT a::text
            FROM audit_record a UNION ALL SELECT d::text FROM decision_record d) AS rows(t)"""
        )
    assert "abCD123" not in kept


async def test_what_is_refused(site: Web) -> None:
    root = site.customer("alpenblick")
    assert refused(await site.call(AA, "GET", f"{root}/users")) == (403, "900308")
    await delegate(site)
    user = await make(site)
    one = f"{root}/users/{user}"
    assert refused(await site.call("@nordlicht", "GET", f"{root}/users")) == (403, "900329")
    assert refused(await site.call("sa@nordlicht", "GET", f"{root}/users")) == (403, "900150")
    assert refused(await site.call("hd@nordlicht", "PATCH", one, {"lastName": "X"})) == (403, "900150")
    assert refused(await site.call("hd@nordlicht", "GET", f"{root}/subscribedskus")) == (403, "900150")
    assert refused(await site.call("aa@suedwind", "GET", one)) == (403, "900308")
    chief = str(site.here.context("ga@alpenblick").caller.subject_id)
    reset = {"passwordProfile": {"password": "Renew456*"}}
    guarded = await site.call("hd@nordlicht", "PATCH", f"{root}/users/{chief}/resetpassword", reset)
    assert refused(guarded) == (403, "900150")
    for unknown in (str(uuid4()), str(site.here.context("ga@suedwind").caller.subject_id)):
        assert refused(await site.call(AA, "GET", f"{root}/users/{unknown}")) == (404, "60002")
    for body in ({"state": "inactive"}, {"displayName": " "}, {"passwordProfile": {"password": "x"}}):
        assert refused(await site.call(AA, "PATCH", one, body)) == (400, "3000")
    lacking = {"displayName": "X", "userPrincipalName": "x@alpenblick.example"}
    assert refused(await site.call(AA, "POST", f"{root}/users", lacking)) == (400, "3000")
    for wrong in (
        '{"Field":"UserState","Value":"x","Operator":"equals"}',
        '{"Field":"Name","Value":"x","Operator":"equals"}',
    ):
        assert refused(await site.call(AA, "GET", f"{root}/users?filter={quote(wrong)}")) == (400, "3000")
    assert refused(await site.call(AA, "GET", f"{root}/directoryroles/{uuid4()}/usermembers")) == (404, "1000")
    members = f"{root}/directoryroles/{SERVICE_SUPPORT}/usermembers"
    assert refused(await site.call(AA, "DELETE", f"{members}/{user}")) == (404, "1000")
    assert (await site.call(AA, "DELETE", one)).status_code == 204
    assert refused(await site.call(AA, "DELETE", one)) == (400, "800024")


@pytest.mark.parametrize(
    "path", ["users", "directoryroles", "subscribedskus", "users/01a20000-0000-7000-8000-000000000001/licenses"]
)
async def test_foreign_and_unknown_customers_answer_alike(site: Web, path: str) -> None:
    told = []
    for customer in (site.here.id("fjord"), uuid4()):
        answer = await site.call(AA, "GET", f"/v1/customers/{customer}/{path}")
        assert refused(answer) == (403, "20002")
        told.append({**answer.json(), "data": len(answer.json()["data"])})
    assert told[0] == told[1]


async def test_licences_run_out_and_come_back(site: Web) -> None:
    pair = await delegate(site)
    name = await sku(pair)
    first, second = await make(site), await make(site, userPrincipalName="zwei@alpenblick.example")
    updates = f"{site.customer('alpenblick')}/users/{{}}/licenseupdates"
    give = {"licensesToAssign": [{"skuId": name}]}
    assert (await site.call(AA, "POST", updates.format(first), give)).status_code == 201
    assert refused(await site.call(AA, "POST", updates.format(second), give)) == (400, "60012")
    taken = await site.call(AA, "POST", updates.format(first), {"licensesToRemove": [name]})
    assert (taken.status_code, taken.json()["licensesToRemove"]) == (201, [name])
    assert (await site.call(AA, "POST", updates.format(second), give)).status_code == 201
    for wrong in ({}, {"licensesToAssign": [{"skuId": "X"}]}, {"licensesToRemove": ["X"]},
                  {"licensesToAssign": [{"skuId": name, "excludedPlans": ["x"]}]}):  # fmt: skip
        assert refused(await site.call(AA, "POST", updates.format(first), wrong)) == (400, "3000")


async def test_licence_groups(site: Web) -> None:
    await delegate(site)
    root = f"{site.customer('alpenblick')}/subscribedskus"
    every = (await site.get(AA, root))["totalCount"]
    assert every > 0
    for query, count in (("Group1", every), ("group1&licenseGroupIds=Group2", every), ("Group2", 0)):
        assert (await site.get(AA, f"{root}?licenseGroupIds={query}"))["totalCount"] == count
    assert refused(await site.call(AA, "GET", f"{root}?licenseGroupIds=Group3")) == (400, "3000")


async def test_users_come_in_pages(site: Web) -> None:
    await delegate(site)
    for number in range(3):
        await make(site, userPrincipalName=f"u{number}@alpenblick.example")
    root = f"{site.customer('alpenblick')}/users"
    whole = await site.get(AA, root)
    page = await site.get(AA, f"{root}?size=2")
    seen = page["items"]
    while "next" in page["links"]:
        following = page["links"]["next"]
        headers = {one["key"]: one["value"] for one in following["headers"]}
        page = await site.get(AA, f"/v1/{following['uri']}", **headers)
        seen += page["items"]
    assert seen == whole["items"]
    assert page["totalCount"] == whole["totalCount"] == len(seen)


async def test_a_group_assigned_by_an_approval_acts(site: Web) -> None:
    await delegate(site)
    async with site.here.owner() as owner:
        pair = Delegated(site.here, owner, "nordlicht", "alpenblick")
        relationship = await pair.relationship(LICENCES)
        await pair.assign(relationship, await pair.group("licences", pair.user("sa")), LICENCES)
    root = site.customer("alpenblick")
    assert (await site.get("sa@nordlicht", f"{root}/subscribedskus"))["totalCount"] > 0
    denied = await site.call(AA, "GET", f"{root}/subscribedskus")
    assert refused(denied) == (403, "900308")
    assert "granular" in denied.json()["description"]
