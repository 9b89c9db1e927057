"""The customer in command: counter-proposals, the cap on roles, who answers, and what each is told."""

from datetime import UTC, datetime, timedelta
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
    asked,
    asked_of,
    draft,
    provided,
    request,
    resells,
)
from support.web import Web

AA, GA = "aa@nordlicht", "ga@alpenblick"
CAP = "/programme/v1/consent/role-cap"
ANSWERS = "/programme/v1/delegated-admin-relationships/{}/answer"
DELEGATION_ADMIN = "Customer Delegated Admin Relationship Administrator"


async def asked_for_two(site: Web, name: str, **more: Any) -> str:
    """A relationship with two roles, for a year, that waits for the customer."""
    named = {"customer": {"tenantId": str(site.here.id("alpenblick")), "displayName": "alpenblick"}}
    made = await site.call(AA, "POST", GRAPH, asked(name, HELPDESK, EXCHANGE, **named, **more))
    assert (await request(site, AA, made.json()["id"], "lockForApproval")).status_code == 201
    found: str = made.json()["id"]
    return found


async def countered(site: Web, name: str, **terms: Any) -> dict[str, Any]:
    """The offer that a customer made instead."""
    relationship = await asked_for_two(site, name, autoExtendDuration="P180D")
    said = await answer(site, GA, relationship, "counter", **terms)
    assert said.status_code == 200, said.text
    assert said.json()["status"] == "terminated"
    found: dict[str, Any] = {**said.json()["offer"], "asked": relationship}
    return found


async def cap(site: Web, kind: str, *roles: str) -> httpx.Response:
    return await site.call(GA, "PUT", CAP, {"kind": kind, "roles": list(roles)})


async def test_whoever_approves_gives_its_name_where_the_partner_named_none(site: Web) -> None:
    named = {"customer": {"tenantId": str(site.here.id("alpenblick"))}}
    made = (await site.call(AA, "POST", GRAPH, asked("Betrieb", HELPDESK, **named))).json()["id"]
    assert (await request(site, AA, made, "lockForApproval")).status_code == 201
    assert (await site.get(AA, f"{GRAPH}/{made}"))["customer"]["displayName"] == ""
    assert (await answer(site, GA, made, "approve")).status_code == 200
    company = site.here.tenant("alpenblick").company_name
    assert (await site.get(AA, f"{GRAPH}/{made}"))["customer"]["displayName"] == company


async def test_a_counter_proposal_is_taken_as_it_is_and_active_at_once(site: Web) -> None:
    offer = await countered(
        site, "Betrieb", roles=[HELPDESK], duration="P6M", autoExtend=False, reason="Nur Passwörter"
    )
    assert (offer["displayName"], offer["roles"], offer["duration"]) == ("Betrieb (2)", [HELPDESK], "P6M")
    assert offer["autoExtend"] is False
    drafted = await site.get(AA, f"{GRAPH}/{offer['id']}")
    assert (drafted["status"], drafted["duration"], drafted["autoExtendDuration"]) == ("created", "P6M", "PT0S")
    assert drafted["customer"]["displayName"] == site.here.tenant("alpenblick").company_name
    said = await site.get(AA, ANSWERS.format(offer["id"]))
    assert (said["reason"], said["approvedInAdvance"], said["counters"]) == ("Nur Passwörter", True, offer["asked"])
    assert (await site.get(AA, ANSWERS.format(offer["asked"])))["reason"] == "Nur Passwörter"
    assert (await site.call(GA, "GET", f"{CONSENT}/{offer['id']}")).status_code == 404
    assert (await request(site, AA, offer["id"], "lockForApproval")).status_code == 201
    active = await site.get(AA, f"{GRAPH}/{offer['id']}")
    assert (active["status"], active["endDateTime"][:10]) == ("active", "2027-05-22")
    assert (await request(site, AA, offer["id"], "lockForApproval")).status_code == 409
    async with site.here.owner() as owner:
        rows = await owner.fetch(
            "SELECT tenant_id FROM audit_record WHERE operation_type LIKE '%counter' AND status = 'succeeded'"
        )
    assert {row["tenant_id"] for row in rows} == {site.here.id("nordlicht"), site.here.id("alpenblick")}


