"""partnercenterservices 0.1.2 as published, its address alone changed: a partner's day, and every other operation.

Of a verdict on an address it reads nothing but the status.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from support.clients import drive
from support.coverage import Coverage, coverage
from support.delegating import delegated, person
from support.granular import HELPDESK
from support.running import temporary_place
from support.up import Emulator, emulator

PREMIUM = "CFQ7TTC0PR3M"
# Built-in roles: one administers users, the other gives roles; the helpdesk's is given.
USERS, ROLES = "fe930be7-5e62-47db-91af-98c3a49a38b1", "e8611ab8-c189-46e8-94e1-60213ab1f814"


@dataclass(frozen=True, slots=True)
class Stage:
    """An emulator, and what the client is told."""

    running: Emulator
    coverage: Coverage
    asked: dict[str, Any]

    def flow(self, name: str) -> Any:
        """What the client did."""
        trusted = {"REQUESTS_CA_BUNDLE": self.asked["ca"]}
        with self.coverage.watching():
            return drive("partnercenterservices", "flows.py", {**self.asked, "flow": name}, trusted)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Nordlicht sells to Alpenblick, and so does another partner."""
    with temporary_place() as place:
        log = place / "requests.jsonl"
        started = emulator(place, "--tls", "--request-log", str(log))
        with started as running, coverage("partnercenterservices", log) as covered:
            yield Stage(running, covered, asked(running))


def asked(running: Emulator) -> dict[str, Any]:
    """Who signs in, and what the client itself has no operation for: the consent, the catalogue, carts."""
    for partner in ("nordlicht", "suedwind"):
        related(running, partner)
    delegated(running, "Admin agent", USERS, ROLES)
    application = running.tenants["nordlicht"]["applications"][0]
    admin = running.person("Global admin", "nordlicht")
    public = admin.post("/programme/v1/applications", {"name": "A tool", "redirectUris": ["http://localhost"]})
    cart = drafted(running, "nordlicht")
    foreign = running.person("Admin agent", "suedwind").post(f"{drafted(running, 'suedwind')['address']}/checkout")
    return {
        "url": running.url,
        "ca": running.certificate_authority,
        "tenant": running.id("nordlicht"),
        "client_id": application["clientId"],
        "secret": application["clientSecret"],
        "public_id": public["id"],
        "user": account(running, "Admin agent"),
        "admin": account(running, "Global admin"),
        "customer_id": running.id("alpenblick"),
        "stranger_id": running.id("fjord"),
        # One with a single term, since the client's orders name none; and one with two.
        "offer_id": item(running, "CFQ7TTC0D3VM"),
        "offer_id_request": str(uuid4()),
        "ambiguous": item(running, PREMIUM),
        "ambiguous_request": str(uuid4()),
        "cart_id": cart["id"],
        "foreign_id": foreign["orders"][0]["lineItems"][0]["subscriptionId"],
        # Made beforehand: the client sends no password as text.
        "person_id": person(running),
        "role_id": HELPDESK,
        "supporter_id": running.id("suedwind"),
        "supporter_number": running.person("Admin agent", "suedwind").get("/v1/profiles/mpn")["mpnId"],
    }


def account(running: Emulator, role: str) -> dict[str, str]:
    """Name and password of the partner's user with a role."""
    user = next(one for one in running.tenants["nordlicht"]["users"] if role in one["roles"])
    return {"username": user["userPrincipalName"], "password": user["password"]}


def related(running: Emulator, partner: str) -> None:
    """The customer accepts a partner."""
    wish = {"customerTenantId": running.id("alpenblick"), "reason": "Licences"}
    made = running.person("Sales agent", partner).post("/programme/v1/relationship-requests", wish)
    address = f"/programme/v1/consent/relationship-requests/{made['id']}"
    answer = {"answer": "accept", "acceptCustomerAgreement": True}
    running.person("Global admin", "alpenblick").post(address, answer)


def item(running: Emulator, product: str) -> str:
    """The one thing of a product that is sold."""
    agent = running.person("Admin agent", "nordlicht")
    found = agent.get(f"/v1/products/{product}/skus/0001/availabilities?country=DE")["items"]
    return str(found[0]["catalogItemId"])


def drafted(running: Emulator, partner: str) -> Any:
    """A cart of a partner with one line, and its address."""
    agent, carts = running.person("Admin agent", partner), f"/v1/customers/{running.id('alpenblick')}/carts"
    line = {"catalogItemId": item(running, PREMIUM), "quantity": 3, "termDuration": "P1Y", "billingCycle": "monthly"}
    cart = agent.post(carts, {"lineItems": [line]})
    return {**cart, "address": f"{carts}/{cart['id']}"}


