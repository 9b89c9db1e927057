"""The main job as a story in eight steps, by HTTP alone: in 2020, today, and in the cloud of the US Government."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from support.stage import ADMIN_AGENT, GLOBAL_ADMIN, SALES_AGENT, Stage
from support.up import Person, emulator


@pytest.fixture(
    scope="module",
    params=[("commercial", "2020-11-29"), ("commercial", "2026-11-22"), ("us-government", "2026-11-22")],
    ids=["2020", "present", "us-government"],
)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The world `multi-partner`, freshly started."""
    cloud, date = request.param
    with emulator(tmp_path_factory.mktemp("story"), "--cloud", cloud, "--clock", date) as up:
        yield Stage(up, cloud, date)


def test_the_story(stage: Stage) -> None:
    """The eight steps, in order; each relies on the one before."""
    asked_for_a_relationship(stage)
    accepted_by_the_global_admin_alone(stage)
    nordlicht, wolkenwerk, suedwind = sold_by_three_partners(stage)
    each_sees_its_own_and_the_customer_sees_all(stage, nordlicht, wolkenwerk, suedwind)
    run_by_the_seller_and_by_nobody_else(stage, nordlicht)
    sold_to_nobody_of_the_programme(stage)
    withdrawn_and_ended(stage, wolkenwerk, nordlicht)
    explained_to_those_who_may_know(stage, nordlicht)


def asked_for_a_relationship(stage: Stage) -> None:
    """1. The standing link, and a request that can be listed and withdrawn."""
    sales = stage.as_(SALES_AGENT, "nordlicht")
    link = sales.get("/v1/customers/relationshiprequests")
    assert stage.id("nordlicht") in link["url"]
    status, code, _ = stage.up.application(stage.name("nordlicht")).refused("GET", "/v1/customers/relationshiprequests")
    assert (status, code) == (403, "900329")
    helpdesk = stage.as_("Helpdesk agent", "nordlicht")
    assert helpdesk.refused("POST", "/programme/v1/relationship-requests", {})[:2] == (403, "900150")
    extra = sales.post("/programme/v1/relationship-requests", {"reason": "to be taken back"})
    assert extra["state"] == "pending"
    withdrawn = sales.post(f"/programme/v1/relationship-requests/{extra['id']}/withdraw")
    assert withdrawn["state"] == "withdrawn"
    listed = sales.get("/programme/v1/relationship-requests")["items"]
    assert [one["state"] for one in listed if one["id"] == extra["id"]] == ["withdrawn"]
    foreign = stage.as_(SALES_AGENT, "suedwind")
    assert foreign.refused("GET", f"/programme/v1/relationship-requests/{extra['id']}")[0] == 404
    if stage.cloud == "us-government":
        left_out = {"reason": "no privileges", "delegatedAdminPrivileges": False}
        assert sales.refused("POST", "/programme/v1/relationship-requests", left_out)[:2] == (400, "3000")


def request_of(stage: Stage, partner: str, customer: str, **more: Any) -> str:
    """The consent address of a fresh request."""
    asked = {"customerTenantId": stage.id(customer), "reason": "Better service", **more}
    made = stage.as_(SALES_AGENT, partner).post("/programme/v1/relationship-requests", asked)
    return f"/programme/v1/consent/relationship-requests/{made['id']}"


def accept(stage: Stage, partner: str, customer: str, **answer: Any) -> Any:
    """The customer's Global admin accepts a fresh request of the partner."""
    address = request_of(stage, partner, customer)
    return stage.as_(GLOBAL_ADMIN, customer).post(address, {"answer": "accept", **answer})


