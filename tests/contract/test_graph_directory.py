"""What a client reads of the directory to fill a relationship: built-in roles, groups and who is in them."""

from typing import Any

import pytest

from copartner.delegation.roles import known
from support.granular import GLOBAL_ADMINISTRATOR, HELPDESK
from support.web import Web

AA, GA = "aa@nordlicht", "ga@nordlicht"
ROLES = "/v1.0/roleManagement/directory/roleDefinitions"
GROUPS = "/v1.0/groups"
OWN = "/programme/v1"
NAMES = sorted((role.name for role in known().values()), key=str.lower)


def code(answered: Any) -> tuple[int, str]:
    return answered.status_code, answered.json()["error"]["code"]


async def pages(site: Web, path: str, who: str = AA) -> list[dict[str, Any]]:
    """What is on all pages of a list."""
    found: list[dict[str, Any]] = []
    while path:
        page = await site.get(who, path)
        found += page["value"]
        path = page.get("@odata.nextLink", "").removeprefix(site.here.runtime.public_url.rstrip("/"))
    return found


async def test_role_definitions(site: Web) -> None:
    page = await site.get(AA, f"{ROLES}?$count=true")
    assert [one["displayName"] for one in page["value"]] == NAMES
    assert (page["@odata.count"], "@odata.nextLink" in page) == (len(known()), False)
    helpdesk = await site.get(AA, f"{ROLES}/{HELPDESK}")
    assert {name: helpdesk[name] for name in ("id", "templateId", "displayName", "isBuiltIn", "isEnabled")} == {
        "id": HELPDESK, "templateId": HELPDESK, "displayName": "Helpdesk Administrator", "isBuiltIn": True,
        "isEnabled": True,
    }  # fmt: skip
    assert helpdesk["@odata.context"].endswith("#roleManagement/directory/roleDefinitions/$entity")
    chosen = await site.get(AA, f"{ROLES}/{HELPDESK}?$select=displayName")
    assert chosen.keys() == {"@odata.context", "id", "displayName"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$filter=displayName eq 'helpdesk administrator'", ["Helpdesk Administrator"]),
        ("$filter=startswith(displayName,'Security ')", ["Security Administrator", "Security Reader"]),
        (f"$filter=templateId eq '{HELPDESK}'", ["Helpdesk Administrator"]),
        (f"$filter=id in ('{HELPDESK}','{GLOBAL_ADMINISTRATOR}')", ["Global Administrator", "Helpdesk Administrator"]),
        ("$filter=isBuiltIn eq false", []),
        ("$filter=isBuiltIn eq true and displayName eq 'Global Reader'", ["Global Reader"]),
        ("$filter=displayName eq 'It''s none'", []),
        ("$orderby=displayName desc", NAMES[::-1]),
    ],
)
async def test_role_definitions_filtered_and_in_pages(site: Web, query: str, expected: list[str]) -> None:
    for size in (1, 7, 300):
        assert [one["displayName"] for one in await pages(site, f"{ROLES}?{query}&$top={size}")] == expected


async def test_directory_roles_and_templates(site: Web) -> None:
    templates = await pages(site, "/beta/directoryRoleTemplates")
    assert [one["displayName"] for one in templates] == NAMES
    role = (await pages(site, f"/v1.0/directoryRoles?$filter=roleTemplateId eq '{HELPDESK}'"))[0]
    assert (role["displayName"], role["roleTemplateId"]) == ("Helpdesk Administrator", HELPDESK)
    assert (await site.get(AA, f"/v1.0/directoryRoles/{role['id']}"))["roleTemplateId"] == HELPDESK
    assert (await site.get(AA, f"/v1.0/directoryRoleTemplates/{HELPDESK}"))["displayName"] == role["displayName"]


async def test_no_such_role_and_who_may_not(site: Web) -> None:
    unknown = "01a20000-0000-7000-8000-000000000001"
    assert code(await site.call(AA, "GET", f"{ROLES}/{unknown}")) == (404, "notFound")
    assert code(await site.call(AA, "GET", f"{ROLES}/x")) == (400, "badRequest")
    assert code(await site.call("sa@nordlicht", "GET", ROLES)) == (403, "accessDenied")
    assert code(await site.call("ga@alpenblick", "GET", ROLES)) == (403, "accessDenied")
    assert (await site.call("@nordlicht", "GET", ROLES)).status_code == 200


async def made(site: Web, name: str, who: str = GA) -> str:
    body = {"displayName": name, "mailEnabled": False, "securityEnabled": True, "mailNickname": "x", "groupTypes": []}
    answered = await site.call(who, "POST", GROUPS, body)
    assert answered.status_code == 201, answered.text
    found: str = answered.json()["id"]
    assert answered.headers["location"].endswith(f"{GROUPS}/{found}")
    return found


async def put(site: Web, group: str, member: str, who: str = GA, kind: str = "directoryObjects") -> Any:
    reference = {"@odata.id": f"https://graph.example/v1.0/{kind}/{member}"}
    return await site.call(who, "POST", f"{GROUPS}/{group}/members/$ref", reference)


