"""Requests, consent, relationships, enrolment, decisions and audit by HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.postgres import Database
from support.programme import SEED_DAY, programme
from support.web import Web, refused, web

OWN = "/programme/v1"


@pytest.fixture
async def then(database: Database, tmp_path: Path) -> AsyncIterator[Web]:
    """The world on the day of the seed, with no relationships yet."""
    async with programme(database, tmp_path, now=SEED_DAY) as here, web(here) as made:
        yield made


async def ask(site: Web, who: str, **asked: Any) -> dict[str, Any]:
    """A request that has to succeed."""
    answer = await site.call(who, "POST", f"{OWN}/relationship-requests", asked)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_request_is_sent_listed_read_and_withdrawn(then: Web) -> None:
    alpenblick = str(then.here.id("alpenblick"))
    made = await ask(then, "sa@nordlicht", customerTenantId=alpenblick.upper(), reason="Office for all")
    assert (made["state"], made["customerTenantId"], made["reason"]) == ("pending", alpenblick, "Office for all")
    assert made["delegatedAdminPrivileges"] is True
    assert made["id"] in made["url"]
    path = f"{OWN}/relationship-requests"
    assert (await then.get("aa@nordlicht", path))["items"] == [made]
    assert await then.get("aa@nordlicht", f"{path}/{made['id']}") == made
    for who in ("aa@wolkenwerk", "aa@suedwind"):
        assert (await then.get(who, path))["items"] == []
        assert refused(await then.call(who, "GET", f"{path}/{made['id']}")) == (404, "1000")
        assert refused(await then.call(who, "POST", f"{path}/{made['id']}/withdraw")) == (404, "1000")
    gone = await then.call("sa@nordlicht", "POST", f"{path}/{made['id']}/withdraw")
    assert gone.json()["state"] == "withdrawn"
    assert (await then.get("aa@nordlicht", f"{path}?state=Withdrawn"))["items"] == [gone.json()]
    assert refused(await then.call("aa@nordlicht", "GET", f"{path}?state=sold")) == (400, "3000")


async def test_pages_of_requests(then: Web) -> None:
    made = [(await ask(then, "sa@nordlicht", reason=str(number)))["id"] for number in range(3)]
    address, seen = f"{OWN}/relationship-requests?size=2&state=pending", list[str]()
    while address:
        page = await then.get("sa@nordlicht", address)
        seen += [one["id"] for one in page["items"]]
        address = page.get("next", "")
    assert seen == made
    other = f"{OWN}/relationship-requests?size=2&after=AAAA"
    assert refused(await then.call("sa@nordlicht", "GET", other)) == (400, "3000")


async def test_the_customers_global_admin_and_nobody_else_accepts(then: Web) -> None:
    made = await ask(then, "aa@nordlicht", customerDomain="alpenblick.example")
    path = f"{OWN}/consent/relationship-requests/{made['id']}"
    for who, expected in (
        ("ba@alpenblick", (403, "900150")),
        ("aa@nordlicht", (404, "1000")),
        ("ga@hafen", (404, "1000")),
    ):
        for method, body in (("GET", None), ("POST", {"answer": "accept"})):
            assert refused(await then.call(who, method, path, body)) == expected, (who, method)
    seen = await then.get("ga@alpenblick", path)
    assert (seen["partner"]["companyName"], seen["state"]) != ("", "accepted")
    assert seen["delegatedAdminPrivilegesCome"] is True
    assert [power["actsAs"] for power in seen["powers"]] == ["Global administrator", "Helpdesk administrator"]
    answer = await then.call("ga@alpenblick", "POST", path, {"Answer": "Accept", "AcceptCustomerAgreement": True})
    body = answer.json()
    assert (answer.status_code, body["state"], body["customerAgreementAccepted"]) == (200, "accepted", True)
    assert body["relationship"]["delegatedAdminPrivileges"] is True
    customer = await then.get("aa@nordlicht", then.customer("alpenblick"))
    assert (customer["relationshipToPartner"], customer["allowDelegatedAccess"]) == ("reseller", True)
    held = await then.get("ga@alpenblick", f"{OWN}/relationships")
    assert [one["partner"]["tenantId"] for one in held["items"]] == [str(then.here.id("nordlicht"))]


async def test_the_standing_link_and_taking_privileges_back(then: Web) -> None:
    link = await then.get("sa@suedwind", "/v1/customers/relationshiprequests")
    partner = str(then.here.id("suedwind"))
    assert link["url"].endswith(partner)
    path = f"{OWN}/consent/reseller-relationships/{partner}"
    assert (await then.get("ga@alpenblick", path))["requestId"] is None
    answer = await then.call("ga@alpenblick", "POST", path, {"answer": "accept"})
    assert answer.json()["customerAgreementAccepted"] is False
    change = {"delegatedAdminPrivileges": False}
    back = await then.call("ga@alpenblick", "PATCH", f"{OWN}/relationships/{partner}", change)
    assert (back.status_code, back.json()["delegatedAdminPrivileges"]) == (200, False)
    assert (await then.get("aa@suedwind", then.customer("alpenblick")))["allowDelegatedAccess"] is False
    stranger = await then.call("ga@alpenblick", "PATCH", f"{OWN}/relationships/{then.here.id('nordlicht')}", change)
    assert refused(stranger) == (404, "1000")


async def test_nobody_sells_to_its_own_or_an_affiliate(then: Web) -> None:
    for partner, customer in (("nordlicht", "fjord"), ("nordlicht", "wolkenwerk")):
        path = f"{OWN}/consent/reseller-relationships/{then.here.id(partner)}"
        assert (await then.get(f"ga@{customer}", path))["obstacles"]
        assert refused(await then.call(f"ga@{customer}", "POST", path, {"answer": "accept"})) == (403, "2085")


async def test_only_the_operator_enrols_and_an_enrolled_tenant_is_sold_nothing_more(site: Web) -> None:
    hafen = str(site.here.id("hafen"))
    body = {"tenantId": hafen, "mpnId": "5550001", "markets": ["de", "DE"]}
    for who in ("ga@alpenblick", "ga@nordlicht", "ga@hafen"):
        assert refused(await site.call(who, "POST", f"{OWN}/enrolments", body)) == (403, "900150")
    operator = next(tenant for tenant in site.here.world.tenants if tenant.kind == "operator")
    name = f"{operator.users[0].user_principal_name.split('@')[0]}@{operator.domain.removesuffix('.example')}"
    cart = {"lineItems": [{"catalogItemId": await site.here.item("Device Management"), "quantity": 1}]}
    cart["lineItems"][0]["billingCycle"] = "monthly"
    older = await site.call("sa@nordlicht", "POST", f"{site.customer('hafen')}/carts", cart)
    assert older.status_code == 201, older.text
    made = await site.call(name, "POST", f"{OWN}/enrolments", body)
    assert (made.status_code, made.json()["markets"]) == (201, ["DE"])
    for path, sent in (("carts", cart), (f"carts/{older.json()['id']}/checkout", None)):
        answer = await site.call("sa@nordlicht", "POST", f"{site.customer('hafen')}/{path}", sent)
        assert refused(answer) == (403, "2085")
    assert (await site.call("ga@hafen", "GET", "/v1/customers")).status_code == 200


async def test_a_decision_tells_each_party_what_it_may_know(site: Web) -> None:
    customer = site.customer("alpenblick")
    item = await site.here.item("Office 365 Enterprise")
    line = {"catalogItemId": item, "quantity": 2, "billingCycle": "annual", "termDuration": "P1Y"}
    cart = await site.call("sa@nordlicht", "POST", f"{customer}/carts", {"lineItems": [line]})
    order = (await site.call("sa@nordlicht", "POST", f"{customer}/carts/{cart.json()['id']}/checkout")).json()
    foreign = order["orders"][0]["lineItems"][0]["subscriptionId"]
    answer = await site.call("sa@suedwind", "PATCH", f"{customer}/subscriptions/{foreign}", {"status": "suspended"})
    decision = answer.headers["copartner-decision-id"]
    own = await site.get("sa@suedwind", f"{OWN}/decisions/{decision}")
    assert (own["rules"], own["summary"]) == ([], "There is no such subscription among yours.")
    unknown = "01a20000-0000-7000-8000-000000000001"
    other = await site.call("sa@suedwind", "PATCH", f"{customer}/subscriptions/{unknown}", {"status": "suspended"})
    same = await site.get("sa@suedwind", f"{OWN}/decisions/{other.headers['copartner-decision-id']}")
    # The same answer to the same attempt: one record, whose counter was raised.
    assert {**own, "times": 2} == same
    for who in ("sa@nordlicht", "ga@alpenblick", "aa@wolkenwerk", "ba@suedwind"):
        refusal = await site.call(who, "GET", f"{OWN}/decisions/{decision}")
        assert refusal.status_code in (403, 404), who
    for who, names_it in (("ga@alpenblick", True), ("aa@nordlicht", False)):
        records = (await site.get(who, f"{OWN}/audit-records"))["items"]
        denied = next(one for one in records if one["operationStatus"] == "failed")
        more = {pair["key"]: pair["value"] for pair in denied["customizedData"]}
        assert more["ResourceId"] == foreign
        assert ("userPrincipalName" in denied) is names_it
        told = await site.get(who, f"{OWN}/decisions/{more['DecisionId']}")
        assert [rule["id"] for rule in told["rules"]] == ["mp-subscription"]
        assert (told["actorName"] is not None) is names_it
    contract = await site.get("aa@suedwind", "/v1/auditrecords")
    assert {one["operationStatus"] for one in contract["items"]} == {"failed"}


async def test_audit_filters_and_dates(site: Web) -> None:
    customer = site.customer("alpenblick")
    item = await site.here.item("Azure plan")
    await site.call(
        "aa@wolkenwerk", "POST", f"{customer}/carts", {"lineItems": [{"catalogItemId": item, "quantity": 1}]}
    )
    path = "/v1/auditrecords"
    today = site.here.clock.now()
    everything = await site.get("aa@wolkenwerk", path)
    assert [(one["resourceType"], one["customerId"]) for one in everything["items"]] == [
        ("cart", str(site.here.id("alpenblick")))
    ]
    for query, expected in (
        (f"?startDate={today:%Y-%m-%d}&endDate={today:%Y-%m-%d}", 1),
        (f"?startDate={today:%m/%d/%Y} 00:00:00", 1),
        (f"?startDate={today:%Y-%m-%dT%H:%M:%S}%2B00:00", 1),
        ('?filter={"Field":"ResourceType","Value":"Cart","Operator":"equals"}', 1),
        ('?filter={"field":"resourcetype","value":"order","operator":"EQUALS"}', 0),
        (f'?filter={{"Field":"CustomerId","Value":"{site.here.id("alpenblick")}","Operator":"equals"}}', 1),
        ('?filter={"Field":"CompanyName","Value":"nobody","Operator":"substring"}', 0),
    ):
        assert (await site.get("aa@wolkenwerk", path + query))["totalCount"] == expected, query
    for query in (
        "?startDate=yesterday",
        "?startDate=2000-01-01",
        "?filter=x",
        '?filter={"Field":"Password","Value":"x","Operator":"equals"}',
        '?filter={"Field":"CompanyName","Value":"x","Operator":"equals"}',
        '?filter={"Field":"CustomerId","Value":"x","Operator":"equals"}',
        "?size=0",
        "?size=x",
        "?endDate=9999-12-31",
    ):
        found = await site.call("aa@wolkenwerk", "GET", path + query)
        assert found.status_code in (200, 400), query
        assert found.status_code == 200 or refused(found) == (400, "3000"), query