def accepted_by_the_global_admin_alone(stage: Stage) -> None:
    """2. The Global admin reads who asks and what for, and accepts; nobody else can."""
    address = request_of(stage, "nordlicht", "alpenblick")
    admin = stage.as_(GLOBAL_ADMIN, "alpenblick")
    for role in ("Billing admin", "User"):
        assert stage.as_(role, "alpenblick").refused("POST", address, {"answer": "accept"})[0] == 403
    assert stage.as_(GLOBAL_ADMIN, "hafen").refused("POST", address, {"answer": "accept"})[0] == 404
    seen = admin.get(address)
    assert seen["partner"]["tenantId"] == stage.id("nordlicht")
    assert seen["reason"] == "Better service"
    assert seen["delegatedAdminPrivilegesCome"] == stage.privileges_come
    assert {power["role"] for power in seen["powers"]} == {ADMIN_AGENT, "Helpdesk agent"}
    declined = admin.post(request_of(stage, "nordlicht", "alpenblick"), {"answer": "decline"})
    assert declined["state"] == "declined"
    without = admin.post(address, {"answer": "accept", "acceptCustomerAgreement": False})
    assert without["state"] == "accepted"
    sales = stage.as_(SALES_AGENT, "nordlicht")
    customer = sales.get(f"/v1/customers/{stage.id('alpenblick')}")
    assert customer["allowDelegatedAccess"] == stage.privileges_come
    if stage.agreements:
        cart = cart_of(stage, sales, "alpenblick", "Office 365 Premium", 1, "P1Y", "monthly")
        refusal = sales.refused("POST", f"/v1/customers/{stage.id('alpenblick')}/carts/{cart}/checkout")
        assert refusal[:2] == (403, "13605")
    link = f"/programme/v1/consent/reseller-relationships/{stage.id('wolkenwerk')}"
    assert admin.get(link)["partner"]["tenantId"] == stage.id("wolkenwerk")
    admin.post(link, {"answer": "accept", "acceptCustomerAgreement": True})
    accept(stage, "suedwind", "alpenblick", acceptCustomerAgreement=True)


def catalogue_item(stage: Stage, who: Person, title: str) -> str:
    """The catalogue item of a SKU, found as a client finds it: products, SKUs, availabilities."""
    for view in ("OnlineServices", "Azure"):
        address = f"/v1/products?country={stage.country}&targetView={view}"
        for product in who.get(address)["items"]:
            for sku in who.get(f"/v1/products/{product['id']}/skus?country={stage.country}")["items"]:
                if sku["title"] == title:
                    below = f"/v1/products/{product['id']}/skus/{sku['id']}/availabilities?country={stage.country}"
                    found: str = who.get(below)["items"][0]["catalogItemId"]
                    return found
    raise AssertionError(f"no {title} in the catalogue")


def cart_of(stage: Stage, who: Person, customer: str, title: str, quantity: int, term: str, cycle: str) -> str:
    """The id of a cart with one line."""
    line = {"id": 0, "catalogItemId": catalogue_item(stage, who, title), "quantity": quantity}
    line |= {"termDuration": term, "billingCycle": cycle} if term else {"billingCycle": cycle}
    made: str = who.post(f"/v1/customers/{stage.id(customer)}/carts", {"lineItems": [line]})["id"]
    return made


def bought(stage: Stage, who: Person, customer: str, title: str, quantity: int, term: str, cycle: str) -> str:
    """The subscription of a checked-out cart; a second checkout answers the same order."""
    cart = cart_of(stage, who, customer, title, quantity, term, cycle)
    address = f"/v1/customers/{stage.id(customer)}/carts/{cart}/checkout"
    orders = who.post(address)["orders"]
    assert [order["id"] for order in who.post(address)["orders"]] == [order["id"] for order in orders]
    assert len(orders) == 1
    subscription: str = orders[0]["lineItems"][0]["subscriptionId"]
    read = who.get(f"/v1/customers/{stage.id(customer)}/subscriptions/{subscription}")
    assert (read["status"], read["quantity"], read["orderId"]) == ("active", quantity, orders[0]["id"])
    return subscription


def sold_by_three_partners(stage: Stage) -> tuple[str, str, str]:
    """3. Licences from one partner, Azure from a second and a third."""
    sales = stage.as_(SALES_AGENT, "nordlicht")
    assert stage.id("alpenblick") in [one["id"] for one in sales.get("/v1/customers")["items"]]
    licences = bought(stage, sales, "alpenblick", "Office 365 Premium", 10, "P1Y", "monthly")
    azure = [
        bought(stage, stage.as_(ADMIN_AGENT, partner), "alpenblick", "Azure plan", 1, "", "one_time")
        for partner in ("wolkenwerk", "suedwind")
    ]
    return licences, azure[0], azure[1]