STATUSES = {
    "role_given": 201, "licensed": 201, "unlicensed": 201, "role_taken": 204, "person_deleted": 204,
    "order": 201, "order_repeated": 201, "checkout": 201, "checkout_again": 201, "trial": 201,
    "person_not_made": 400, "order_ambiguous": 400, "not_registrable": 400, "own_billing_changed_meanwhile": 400,
    "not_purged": 400,
    "link_app": 403, "company_app": 403, "stranger": 403, "given_up_by_an_agent": 403, "domain_undelegated": 403,
    "people_app": 403,
    "own_billing_by_an_agent": 403,
    "foreign": 404, "foreign_changed": 404, "domain_free": 404,
}  # fmt: skip

# How many operations of the client answer 501.
UNSERVED = 67


def test_a_partners_day(stage: Stage) -> None:
    facts = stage.flow("story")
    # The customer is made; the client thinks of the first admin's password as an object, and the contract sends text.
    assert facts.pop("created") == {"status": None, "error": "DeserializationError"}
    statuses = {name: fact["status"] for name, fact in facts.items()}
    assert statuses == {name: STATUSES.get(name, 200) for name in facts}
    # Whether a domain is free is told by the status alone.
    assert facts.pop("domain_free")["answer"] is None
    codes = {name: fact["answer"]["code"] for name, fact in facts.items() if fact["status"] >= 400}
    assert codes == {
        "link_app": "900329", "company_app": "900329", "order_ambiguous": "3000", "stranger": "20002",
        "foreign": "20003", "foreign_changed": "20003", "given_up_by_an_agent": "900150",
        "not_registrable": "800024", "not_purged": "800024", "domain_undelegated": "900308",
        "own_billing_by_an_agent": "900150", "own_billing_changed_meanwhile": "2055", "people_app": "900329",
        "person_not_made": "3000",
    }  # fmt: skip
    read = {name: fact["answer"] for name, fact in facts.items()}
    its_customers(stage, read)
    what_it_sold(stage, read)
    what_became_of_it(read)
    what_it_says_of_itself(stage, read)
    who_works_at_the_customer(stage, read)


def its_customers(stage: Stage, read: dict[str, Any]) -> None:
    """Every customer on one page or the other, and the one it asked for, as the client's models have them."""
    pages = [read["first_page"]["items"], read["second_page"]["items"]]
    assert [len(items) for items in pages] == [2, 1]
    names = sorted(one["company_profile"]["company_name"] for items in pages for one in items)
    assert names == ["Alpenblick Logistik GmbH", "Hafen Digital GmbH", "Leuchtturm GmbH"]
    assert "next" not in read["second_page"]["links"]
    (found,) = read["found"]["items"]
    assert found["company_profile"]["domain"] == "leuchtturm.example"
    assert read["not_found"]["items"] == []
    assert read["customer"]["id"] == stage.asked["customer_id"]
    assert read["unchanged"] == read["customer"]
    assert read["company"]["address"]["city"] == "Rosenheim"
    assert read["billing"]["email"] != read["billed"]["email"]
    assert read["billing_again"] == read["billed"]
    assert read["billed"]["attributes"]["etag"] != read["billing"]["attributes"]["etag"]
    assert stage.asked["tenant"] in read["link"]["url"]
    assert read["given_up"]["relationship_to_partner"] == "none"


def what_it_sold(stage: Stage, read: dict[str, Any]) -> None:
    """One order, though it was sent twice, and one checkout; and the subscription it runs."""
    assert read["order_repeated"] == read["order"] == read["order_read"]
    assert read["checkout_again"] == read["checkout"]
    (from_cart,) = read["checkout"]["orders"]
    ids = {read["order"]["id"], from_cart["id"]}
    assert {one["id"] for one in read["orders"]["items"]} == ids
    assert {one["id"] for one in read["orders_monthly"]["items"]} == ids
    sold = {line["subscription_id"] for order in (read["order"], from_cart) for line in order["line_items"]}
    assert {one["id"] for one in read["subscriptions"]["items"]} == sold
    assert read["subscriptions_of_order"]["items"] == [read["subscription"]]
    was = {"friendly_name": "By order", "quantity": 5, "status": "active"}
    for name, changed in (
        ("subscription", {}),
        ("renamed", {"friendly_name": "Renamed"}),
        ("more", {"quantity": 7}),
        ("suspended", {"status": "suspended"}),
        ("active", {"status": "active"}),
    ):
        was |= changed
        assert {key: read[name][key] for key in was} == was, name


