"""The main job where 21Vianet operates the cloud, by HTTP alone: what is the same there, and what is not."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from support.stage import ADMIN_AGENT, GLOBAL_ADMIN, SALES_AGENT
from support.up import Emulator, Person, emulator

CUSTOMER, FIRST, SECOND, AFFILIATE = "zhulin", "mingyue", "chunfeng", "xiaoxi"
HELPDESK_ADMINISTRATOR = "729827e3-9c14-49f7-bb1b-9608f156bbb8"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The world of 21Vianet at the present, freshly started."""
    with emulator(tmp_path_factory.mktemp("story"), "--cloud", "21vianet", "--clock", "2026-11-22") as running:
        yield running


def test_the_story(up: Emulator) -> None:
    """In order; each step relies on the one before."""
    accepted_with_privileges(up)
    sold_by_two_partners_one_of_a_service(up)
    each_partner_alone_with_its_own(up)
    no_azure(up)
    administered_by_privileges_alone(up)
    not_sold_to_an_affiliate(up)
    sold_by_both_once_one_gave_its_privileges_back(up)


def request(up: Emulator, partner: str, customer: str) -> str:
    """The consent address of a fresh request."""
    asked = {"customerTenantId": up.id(customer), "reason": "Licences"}
    made = up.person(SALES_AGENT, partner).post("/programme/v1/relationship-requests", asked)
    return f"/programme/v1/consent/relationship-requests/{made['id']}"


def accepted_with_privileges(up: Emulator) -> None:
    """A request cannot leave privileges out; the customer's Global admin alone accepts, and signs no agreement."""
    without = {"customerTenantId": up.id(CUSTOMER), "delegatedAdminPrivileges": False}
    sales = up.person(SALES_AGENT, FIRST)
    assert sales.refused("POST", "/programme/v1/relationship-requests", without)[0] == 403
    for partner in (FIRST, SECOND):
        address = request(up, partner, CUSTOMER)
        for role in ("Billing admin", "User"):
            assert up.person(role, CUSTOMER).refused("POST", address, {"answer": "accept"})[0] == 403
        assert up.person(GLOBAL_ADMIN, AFFILIATE).refused("POST", address, {"answer": "accept"})[0] == 404
        admin = up.person(GLOBAL_ADMIN, CUSTOMER)
        assert admin.get(address)["delegatedAdminPrivilegesCome"] is True
        assert admin.post(address, {"answer": "accept"})["state"] == "accepted"
        held = up.person(SALES_AGENT, partner).get(f"/v1/customers/{up.id(CUSTOMER)}")
        assert held["allowDelegatedAccess"] is True


def item(who: Person, title: str) -> str:
    """The catalogue item of a title."""
    for view in ("OnlineServices", "Azure"):
        for product in who.get(f"/v1/products?country=CN&targetView={view}")["items"]:
            for sku in who.get(f"/v1/products/{product['id']}/skus?country=CN")["items"]:
                if sku["title"] == title:
                    below = f"/v1/products/{product['id']}/skus/{sku['id']}/availabilities?country=CN"
                    (found,) = who.get(below)["items"]
                    return str(found["catalogItemId"])
    raise AssertionError(f"no {title} in the catalogue")


def draft(up: Emulator, who: Person, title: str, quantity: int = 5, customer: str = CUSTOMER) -> dict[str, Any]:
    """A cart with one line as a body, and where it is sent."""
    line = {"id": 0, "catalogItemId": item(who, title), "quantity": quantity, "billingCycle": "monthly"}
    return {"path": f"/v1/customers/{up.id(customer)}/carts", "body": {"lineItems": [{**line, "termDuration": "P1Y"}]}}


def checkout(up: Emulator, who: Person, title: str, customer: str = CUSTOMER) -> str:
    """Where a fresh cart with that title is checked out."""
    wanted = draft(up, who, title, customer=customer)
    return f"{wanted['path']}/{who.post(wanted['path'], wanted['body'])['id']}/checkout"


def bought(up: Emulator, who: Person, title: str, customer: str = CUSTOMER) -> str:
    """The subscription that came of a sale."""
    (order,) = who.post(checkout(up, who, title, customer))["orders"]
    return str(order["lineItems"][0]["subscriptionId"])