async def test_a_changed_counter_proposal_has_to_be_approved(site: Web) -> None:
    offer = await countered(site, "Betrieb", roles=[HELPDESK])
    path, any_tag = f"{GRAPH}/{offer['id']}", {"If-Match": "*"}
    # Not even the same terms keep it: it is the customer's text no more.
    assert (await site.call(AA, "PATCH", path, {"displayName": "Anders"}, headers=any_tag)).status_code == 200
    assert (await site.get(AA, ANSWERS.format(offer["id"])))["approvedInAdvance"] is False
    assert (await request(site, AA, offer["id"], "lockForApproval")).status_code == 201
    assert (await site.get(AA, path))["status"] == "approvalPending"
    assert (await answer(site, GA, offer["id"], "approve")).json()["status"] == "active"


async def test_an_offer_that_nobody_takes_lapses(site: Web) -> None:
    offer, made = await countered(site, "Betrieb", roles=[HELPDESK]), site.here.clock.moment
    try:
        site.here.clock.moment = made + timedelta(days=90)
        assert (await site.get(AA, ANSWERS.format(offer["id"])))["approvedInAdvance"] is False
        assert (await request(site, AA, offer["id"], "lockForApproval")).status_code == 201
        assert (await site.get(AA, f"{GRAPH}/{offer['id']}"))["status"] == "approvalPending"
    finally:
        site.here.clock.moment = made


async def test_a_counter_proposal_is_dropped_by_the_partner(site: Web) -> None:
    offer = await countered(site, "Betrieb", duration="P1D")
    gone = await site.call(AA, "DELETE", f"{GRAPH}/{offer['id']}", headers={"If-Match": "*"})
    assert gone.status_code == 204
    assert (await request(site, AA, offer["id"], "lockForApproval")).status_code == 404


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"roles": [HELPDESK, GLOBAL_ADMINISTRATOR]}, "leave out Global Administrator"),
        ({"roles": []}, "Name at least one role"),
        ({"roles": [HELPDESK], "duration": "P13M"}, "lasts no longer than was asked, which is P1Y"),
        ({"duration": "P1W"}, "send an ISO 8601 duration"),
        ({}, "approve it instead"),
        ({"roles": [EXCHANGE, HELPDESK], "duration": "P12M"}, "approve it instead"),
        ({"roles": [HELPDESK], "autoExtend": True}, "no extension was asked for"),
        ({"roles": [HELPDESK], "reason": "x" * 1001}, "reason: send at most"),
    ],
)
async def test_what_is_no_counter_proposal(site: Web, terms: dict[str, Any], said: str) -> None:
    relationship = await asked_for_two(site, "Betrieb")
    answered = await answer(site, GA, relationship, "counter", **terms)
    assert (answered.status_code, said in answered.json()["description"]) == (400, True), answered.text
    assert (await site.get(AA, f"{GRAPH}/{relationship}"))["status"] == "approvalPending"


async def test_only_what_waits_is_countered_and_only_by_whom_it_addresses(site: Web) -> None:
    relationship = await asked_for_two(site, "Betrieb")
    for who, status in (("ga@lavande", 404), ("ba@alpenblick", 403)):
        assert (await answer(site, who, relationship, "counter", roles=[HELPDESK])).status_code == status
    assert (await answer(site, GA, relationship, "approve", reason="Wie besprochen")).status_code == 200
    assert (await site.get(AA, ANSWERS.format(relationship)))["reason"] == "Wie besprochen"
    assert (await answer(site, GA, relationship, "counter", roles=[HELPDESK])).status_code == 400
    drafted = await draft(site, AA, "Entwurf")
    assert (await answer(site, GA, drafted, "counter", roles=[HELPDESK])).status_code == 404


async def test_an_offer_takes_the_next_free_name(site: Web) -> None:
    await draft(site, AA, "Betrieb (2)")
    assert (await countered(site, "Betrieb", duration="P1D"))["displayName"] == "Betrieb (3)"
    long = await countered(site, "x" * 50, duration="P1D")
    assert long["displayName"] == "x" * 46 + " (2)"