def what_became_of_it(read: dict[str, Any]) -> None:
    """What is offered, and how it moved on from there: an add-on, a trial that is paid, an upgrade; who supports it."""
    offers = {one["id"]: one for one in read["offers"]["items"]}
    assert offers[read["offer"]["id"]] == read["offer"]
    assert {one["id"] for one in read["customer_offers"]["items"]} == set(offers)
    (archive,) = read["offer_addons"]["items"]
    assert [one["id"] for one in read["customer_offer_addons"]["items"]] == [archive["id"]]
    assert archive["is_add_on"]
    named = [[one["name"] for one in read[name]["items"]] for name in ("categories", "customer_categories")]
    assert named == [["Azure", "OnlineServices"]] * 2
    (addon,) = read["addons"]["items"]
    parent = read["checkout"]["orders"][0]["line_items"][0]["subscription_id"]
    assert (addon["offer_id"], addon["quantity"], addon["parent_subscription_id"]) == (archive["id"], 2, parent)
    assert [line["subscription_id"] for line in read["extended"]["line_items"]] == [parent, addon["id"]]
    (held_back,), (possible,) = read["upgrades_with_addon"]["items"], read["upgrades"]["items"]
    assert [error["code"] for error in held_back["upgrade_errors"]] == ["subscription_add_ons_present"]
    assert (held_back["is_eligible"], possible["is_eligible"]) == (False, True)
    tried = read["trial"]["line_items"][0]
    assert (
        read["converted"]["subscription_id"] == tried["subscription_id"] == read["upgraded"]["source_subscription_id"]
    )
    assert (read["converted"]["offer_id"], read["converted"]["target_offer_id"]) == (
        tried["offer_id"], read["offer"]["id"],
    )  # fmt: skip
    assert read["upgraded"]["upgrade_errors"] == []
    assert (read["provisioned"]["status"], read["provisioned"]["quantity"]) == ("success", 7)
    assert read["registration"]["status"] == "notregistered"
    for name in ("managed", "resellers", "resellers_of_customer"):
        assert read[name]["items"] == [], name


def what_it_says_of_itself(stage: Stage, read: dict[str, Any]) -> None:
    """Its own profiles, changed as asked and in nothing else; and the partner it names as support."""
    assert (read["supporter"]["support_tenant_id"], read["supporter"]["support_mpn_id"]) == (
        stage.asked["tenant"], read["own_number"]["mpn_id"],
    )  # fmt: skip
    assert read["supporter_again"] == read["supporter_set"]
    assert read["supporter_set"]["support_tenant_id"] == stage.asked["supporter_id"]
    assert read["own_organization"]["tenant_id"] == stage.asked["tenant"]
    for name, changed in (
        ("own_billing", {"purchase_order_number": "4711"}),
        ("own_legal", {"company_approver_email": "freigabe@nordlicht.example"}),
        ("own_organization", {"email": "post@nordlicht.example"}),
        ("own_support", {"telephone": "+49 40 1234567"}),
    ):
        before, after = read[name], read[f"{name}_changed"]
        assert before["attributes"].pop("etag") != after["attributes"].pop("etag"), name
        assert after == {**before, **changed}, name
        assert before != after, name
    assert read["country"]["iso2_code"] == "DE"


def who_works_at_the_customer(stage: Stage, read: dict[str, Any]) -> None:
    """A user of the customer's directory, with a role and a licence for a while, deleted and there again."""
    person = read["person"]
    assert person in read["people"]["items"]
    assert person["id"] == stage.asked["person_id"]
    changed = {"display_name": "Ida Kern-Vogt", "usage_location": "AT"}
    assert read["person_after"] == read["person_restored"] == {**person, **changed}
    assert HELPDESK in {one["id"] for one in read["roles"]["items"]}
    assert (read["role_given"]["id"], read["role_given"]["role_id"]) == (person["id"], HELPDESK)
    # The client takes the roles of a user for something of which it reads no field.
    assert len(read["roles_of_person"]["items"]) == 1
    assert person["id"] in {one["id"] for one in read["role_members"]["items"]}
    before, after = read["licences"]["items"][0], read["licences_after"]["items"][0]
    assert after == {**before, **{f"{kind}_units": after[f"{kind}_units"] for kind in ("available", "consumed")}}
    assert (after["consumed_units"], before["consumed_units"]) == (1, 0)
    sku = before["product_sku"]["id"]
    assert [one["sku_id"] for one in read["licensed"]["licenses_to_assign"]] == [sku]
    # And all licences of a user for one of them.
    assert read["licences_of_person"]["attributes"]["object_type"] == "Collection"
    assert read["unlicensed"]["licenses_to_remove"] == [sku]
    assert [one["id"] for one in read["people_deleted"]["items"]] == [person["id"]]


@pytest.mark.verify
def test_every_other_operation_says_that_it_is_not_served(stage: Stage) -> None:
    facts = stage.flow("rest")
    # The client refuses by itself to send an empty list of offers.
    assert facts.pop("putvversionpreferencescatalogoffers")["error"] == "SerializationError"
    # What is served belongs into the story, with what it needs.
    assert {operation: fact for operation, fact in facts.items() if fact["status"] != 501} == {}
    assert len(facts) == UNSERVED
    # Whatever it asks for is an operation of the contract by its published table.
    assert not [asked for asked in stage.coverage.outside if "/v1" in asked]


@pytest.mark.verify
def test_every_way_to_a_token(stage: Stage) -> None:
    facts = stage.flow("tokens")
    assert facts == dict.fromkeys(("client credentials", "name and password", "device code", "refresh token"), 200)