def each_sees_its_own_and_the_customer_sees_all(stage: Stage, *sold: str) -> None:
    """4. Every partner lists and reads its own; the customer sees everything with its seller."""
    partners = dict(zip(("nordlicht", "wolkenwerk", "suedwind"), sold, strict=True))
    base = f"/v1/customers/{stage.id('alpenblick')}/subscriptions"
    for partner, own in partners.items():
        agent = stage.as_(ADMIN_AGENT, partner)
        assert [one["id"] for one in agent.get(base)["items"]] == [own]
        for foreign in {*sold, str(uuid4())} - {own}:
            assert agent.refused("GET", f"{base}/{foreign}")[:2] == (404, "20003")
    held = stage.as_(GLOBAL_ADMIN, "alpenblick").get("/programme/v1/subscriptions")["items"]
    assert {one["id"]: one["partnerTenantId"] for one in held if one["id"] in sold} == {
        own: stage.id(partner) for partner, own in partners.items()
    }
    assert stage.id("operator") in [one["partnerTenantId"] for one in held]
    assert stage.as_("User", "alpenblick").refused("GET", "/programme/v1/subscriptions")[0] == 403


def run_by_the_seller_and_by_nobody_else(stage: Stage, licences: str) -> None:
    """5. The seller changes what may change; for anybody else there is no such subscription."""
    base = f"/v1/customers/{stage.id('alpenblick')}/subscriptions"
    seller = stage.as_(SALES_AGENT, "nordlicht")
    changes: list[dict[str, Any]] = [
        {"quantity": 12},
        {"friendlyName": "Zentrale"},
        {"autoRenewEnabled": False},
        {"status": "suspended"},
        {"status": "active"},
    ]
    for change in changes:
        (name, value), *_ = change.items()
        assert seller.done("PATCH", f"{base}/{licences}", change)[name] == value
    before = seller.get(f"{base}/{licences}")
    other = stage.as_(ADMIN_AGENT, "suedwind")
    attempts = [
        *changes,
        {"partnerId": "4100003"},
        {"termDuration": "P3Y"},
        {"commitmentEndDate": "2030-01-01T00:00:00Z"},
        {"billingCycle": "annual"},
    ]
    for attempt in attempts:
        answers = [other.refused("PATCH", f"{base}/{target}", attempt) for target in (licences, str(uuid4()))]
        assert [answer[:2] for answer in answers] == [(404, "20003")] * 2
        assert answers[0][2]["description"] == answers[1][2]["description"]
    archive = {
        "catalogItemId": catalogue_item(stage, other, "Archive add-on"),
        "quantity": 1,
        "termDuration": "P1Y",
        "billingCycle": "monthly",
        "parentSubscriptionId": licences,
    }
    order = {"lineItems": [{"lineItemNumber": 0, "offerId": archive.pop("catalogItemId"), **archive}]}
    refusal = other.refused("POST", f"/v1/customers/{stage.id('alpenblick')}/orders", order)
    assert refusal[:2] == (404, "20003")
    assert seller.get(f"{base}/{licences}") == before


def sold_to_nobody_of_the_programme(stage: Stage) -> None:
    """6. Not to a transaction tenant, an affiliate or oneself; a partner's other tenant buys from another partner."""
    agreed = {"answer": "accept", "acceptCustomerAgreement": True}
    for customer in ("wolkenwerk", "fjord", "nordlicht-internal"):
        address = request_of(stage, "nordlicht", customer)
        refusal = stage.as_(GLOBAL_ADMIN, customer).refused("POST", address, agreed)
        assert refusal[:2] == (403, "2085"), refusal
    sales = stage.as_(SALES_AGENT, "nordlicht")
    older = cart_of(stage, sales, "hafen", "Office 365 Premium", 1, "P1Y", "monthly")
    enrolment = {"tenantId": stage.id("hafen"), "mpnId": "4100099", "markets": [stage.country]}
    stage.as_(GLOBAL_ADMIN, "operator").post("/programme/v1/enrolments", enrolment)
    base = f"/v1/customers/{stage.id('hafen')}/carts"
    assert sales.refused("POST", f"{base}/{older}/checkout")[:2] == (403, "2085")
    line = {"id": 0, "catalogItemId": catalogue_item(stage, sales, "Office 365 Premium"), "quantity": 1}
    line |= {"termDuration": "P1Y", "billingCycle": "monthly"}
    assert sales.refused("POST", base, {"lineItems": [line]})[:2] == (403, "2085")
    for customer in ("nordlicht-internal", "fjord"):
        accept(stage, "suedwind", customer, acceptCustomerAgreement=True)
        bought(stage, stage.as_(SALES_AGENT, "suedwind"), customer, "Office 365 Premium", 2, "P1Y", "monthly")