def sold_by_two_partners_one_of_a_service(up: Emulator) -> None:
    """Licences from the first; the second, which administers the tenant too, sells another service and not that one."""
    first, second = up.person(SALES_AGENT, FIRST), up.person(SALES_AGENT, SECOND)
    bought(up, first, "Office 365 Premium")
    status, _, said = second.refused("POST", checkout(up, second, "Office 365 Premium"))
    assert status == 403
    denial = up.person(ADMIN_AGENT, SECOND).get(f"/programme/v1/decisions/{said['data'][-1]}")
    assert [rule["id"] for rule in denial["rules"]] == ["one-dap-per-service"]
    assert up.id(FIRST) not in str(denial)
    bought(up, second, "Device Management")


def each_partner_alone_with_its_own(up: Emulator) -> None:
    """Each lists and reads what it sold; the customer sees everything with its seller."""
    base = f"/v1/customers/{up.id(CUSTOMER)}/subscriptions"
    own = {}
    for partner in (FIRST, SECOND):
        (held,) = up.person(ADMIN_AGENT, partner).get(base)["items"]
        own[partner] = held["id"]
    for partner, other in ((FIRST, SECOND), (SECOND, FIRST)):
        agent = up.person(ADMIN_AGENT, partner)
        for foreign in (own[other], str(uuid4())):
            assert agent.refused("GET", f"{base}/{foreign}")[:2] == (404, "20003")
            assert agent.refused("PATCH", f"{base}/{foreign}", {"status": "suspended"})[:2] == (404, "20003")
    everything = up.person(GLOBAL_ADMIN, CUSTOMER).get("/programme/v1/subscriptions")["items"]
    sellers = {one["id"]: one["partnerTenantId"] for one in everything}
    assert {own[FIRST]: up.id(FIRST), own[SECOND]: up.id(SECOND)}.items() <= sellers.items()
    assert up.id("operator") in sellers.values()


def no_azure(up: Emulator) -> None:
    """No partner sells Azure, nor a reservation of it, and is told why."""
    agent = up.person(ADMIN_AGENT, FIRST)
    for title in ("Azure plan", "VM reservation"):
        wanted = draft(up, agent, title, 1)
        status, code, said = agent.refused("POST", wanted["path"], wanted["body"])
        assert (status, code) == (400, "900127")
        denial = agent.get(f"/programme/v1/decisions/{said['data'][-1]}")
        assert [rule["id"] for rule in denial["rules"]] == ["cn-no-azure"]
        assert denial["summary"] == "In 21Vianet partners sell no Azure."


def administered_by_privileges_alone(up: Emulator) -> None:
    """Users are read by whole-tenant privileges; licences and passwords are not managed, nothing granular asked for."""
    agent = up.person(ADMIN_AGENT, FIRST)
    base = f"/v1/customers/{up.id(CUSTOMER)}/users"
    people = agent.get(base)["items"]
    assert len(people) == 3
    assert agent.refused("GET", f"{base}/{people[0]['id']}/licenses")[:2] == (400, "900127")
    reset = {"passwordProfile": {"password": "Something-new-1", "forceChangePassword": True}}
    assert agent.refused("PATCH", f"{base}/{people[0]['id']}", reset)[:2] == (400, "900127")
    asked = {
        "displayName": "Helpdesk",
        "duration": "P1Y",
        "customer": {"tenantId": up.id(CUSTOMER)},
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": HELPDESK_ADMINISTRATOR}]},
    }
    answer = agent.call("POST", "/v1.0/tenantRelationships/delegatedAdminRelationships", asked)
    assert answer.status_code == 403
    assert "There are no granular relationships in the national clouds." in answer.text


def not_sold_to_an_affiliate(up: Emulator) -> None:
    """Nobody sells to an affiliate; another partner does."""
    address = request(up, FIRST, AFFILIATE)
    admin = up.person(GLOBAL_ADMIN, AFFILIATE)
    assert admin.refused("POST", address, {"answer": "accept"})[:2] == (403, "2085")
    admin.post(request(up, SECOND, AFFILIATE), {"answer": "accept"})
    bought(up, up.person(SALES_AGENT, SECOND), "Office 365 Premium", AFFILIATE)


def sold_by_both_once_one_gave_its_privileges_back(up: Emulator) -> None:
    """Without privileges of its own the second partner stands in nobody's way."""
    second = up.person(ADMIN_AGENT, SECOND)
    kept = second.done("PATCH", f"/v1/customers/{up.id(CUSTOMER)}", {"allowDelegatedAccess": False})
    assert (kept["allowDelegatedAccess"], kept["relationshipToPartner"]) == (False, "reseller")
    bought(up, second, "Office 365 Premium")