async def test_the_cap_bounds_approval_counter_and_what_was_approved_in_advance(site: Web) -> None:
    relationship = await asked_for_two(site, "Betrieb")
    assert (await site.get(GA, CAP))["kind"] == "refused"
    assert (await cap(site, "refused", EXCHANGE)).json()["exceeding"] == []
    seen = await site.get(GA, f"{CONSENT}/{relationship}")
    assert [role["beyondCap"] for role in seen["roles"]] == [False, True]
    denied = await answer(site, GA, relationship, "approve")
    assert (denied.status_code, "cap leaves out" in denied.json()["description"]) == (403, True)
    why = await site.get(GA, f"/programme/v1/decisions/{denied.headers['copartner-decision-id']}?side=customer")
    assert [rule["id"] for rule in why["rules"]] == ["gdap-cap"]
    assert [(fact["name"], fact["value"]) for fact in why["rules"][0]["facts"]] == [("resource.withinCap", "no")]
    assert (await answer(site, GA, relationship, "counter", duration="P1D")).status_code == 403
    offer = (await answer(site, GA, relationship, "counter", roles=[HELPDESK])).json()["offer"]
    assert (await cap(site, "allowed", EXCHANGE)).status_code == 200
    assert (await request(site, AA, offer["id"], "lockForApproval")).status_code == 403
    assert (await site.get(AA, f"{GRAPH}/{offer['id']}"))["status"] == "created"
    assert (await cap(site, "allowed", HELPDESK)).status_code == 200
    assert (await request(site, AA, offer["id"], "lockForApproval")).status_code == 201


async def test_a_lower_cap_shows_what_exceeds_it_and_ends_nothing(site: Web) -> None:
    approved = await approved_by(site, AA, "Aktiv", "alpenblick")
    lowered = (await cap(site, "refused", HELPDESK)).json()
    assert [(one["id"], one["partnerName"], one["roles"]) for one in lowered["exceeding"]] == [
        (approved, "Nordlicht IT GmbH", [HELPDESK])
    ]
    assert "stay as they are until you" in lowered["note"]
    assert (await site.get(AA, f"{GRAPH}/{approved}"))["status"] == "active"
    assert (await site.get(GA, CAP))["exceeding"] == lowered["exceeding"]
    assert (await site.call(GA, "POST", f"{CONSENT}/{approved}/terminate")).status_code == 200
    assert (await site.get(GA, CAP))["exceeding"] == []
    assert (await cap(site, "refused")).json()["roles"] == []
    assert (await cap(site, "refused", "01a20000-0000-7000-8000-000000000001")).status_code == 400
    for who in ("ba@alpenblick", "user@alpenblick"):
        assert (await site.call(who, "GET", CAP)).status_code == 403
        assert (await site.call(who, "PUT", CAP, {"kind": "refused", "roles": []})).status_code == 403


async def test_the_role_made_for_it_answers_since_april_2026_and_sets_no_cap(site: Web) -> None:
    users = await site.get(GA, "/programme/v1/users?side=customer")
    plain = next(one["id"] for one in users["items"] if one["displayName"] == "Carla Moser")
    path = f"/programme/v1/users/{plain}/roles/customer-delegated-admin-relationship-administrator?side=customer"
    assert (await site.call(GA, "PUT", path)).status_code == 200
    async with site.here.owner() as owner:
        roles = await owner.fetchval("SELECT roles FROM actor WHERE subject_id::text = $1", plain)
    assert DELEGATION_ADMIN in roles
    relationship = await asked_of(site, AA, "Frage", "alpenblick")
    now = site.here.clock.moment
    try:
        site.here.clock.moment = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
        assert (await answer(site, "user@alpenblick", relationship, "approve")).status_code == 403
    finally:
        site.here.clock.moment = now
    assert (await site.get("user@alpenblick", CAP))["roles"] == []
    assert (await site.call("user@alpenblick", "PUT", CAP, {"kind": "refused", "roles": []})).status_code == 403
    assert (await answer(site, "user@alpenblick", relationship, "approve")).json()["status"] == "active"