def withdrawn_and_ended(stage: Stage, azure: str, licences: str) -> None:
    """7. Privileges go and the relationship stays; it ends once nothing sold stands in the way, beside the others."""
    customer = stage.id("alpenblick")
    agent = stage.as_(ADMIN_AGENT, "nordlicht")
    kept = agent.done("PATCH", f"/v1/customers/{customer}", {"allowDelegatedAccess": False})
    assert (kept["allowDelegatedAccess"], kept["relationshipToPartner"]) == (False, "reseller")
    admin = stage.as_(GLOBAL_ADMIN, "alpenblick")
    admin.done("PATCH", f"/programme/v1/relationships/{stage.id('suedwind')}", {"delegatedAdminPrivileges": False})
    assert stage.as_(ADMIN_AGENT, "suedwind").get(f"/v1/customers/{customer}")["allowDelegatedAccess"] is False
    ending = {"relationshipToPartner": "none"}
    head = stage.as_(GLOBAL_ADMIN, "wolkenwerk")
    assert head.refused("PATCH", f"/v1/customers/{customer}", ending)[:2] == (400, "3000")
    base = f"/v1/customers/{customer}/subscriptions"
    wanted = "suspended" if stage.date < "2024" else "deleted"
    head.done("PATCH", f"{base}/{azure}", {"status": wanted})
    assert head.done("PATCH", f"/v1/customers/{customer}", ending)["relationshipToPartner"] == "none"
    assert head.refused("GET", f"/v1/customers/{customer}")[:2] == (403, "20002")
    assert head.refused("GET", f"/v1/customers/{uuid4()}")[:2] == (403, "20002")
    assert agent.get(f"{base}/{licences}")["status"] == "active"


def explained_to_those_who_may_know(stage: Stage, licences: str) -> None:
    """8. The customer reads who tried what, the seller that somebody did; the caller what it would of an unknown id."""
    customer = stage.id("alpenblick")
    other = stage.as_(ADMIN_AGENT, "suedwind")
    _, _, said = other.refused("PATCH", f"/v1/customers/{customer}/subscriptions/{licences}", {"quantity": 3})
    own = other.get(f"/programme/v1/decisions/{said['data'][-1]}")
    assert own["rules"] == []
    assert "no such subscription" in own["summary"]
    assert "mp-" not in str(own)
    readers = {
        "customer": (stage.as_(GLOBAL_ADMIN, "alpenblick"), other.name),
        "seller": (stage.as_(ADMIN_AGENT, "nordlicht"), None),
    }
    start = stage.up.clock[:10]
    for side, (reader, actor) in readers.items():
        records = reader.get(f"/programme/v1/audit-records?startDate={start}")["items"]
        found = [
            one for one in records if kept(one).get("ResourceId") == licences and "quantity" in one["operationType"]
        ]
        assert [one["operationStatus"] for one in found] == ["failed"], side
        assert found[0].get("userPrincipalName") == actor
        decision = reader.get(f"/programme/v1/decisions/{kept(found[0])['DecisionId']}")
        assert [rule["id"] for rule in decision["rules"]] == ["mp-subscription"]
        assert decision["rules"][0]["text"].startswith("A partner changes no state")
        assert decision["actorName"] == actor
        assert decision["times"] == 2
    assert stage.as_(ADMIN_AGENT, "wolkenwerk").refused("GET", f"/programme/v1/decisions/{said['data'][-1]}")[0] == 404
    audit = other.get(f"/v1/auditrecords?startDate={start}")
    assert audit["totalCount"] > 0
    assert not [one for one in audit["items"] if "mp-subscription" in str(one)]


def kept(record: dict[str, Any]) -> dict[str, str]:
    """What an audit record says beside its published properties."""
    return {pair["key"]: pair["value"] for pair in record["customizedData"]}
