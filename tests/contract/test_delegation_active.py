"""What may change of an active relationship, what goes on with it, what was asked of it, and whom it is with."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from support.granular import (
    CONSENT,
    EXCHANGE,
    GLOBAL_ADMINISTRATOR,
    GRAPH,
    HELPDESK,
    answer,
    approved_by,
    asked_of,
    assigned,
    draft,
    group,
    request,
    roles_of,
)
from support.web import Web

AA, GA, ANY = "aa@nordlicht", "ga@alpenblick", {"If-Match": "*"}
CUSTOMERS = "/v1.0/tenantRelationships/delegatedAdminCustomers"
UNKNOWN = "01a20000-0000-7000-8000-000000000001"
ALL = (GLOBAL_ADMINISTRATOR, HELPDESK)


def failed(answered: httpx.Response) -> tuple[int, str]:
    return answered.status_code, answered.json()["error"]["code"]


def held(body: Any) -> set[str]:
    return {one["roleDefinitionId"] for one in body["accessDetails"]["unifiedRoles"]}


async def patch(site: Web, relationship: str, body: Any, who: str = AA) -> httpx.Response:
    return await site.call(who, "PATCH", f"{GRAPH}/{relationship}", body, headers=ANY)


async def test_the_extension_changes_at_once(site: Web) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick")
    before = await site.get(AA, f"{GRAPH}/{relationship}")
    changed = await patch(site, relationship, {"autoExtendDuration": "P180D"})
    assert (changed.status_code, changed.json()["autoExtendDuration"]) == (200, "P180D")
    assert changed.json()["@odata.etag"] != before["@odata.etag"]
    # Whoever sends the whole relationship as it is asks for nothing.
    same = await patch(site, relationship, {**changed.json(), "displayName": "Betrieb"})
    assert (same.status_code, same.json()["@odata.etag"]) == (200, changed.json()["@odata.etag"])
    assert (await site.get(AA, f"{GRAPH}/{relationship}/operations"))["value"] == []
    stale = {"If-Match": before["@odata.etag"]}
    path = f"{GRAPH}/{relationship}"
    assert failed(await site.call(AA, "PATCH", path, {"autoExtendDuration": "PT0S"}, headers=stale))[0] == 412
    assert failed(await site.call(AA, "PATCH", path, {"autoExtendDuration": "PT0S"})) == (400, "badRequest")


async def test_global_administrator_goes_by_an_operation_and_from_the_groups(site: Web) -> None:
    relationship = await approved_by(site, AA, "Alles", "alpenblick", *ALL)
    path = f"{GRAPH}/{relationship}"
    both, chief = [
        await assigned(site, AA, relationship, await group(site, "ga@nordlicht", name), *roles)
        for name, roles in (("Technik", ALL), ("Leitung", (GLOBAL_ADMINISTRATOR,)))
    ]
    assert failed(await patch(site, relationship, {"autoExtendDuration": "P180D"})) == (400, "badRequest")
    begun = await patch(site, relationship, {**roles_of(HELPDESK), "autoExtendDuration": "P180D"})
    assert (begun.status_code, begun.json(), begun.headers["retry-after"]) == (202, {}, "10")
    location = begun.headers["location"].removeprefix(site.here.runtime.public_url.rstrip("/"))
    assert location.startswith(f"{path}/operations/")
    operation = await site.get(AA, location)
    assert (operation["operationType"], operation["status"]) == ("delegatedAdminRelationshipUpdate", "succeeded")
    assert held(json.loads(operation["data"])) == {HELPDESK}
    seen = await site.get(AA, path)
    assert (held(seen), seen["autoExtendDuration"], seen["status"]) == ({HELPDESK}, "P180D", "active")
    assert held(await site.get(AA, both)) == {HELPDESK}
    assert (await site.get(AA, chief))["status"] == "deleted"
    assert failed(await site.call(AA, "PATCH", both, roles_of(*ALL), headers=ANY)) == (400, "badRequest")
    listed = await site.get(AA, f"{path}/operations?$count=true&$select=status")
    assert (listed["@odata.count"], listed["value"]) == (1, [{"id": operation["id"], "status": "succeeded"}])


@pytest.mark.parametrize(
    "body",
    [
        {"displayName": "Anders"},
        {"duration": "P2Y"},
        {"customer": {"tenantId": UNKNOWN}},
        {"customer": {"displayName": "Anders"}},
        {"duration": "P2Y", "autoExtendDuration": "P180D"},
        roles_of(GLOBAL_ADMINISTRATOR, HELPDESK, EXCHANGE),
        roles_of(GLOBAL_ADMINISTRATOR),
        roles_of(EXCHANGE),
    ],
)
async def test_nothing_else_of_an_active_relationship_changes(site: Web, body: dict[str, Any]) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick", *ALL)
    before = await site.get(AA, f"{GRAPH}/{relationship}")
    refused = await patch(site, relationship, body)
    assert failed(refused) == (409, "conflict")
    assert "active relationship" in refused.json()["error"]["message"]
    assert await site.get(AA, f"{GRAPH}/{relationship}") == before


async def test_who_changes_an_active_relationship(site: Web) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick")
    for who in ("ga", "um", "sa", "hd", "ba"):
        assert failed(await patch(site, relationship, {"autoExtendDuration": "P180D"}, f"{who}@nordlicht"))[0] == 403
    assert failed(await patch(site, relationship, {"autoExtendDuration": "P180D"}, "aa@suedwind"))[0] == 404
    assert (await patch(site, relationship, {"autoExtendDuration": "P180D"}, "@nordlicht")).status_code == 200


async def test_what_reached_its_end_is_extended_before_it_changes(site: Web) -> None:
    relationship = await approved_by(site, AA, "Betrieb", "alpenblick", autoExtendDuration="P180D")
    site.here.clock.moment += timedelta(days=400)
    before = await site.get(AA, f"{GRAPH}/{relationship}")
    assert (await patch(site, relationship, {"autoExtendDuration": "PT0S"})).status_code == 200
    after = await site.get(AA, f"{GRAPH}/{relationship}")
    assert (after["status"], after["autoExtendDuration"]) == ("active", "PT0S")
    assert after["endDateTime"] == before["endDateTime"] > after["lastModifiedDateTime"]


async def test_what_was_asked_of_a_relationship_is_kept(site: Web) -> None:
    relationship = await draft(site, AA, "Betrieb", customer={"tenantId": str(site.here.id("alpenblick"))})
    path = f"{GRAPH}/{relationship}/requests"
    assert (await site.get(AA, path))["value"] == []
    locked = await request(site, AA, relationship, "lockForApproval")
    assert (locked.status_code, locked.json()["status"]) == (201, "succeeded")
    assert (await answer(site, GA, relationship, "approve")).status_code == 200
    site.here.clock.moment += timedelta(days=1)
    ended = await request(site, AA, relationship, "terminate")
    kept = (await site.get(AA, path))["value"]
    assert [(one["id"], one["action"], one["status"]) for one in kept] == [
        (locked.json()["id"], "lockForApproval", "succeeded"),
        (ended.json()["id"], "terminate", "succeeded"),
    ]
    assert kept[0]["createdDateTime"] < kept[1]["createdDateTime"]
    location = ended.headers["location"].removeprefix(site.here.runtime.public_url.rstrip("/"))
    assert (await site.get(AA, location)) == ended.json()
    # What the customer does is no request of the partner.
    other = await approved_by(site, AA, "Anders", "alpenblick")
    assert (await site.call(GA, "POST", f"{CONSENT}/{other}/terminate")).status_code == 200
    assert [one["action"] for one in (await site.get(AA, f"{GRAPH}/{other}/requests"))["value"]] == ["lockForApproval"]


async def test_foreign_and_unknown_operations_and_requests_answer_alike(site: Web) -> None:
    foreign = await approved_by(site, "aa@suedwind", "Fremd", "alpenblick", *ALL)
    await patch(site, foreign, roles_of(HELPDESK), "aa@suedwind")
    theirs = {
        kind: (await site.get("aa@suedwind", f"{GRAPH}/{foreign}/{kind}"))["value"][0]["id"]
        for kind in ("operations", "requests")
    }
    own = await approved_by(site, AA, "Eigen", "alpenblick")
    unknown = f"{UNKNOWN}-{site.here.id('suedwind')}"
    mixed = f"{foreign[:36]}-{site.here.id('nordlicht')}"
    for kind, one in theirs.items():
        for tail in (kind, f"{kind}/{one}"):
            said = set()
            for relationship in (foreign, unknown, mixed):
                answered = await site.call(AA, "GET", f"{GRAPH}/{relationship}/{tail}")
                said.add((*failed(answered), answered.json()["error"]["message"]))
            assert said == {(404, "notFound", "There is no such delegated admin relationship among yours.")}
        said = set()
        for wanted in (one, UNKNOWN):
            answered = await site.call(AA, "GET", f"{GRAPH}/{own}/{kind}/{wanted}")
            said.add((*failed(answered), answered.json()["error"]["message"]))
        assert len(said) == 1
        assert next(iter(said))[:2] == (404, "notFound")
        assert failed(await site.call(AA, "GET", f"{GRAPH}/{own}/{kind}/x")) == (400, "badRequest")


async def test_customers_are_there_while_a_relationship_is_active(site: Web) -> None:
    assert (await site.get(AA, CUSTOMERS))["value"] == []
    first, second = [await approved_by(site, AA, name, "alpenblick") for name in ("Eins", "Zwei")]
    await approved_by(site, AA, "Drei", "lavande")
    await asked_of(site, AA, "Wartet", "hafen")
    await approved_by(site, "aa@suedwind", "Fremd", "fjord")
    listed = await site.get(AA, f"{CUSTOMERS}?$count=true")
    here = {str(site.here.id(name)) for name in ("alpenblick", "lavande")}
    assert (listed["@odata.count"], {one["id"] for one in listed["value"]}) == (2, here)
    assert all(one["id"] == one["tenantId"] for one in listed["value"])
    for way in ("", "&$orderby=id desc"):
        page = await site.get(AA, f"{CUSTOMERS}?$top=1{way}")
        rest = await site.get(AA, page["@odata.nextLink"].removeprefix(site.here.runtime.public_url.rstrip("/")))
        found = [one["id"] for one in (*page["value"], *rest["value"])]
        assert found == sorted(here, reverse=bool(way))
    path = f"{CUSTOMERS}/{site.here.id('alpenblick')}"
    assert (await site.get(AA, path))["displayName"] == site.here.tenant("alpenblick").company_name
    assert (await request(site, AA, first, "terminate")).status_code == 201
    assert (await site.get(AA, path))["id"] == str(site.here.id("alpenblick"))
    site.here.clock.moment += timedelta(days=366)
    assert failed(await site.call(AA, "GET", path)) == (404, "notFound")
    assert (await site.get(AA, CUSTOMERS))["value"] == []
    assert (await site.get(AA, f"{GRAPH}/{second}"))["status"] == "expired"


async def test_foreign_unknown_and_unrelated_customers_answer_alike(site: Web) -> None:
    await approved_by(site, "aa@suedwind", "Fremd", "fjord")
    await asked_of(site, AA, "Wartet", "alpenblick")
    for below in ("", "/serviceManagementDetails"):
        said = set()
        for customer in (site.here.id("fjord"), site.here.id("alpenblick"), UNKNOWN):
            answered = await site.call(AA, "GET", f"{CUSTOMERS}/{customer}{below}")
            said.add((*failed(answered), answered.json()["error"]["message"]))
        assert said == {(404, "notFound", "There is no such delegated admin relationship among yours.")}
    for who in ("sa@nordlicht", "hd@nordlicht", "ba@nordlicht"):
        assert failed(await site.call(who, "GET", CUSTOMERS)) == (403, "accessDenied")


async def test_services_are_what_the_customer_has_licences_of_whoever_sold_them(site: Web) -> None:
    await approved_by(site, AA, "Betrieb", "alpenblick")
    path = f"{CUSTOMERS}/{site.here.id('alpenblick')}/serviceManagementDetails"
    directly = {one["serviceName"] for one in (await site.get(AA, path))["value"]}
    item = await site.here.item("Office 365 Basic")
    order = {"billingCycle": "monthly", "lineItems": [{"offerId": item, "quantity": 1, "termDuration": "P1Y"}]}
    sold = await site.call("aa@suedwind", "POST", f"{site.customer('alpenblick')}/orders", order)
    assert sold.status_code == 201, sold.text
    services = (await site.get(AA, path))["value"]
    assert {one["serviceName"] for one in services} == directly | {"Office 365 Basic"}
    assert "Office 365 Enterprise" in directly
    assert all(one["serviceManagementUrl"].startswith(site.here.runtime.public_url) for one in services)


@pytest.mark.parametrize("ended_by", ["refusal", "partner", "customer", "lapse", "time"])
async def test_an_ended_relationship_is_seen_for_a_year(site: Web, ended_by: str) -> None:
    begun, after = site.here.clock.moment, 0
    if ended_by in ("refusal", "lapse"):
        relationship = await asked_of(site, AA, "Betrieb", "alpenblick")
        after = 90 if ended_by == "lapse" else 0
        if ended_by == "refusal":
            assert (await answer(site, GA, relationship, "reject")).status_code == 200
    else:
        relationship = await approved_by(site, AA, "Betrieb", "alpenblick")
        after = 365 if ended_by == "time" else 0
        if ended_by == "partner":
            assert (await request(site, AA, relationship, "terminate")).status_code == 201
        elif ended_by == "customer":
            assert (await site.call(GA, "POST", f"{CONSENT}/{relationship}/terminate")).status_code == 200
    path, status = f"{GRAPH}/{relationship}", "expired" if ended_by in ("lapse", "time") else "terminated"
    site.here.clock.moment = begun + timedelta(days=after + 365) - timedelta(seconds=1)
    assert (await site.get(AA, path))["status"] == status
    assert [one["id"] for one in (await site.get(AA, f"{GRAPH}?$filter=status eq '{status}'"))["value"]] == [
        relationship
    ]
    site.here.clock.moment = begun + timedelta(days=after + 365)
    for below in ("", "/accessAssignments", "/operations", "/requests"):
        assert failed(await site.call(AA, "GET", f"{path}{below}")) == (404, "notFound")
    listed = await site.get(AA, f"{GRAPH}?$count=true")
    assert (listed["@odata.count"], listed["value"]) == (0, [])