async def test_a_security_group_is_made_and_filled(site: Web) -> None:
    outer, inner = await made(site, "Betrieb"), await made(site, "Nacht")
    eva = (await site.call(GA, "POST", f"{OWN}/users", {"userPrincipalName": "eva", "displayName": "Eva"})).json()
    user = eva["user"]["id"]
    assert (await put(site, inner, user, kind="users")).status_code == 204
    assert (await put(site, outer, inner)).status_code == 204
    assert (await put(site, outer, inner)).status_code == 204
    members = await pages(site, f"{GROUPS}/{outer}/members?$count=true")
    assert members == [{"@odata.type": "#microsoft.graph.group", "id": inner, "displayName": "Nacht"}]
    whole = await pages(site, f"{GROUPS}/{outer}/transitiveMembers?$top=1")
    assert {one["id"]: one.get("userPrincipalName") for one in whole} == {inner: None, user: "eva@nordlicht.example"}
    assert {one["displayName"] for one in whole} == {"Nacht", "Eva"}
    assert (await site.get(AA, f"{GROUPS}/{outer}/transitiveMembers?$count=true"))["@odata.count"] == 2
    chosen = await pages(site, f"{GROUPS}/{inner}/members?$select=userPrincipalName")
    assert chosen == [
        {"@odata.type": "#microsoft.graph.user", "id": user, "userPrincipalName": "eva@nordlicht.example"}
    ]
    removed = await site.call(GA, "DELETE", f"{GROUPS}/{outer}/members/{inner}/$ref")
    assert removed.status_code == 204
    assert await pages(site, f"{GROUPS}/{outer}/transitiveMembers") == []


async def test_groups_are_found_by_name(site: Web) -> None:
    for name in ("beta", "Alpha 2", "alpha 1"):
        await made(site, name)
    await made(site, "Alpha 3", "ga@suedwind")
    ours = ["AdminAgents", "alpha 1", "Alpha 2", "beta", "HelpdeskAgents"]
    for size in (1, 2, 300):
        assert [one["displayName"] for one in await pages(site, f"{GROUPS}?$top={size}")] == ours
        downwards = await pages(site, f"{GROUPS}?$top={size}&$orderby=displayName desc&$select=displayName")
        assert [one["displayName"] for one in downwards] == ours[::-1]
    begun = await site.get(AA, f"{GROUPS}?$filter=startswith(displayName,'ALPHA')&$count=true")
    assert [one["displayName"] for one in begun["value"]] == ["alpha 1", "Alpha 2"]
    assert begun["@odata.count"] == 2
    (found,) = await pages(site, f"{GROUPS}?$filter=displayName eq 'alpha 2' and securityEnabled eq true")
    for none in ("securityEnabled eq false", "mailEnabled eq true and startswith(displayName,'a')"):
        empty = await site.get(AA, f"{GROUPS}?$filter={none}&$count=true")
        assert (empty["value"], empty["@odata.count"]) == ([], 0)
    assert await site.get(AA, f"{GROUPS}/{found['id']}") == {
        **found, "@odata.context": f"{site.here.runtime.public_url.rstrip('/')}/v1.0/$metadata#groups/$entity",
    }  # fmt: skip
    assert (found["securityEnabled"], found["mailEnabled"], found["groupTypes"]) == (True, False, [])


async def test_who_sees_and_makes_groups(site: Web) -> None:
    group = await made(site, "Betrieb")
    for path in (GROUPS, f"{GROUPS}/{group}", f"{GROUPS}/{group}/members", f"{GROUPS}/{group}/transitiveMembers"):
        for who in (AA, GA):
            assert (await site.call(who, "GET", path)).status_code == 200, (who, path)
        for who in ("sa@nordlicht", "ga@alpenblick", "@nordlicht"):
            assert code(await site.call(who, "GET", path))[0] in (403, 404), (who, path)
        if path != GROUPS:
            assert code(await site.call("aa@suedwind", "GET", path)) == (404, "notFound")
    body = {"displayName": "Nein", "mailEnabled": False, "securityEnabled": True}
    assert code(await site.call(AA, "POST", GROUPS, body)) == (403, "accessDenied")
    assert code(await put(site, group, str(site.here.id("nordlicht")), AA)) == (403, "accessDenied")
    assert code(await put(site, group, group, "ga@suedwind")) == (404, "notFound")


async def test_what_no_group_can_be(site: Web) -> None:
    right = {"displayName": "G", "mailEnabled": False, "securityEnabled": True}
    for wrong in (
        {"mailEnabled": True}, {"securityEnabled": False}, {"groupTypes": ["Unified"]}, {"displayName": None},
        {"displayName": "AdminAgents"}, {"securityEnabled": None},
    ):  # fmt: skip
        assert code(await site.call(GA, "POST", GROUPS, {**right, **wrong})) == (400, "badRequest"), wrong
    assert (await site.call(GA, "POST", GROUPS, right)).status_code == 201
    assert code(await site.call(GA, "POST", GROUPS, right)) == (409, "conflict")


async def test_what_no_member_can_be(site: Web) -> None:
    group = await made(site, "Betrieb")
    for reference in ("", "x", f"https://graph.example/v1.0/devices/{group}", "https://graph.example/v1.0/users/eva"):
        answered = await site.call(GA, "POST", f"{GROUPS}/{group}/members/$ref", {"@odata.id": reference})
        assert code(answered) == (400, "badRequest"), reference
    assert code(await put(site, group, "01a20000-0000-7000-8000-000000000001")) == (404, "notFound")
    assert code(await put(site, group, group)) == (409, "conflict")


async def test_lists_take_their_options_alone(site: Web) -> None:
    group = await made(site, "Betrieb")
    for path in (
        f"{GROUPS}?$filter=mail eq 'x'", f"{GROUPS}?$orderby=id", f"{GROUPS}?$expand=members",
        f"{GROUPS}/{group}/members?$orderby=displayName", f"{GROUPS}/{group}/members?$filter=displayName eq 'x'",
        f"{ROLES}?$filter=description eq 'x'", f"{ROLES}?$filter=isBuiltIn eq 'true'",
        f"{ROLES}?$filter=templateId eq true", f"/v1.0/directoryRoleTemplates?$filter=id eq '{HELPDESK}'",
    ):  # fmt: skip
        assert code(await site.call(AA, "GET", path)) == (400, "badRequest"), path
