"""Granular delegated admin by HTTP: Graph's contract for the partner, our own addresses for the customer."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from copartner.delegation.model import Status
from support.granular import (
    CONSENT,
    EXCHANGE,
    GLOBAL_ADMINISTRATOR,
    GRAPH,
    HELPDESK,
    answer,
    approved_by,
    asked,
    asked_of,
    draft,
    request,
)
from support.web import Web

AA, GA = "aa@nordlicht", "ga@alpenblick"


def failed(answered: httpx.Response) -> tuple[int, str]:
    return answered.status_code, answered.json()["error"]["code"]


async def read(site: Web, relationship: str, who: str = AA) -> Any:
    return await site.get(who, f"{GRAPH}/{relationship}")


async def test_a_relationship_goes_from_a_draft_to_its_end(site: Web) -> None:
    body = asked("Betrieb", HELPDESK, EXCHANGE, autoExtendDuration="P180D")
    made = await site.call(AA, "POST", GRAPH, body)
    relationship = made.json()["id"]
    assert made.status_code == 201
    assert made.headers["location"].endswith(f"{GRAPH}/{relationship}")
    assert relationship.endswith(str(site.here.id("nordlicht")))
    assert (made.json()["status"], made.json()["customer"], made.json()["endDateTime"]) == ("created", None, None)
    asked_for = await request(site, AA, relationship, "lockForApproval")
    assert (asked_for.status_code, asked_for.json()["action"]) == (201, "lockForApproval")
    seen = await site.get(GA, f"{CONSENT}/{relationship}")
    assert seen["partner"]["companyName"] == "Nordlicht IT GmbH"
    assert [(role["name"], role["risk"]) for role in seen["roles"]] == [
        ("Helpdesk Administrator", "medium"), ("Exchange Administrator", "high"),
    ]  # fmt: skip
    assert (seen["duration"], seen["autoExtend"], seen["status"]) == ("P1Y", True, "approvalPending")
    done = await answer(site, GA, relationship, "approve")
    assert (done.status_code, done.json()["status"]) == (200, "active")
    active = await read(site, relationship)
    assert active["customer"]["tenantId"] == str(site.here.id("alpenblick"))
    assert active["endDateTime"] > active["activatedDateTime"]
    assert (await request(site, AA, relationship, "terminate")).status_code == 201
    assert (await read(site, relationship))["status"] == "terminated"
    async with site.here.owner() as owner:
        rows = await owner.fetch("SELECT tenant_id, operation_type FROM audit_record WHERE resource_id = $1",
                                 relationship[:36])  # fmt: skip
    told = {(row["operation_type"].partition(".")[2], row["tenant_id"]) for row in rows}
    both = {site.here.id("nordlicht"), site.here.id("alpenblick")}
    assert {tenant for step, tenant in told if step in ("approve", "terminate")} == both
    assert {tenant for step, tenant in told if step in ("create", "ask")} == {site.here.id("nordlicht")}


async def test_the_beta_version_is_the_same(site: Web) -> None:
    beta = GRAPH.replace("v1.0", "beta")
    made = await site.call(AA, "POST", beta, asked("Beta"))
    assert made.headers["location"].endswith(f"{beta}/{made.json()['id']}")
    assert (await site.get(AA, f"{beta}/{made.json()['id']}"))["displayName"] == "Beta"


async def test_a_draft_is_changed_and_dropped_with_its_tag_alone(site: Web) -> None:
    relationship = await draft(site, AA, "Entwurf")
    path, change = f"{GRAPH}/{relationship}", {"duration": "P2Y", "displayName": "Umzug"}
    tag = (await read(site, relationship))["@odata.etag"]
    assert failed(await site.call(AA, "PATCH", path, change)) == (400, "badRequest")
    assert failed(await site.call(AA, "DELETE", path)) == (400, "badRequest")
    changed = await site.call(AA, "PATCH", path, change, headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["duration"], changed.json()["displayName"]) == (200, "P2Y", "Umzug")
    for stale in (tag, '"x"'):
        assert failed(await site.call(AA, "PATCH", path, change, headers={"If-Match": stale}))[0] == 412
    assert failed(await site.call(AA, "DELETE", path, headers={"If-Match": tag})) == (412, "preconditionFailed")
    tag = changed.json()["@odata.etag"]
    assert (await site.call(AA, "DELETE", path, headers={"If-Match": tag})).status_code == 204
    assert failed(await site.call(AA, "GET", path)) == (404, "notFound")


async def test_what_is_asked_is_neither_changed_nor_dropped_nor_asked_again(site: Web) -> None:
    relationship = await asked_of(site, AA, "Wartet", "alpenblick")
    path, any_tag = f"{GRAPH}/{relationship}", {"If-Match": "*"}
    assert failed(await site.call(AA, "PATCH", path, {"duration": "P2Y"}, headers=any_tag)) == (409, "conflict")
    assert failed(await site.call(AA, "DELETE", path, headers=any_tag)) == (409, "conflict")
    for action in ("lockForApproval", "terminate"):
        assert failed(await request(site, AA, relationship, action)) == (409, "conflict")


@pytest.mark.parametrize(
    "wrong",
    [
        {"displayName": "x" * 51}, {"displayName": " "}, {"displayName": None}, {"duration": "P1W"},
        {"duration": "P0D"},
        {"duration": "P25M"}, {"duration": "P3Y"}, {"autoExtendDuration": "P90D"}, {"accessDetails": {}},
        {"accessDetails": {"unifiedRoles": []}},
        {"accessDetails": {"unifiedRoles": [{"roleDefinitionId": "01a20000-0000-7000-8000-000000000001"}]}},
    ],
)  # fmt: skip
async def test_what_nobody_can_ask_for(site: Web, wrong: dict[str, Any]) -> None:
    assert failed(await site.call(AA, "POST", GRAPH, {**asked("Falsch"), **wrong})) == (400, "badRequest")


async def test_global_administrator_is_never_extended(site: Web) -> None:
    extended = asked("Alles", GLOBAL_ADMINISTRATOR, autoExtendDuration="P180D")
    assert failed(await site.call(AA, "POST", GRAPH, extended)) == (400, "badRequest")
    assert (await site.call(AA, "POST", GRAPH, asked("Alles", GLOBAL_ADMINISTRATOR))).status_code == 201


async def test_a_name_is_taken_once_by_each_partner(site: Web) -> None:
    await draft(site, AA, "Betrieb")
    assert failed(await site.call(AA, "POST", GRAPH, asked("BETRIEB"))) == (409, "conflict")
    await draft(site, "aa@suedwind", "Betrieb")


async def test_a_customer_that_is_no_tenant_and_ones_own(site: Web) -> None:
    nobody = {"tenantId": "01a20000-0000-7000-8000-000000000001"}
    assert failed(await site.call(AA, "POST", GRAPH, asked("N", customer=nobody))) == (404, "notFound")
    oneself = {"tenantId": str(site.here.id("nordlicht"))}
    assert failed(await site.call(AA, "POST", GRAPH, asked("N", customer=oneself))) == (400, "badRequest")


async def test_only_admin_agents_and_applications_ask(site: Web) -> None:
    for who in ("ga@nordlicht", "um@nordlicht", "sa@nordlicht"):
        assert failed(await site.call(who, "POST", GRAPH, asked("Nein"))) == (403, "accessDenied")
    assert failed(await site.call("sa@nordlicht", "GET", GRAPH)) == (403, "accessDenied")
    assert (await site.call("@nordlicht", "POST", GRAPH, asked("Dienst"))).status_code == 201
    assert failed(await site.call("nobody", "GET", GRAPH)) == (401, "InvalidAuthenticationToken")
    assert failed(await site.call("pwd:aa@nordlicht", "GET", GRAPH)) == (401, "InvalidAuthenticationToken")


async def test_a_foreign_and_an_unknown_relationship_answer_alike(site: Web) -> None:
    foreign = await approved_by(site, "aa@suedwind", "Fremd", "alpenblick")
    unknown = f"01a20000-0000-7000-8000-000000000001-{site.here.id('suedwind')}"
    mixed = f"{foreign[:36]}-{site.here.id('nordlicht')}"
    for method, below, body in (
        ("GET", "", None), ("PATCH", "", {"duration": "P2Y"}), ("DELETE", "", None),
        ("POST", "/requests", {"action": "terminate"}), ("POST", "/requests", {"action": "lockForApproval"}),
    ):  # fmt: skip
        said = set()
        for one in (foreign, unknown, mixed):
            answered = await site.call(AA, method, f"{GRAPH}/{one}{below}", body, headers={"If-Match": "*"})
            said.add((*failed(answered), answered.json()["error"]["message"]))
        assert said == {(404, "notFound", "There is no such delegated admin relationship among yours.")}
    assert (await read(site, foreign, "aa@suedwind"))["status"] == "active"


async def test_only_the_customer_that_is_asked_answers_and_only_its_global_admin(site: Web) -> None:
    relationship = await asked_of(site, AA, "Frage", "alpenblick")
    drafted = await draft(site, AA, "Entwurf")
    for who, one in (("ga@lavande", relationship), (GA, drafted)):
        assert (await site.call(who, "GET", f"{CONSENT}/{one}")).status_code == 404
        assert (await answer(site, who, one, "approve")).status_code == 404
        assert (await answer(site, who, one, "reject")).status_code == 404
    assert (await answer(site, "ba@alpenblick", relationship, "approve")).status_code == 403
    assert (await answer(site, AA, relationship, "approve")).status_code in (403, 404)
    assert (await read(site, relationship))["status"] == "approvalPending"


async def test_who_answers_an_open_relationship_is_named_in_it(site: Web) -> None:
    relationship = await asked_of(site, AA, "Offen", None)
    assert (await answer(site, "ga@nordlicht", relationship, "approve")).status_code == 404
    assert (await answer(site, "ga@lavande", relationship, "approve")).status_code == 200
    assert (await site.call(GA, "GET", f"{CONSENT}/{relationship}")).status_code == 404
    assert (await read(site, relationship))["customer"]["tenantId"] == str(site.here.id("lavande"))


async def test_a_refusal_and_an_end_by_the_customer_stay(site: Web) -> None:
    refused = await asked_of(site, AA, "Nein", "alpenblick")
    assert (await answer(site, GA, refused, "reject", reason="Zu viel")).json()["status"] == "terminated"
    assert (await answer(site, GA, refused, "approve")).status_code == 400
    ended = await approved_by(site, AA, "Ende", "alpenblick")
    assert (await site.call("ba@alpenblick", "POST", f"{CONSENT}/{ended}/terminate")).status_code == 403
    assert (await site.call(GA, "POST", f"{CONSENT}/{ended}/terminate")).json()["status"] == "terminated"
    assert (await site.call(GA, "POST", f"{CONSENT}/{ended}/terminate")).status_code == 400
    assert failed(await request(site, AA, ended, "terminate")) == (409, "conflict")


async def test_the_same_request_id_drafts_once(site: Web) -> None:
    headers = {"MS-RequestId": "7b2f9a5e-0001-4000-8000-000000000001"}
    first, again = [(await site.call(AA, "POST", GRAPH, asked("Einmal"), headers=headers)) for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json())


async def test_a_list_in_pages_by_status_and_customer(site: Web) -> None:
    for number in range(5):
        await draft(site, AA, f"Entwurf {number}")
    await approved_by(site, AA, "Aktiv", "alpenblick")
    await draft(site, "aa@suedwind", "Fremd")
    page = await site.get(AA, f"{GRAPH}?$top=2&$count=true&$filter=status eq 'created'&$select=displayName")
    names = []
    while True:
        assert page["@odata.count"] == 5
        assert all(one.keys() == {"id", "displayName", "@odata.etag"} for one in page["value"])
        names += [one["displayName"] for one in page["value"]]
        if "@odata.nextLink" not in page:
            break
        page = await site.get(AA, page["@odata.nextLink"].removeprefix(site.here.runtime.public_url.rstrip("/")))
    assert names == [f"Entwurf {number}" for number in range(5)]
    of_customer = f"customer/tenantId eq '{site.here.id('alpenblick')}' and status eq 'active'"
    found = await site.get(AA, f"{GRAPH}?$filter={of_customer}&$orderby=createdDateTime")
    assert [one["displayName"] for one in found["value"]] == ["Aktiv"]
    for wrong in ("$top=301", "$top=0", "$filter=status eq 'x'", "$filter=displayName eq 'x'", "$orderby=status",
                  "$skiptoken=x", "$select=nothing", "$filter=status eq 'active' and status eq 'created'"):  # fmt: skip
        assert failed(await site.call(AA, "GET", f"{GRAPH}?{wrong}")) == (400, "badRequest"), wrong


async def test_time_lets_a_request_lapse_and_an_active_one_expire_or_go_on(site: Web) -> None:
    waiting = await asked_of(site, AA, "Wartet", "alpenblick")
    begun = site.here.clock.moment
    ends = {}
    for name, more in (("Endet", {}), ("Weiter", {"autoExtendDuration": "P180D"})):
        made = await draft(site, AA, name, duration="P2Y", **more)
        assert (await request(site, AA, made, "lockForApproval")).status_code == 201
        assert (await answer(site, "ga@lavande", made, "approve")).status_code == 200
        ends[name] = made
    try:
        site.here.clock.moment = begun + timedelta(days=90)
        assert (await read(site, waiting))["status"] == "expired"
        assert (await answer(site, GA, waiting, "approve")).status_code == 400
        # After the end of the two years; the request that lapsed is a year and more over.
        site.here.clock.moment = begun + timedelta(days=900)
        assert {name: (await read(site, one))["status"] for name, one in ends.items()} == {
            "Endet": "expired", "Weiter": "active",
        }  # fmt: skip
        assert failed(await site.call(AA, "GET", f"{GRAPH}/{waiting}")) == (404, "notFound")
        for status in Status:
            listed = await site.get(AA, f"{GRAPH}?$filter=status eq '{status}'")
            assert {one["status"] for one in listed["value"]} <= {status}
        expired = await site.get(AA, f"{GRAPH}?$filter=status eq 'expired'&$count=true")
        assert (expired["@odata.count"], [one["displayName"] for one in expired["value"]]) == (1, ["Endet"])
        assert failed(await request(site, AA, ends["Endet"], "terminate")) == (409, "conflict")
        site.here.clock.moment = begun + timedelta(days=3650)
        assert (await read(site, ends["Weiter"]))["status"] == "active"
        assert [one["displayName"] for one in (await site.get(AA, GRAPH))["value"]] == ["Weiter"]
        assert (await request(site, AA, ends["Weiter"], "terminate")).status_code == 201
    finally:
        site.here.clock.moment = begun