PROVIDE = "/programme/v1/indirect-delegated-admin-relationships"


async def provided_by(site: Web, name: str, **more: Any) -> str:
    """What nordlicht asks of alpenblick for its reseller wolkenwerk."""
    await resells(site, "wolkenwerk")
    wanted = provided(str(site.here.id("wolkenwerk")), displayName=name, **more)
    made = await site.call(AA, "POST", PROVIDE, {"customerTenantId": str(site.here.id("alpenblick")), **wanted})
    assert made.status_code == 201, made.text
    found: str = made.json()["id"]
    return found


async def test_an_indirect_reseller_consents_before_the_customer_can(site: Web) -> None:
    made = await provided_by(site, "Indirekt")
    reseller = "aa@wolkenwerk"
    seen = await site.get(reseller, f"{GRAPH}/{made}")
    assert seen["@odata.type"] == "#microsoft.graph.resellerDelegatedAdminRelationship"
    assert (seen["status"], seen["isPartnerConsentPending"]) == ("approvalPending", True)
    assert seen["indirectProviderTenantId"] == str(site.here.id("nordlicht"))
    early = await answer(site, GA, made, "approve")
    assert (early.status_code, "before its indirect reseller has consented" in early.json()["description"]) == (
        403,
        True,
    )
    for who in ("sa@wolkenwerk", "ga@wolkenwerk"):
        assert (await request(site, who, made, "approve")).status_code == 403
    for who in (AA, "aa@suedwind"):
        assert (await request(site, who, made, "approve")).status_code == 404
    assert (await request(site, reseller, made, "approve")).status_code == 201
    assert (await request(site, reseller, made, "approve")).status_code == 409
    assert (await site.get(reseller, f"{GRAPH}/{made}"))["isPartnerConsentPending"] is False
    assert (await answer(site, GA, made, "approve")).json()["status"] == "active"
    direct = await site.get(AA, f"{GRAPH}/{await draft(site, AA, 'Direkt')}")
    assert not {"@odata.type", "isPartnerConsentPending", "indirectProviderTenantId"} & direct.keys()


async def test_an_indirect_reseller_rejects_and_that_is_the_end(site: Web) -> None:
    made = await provided_by(site, "Indirekt")
    assert (await request(site, "aa@wolkenwerk", made, "reject")).status_code == 201
    seen = await site.get("aa@wolkenwerk", f"{GRAPH}/{made}")
    assert (seen["status"], seen["isPartnerConsentPending"]) == ("terminated", False)
    assert (await answer(site, GA, made, "approve")).status_code in (400, 403)
    own = await asked_of(site, AA, "Eigenes", "alpenblick")
    for action in ("approve", "reject"):
        assert (await request(site, AA, own, action)).status_code == 409


async def test_a_provider_asks_for_its_own_resellers_alone(site: Web) -> None:
    await resells(site, "wolkenwerk")
    said = set()
    for reseller in (
        str(site.here.id("suedwind")),
        "01a20000-0000-7000-8000-000000000001",
        str(site.here.id("lavande")),
    ):
        answered = await site.call(AA, "POST", PROVIDE, provided(reseller))
        said.add((answered.status_code, answered.json()["description"]))
    assert said == {(404, "There is no such indirect reseller of yours.")}
    ours = str(site.here.id("wolkenwerk"))
    assert (await site.call("ga@nordlicht", "POST", PROVIDE, provided(ours))).status_code == 403
    assert (await site.call(AA, "POST", PROVIDE, provided(ours, duration="P3Y"))).status_code == 400
    assert (await site.call(AA, "POST", PROVIDE, provided(ours, roles=[]))).status_code == 400
    async with site.here.owner() as owner:
        await owner.execute("UPDATE partner_relationship SET state = 'ended', ended_at = formed_at")
    assert (await site.call(AA, "POST", PROVIDE, provided(ours))).status_code == 404
