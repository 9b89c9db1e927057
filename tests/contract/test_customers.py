"""Customers and their profiles by HTTP."""

from typing import Any

from support.web import Web, refused

ADDRESS = {"FirstName": "Eva", "LastName": "Berg", "AddressLine1": "Hauptstr. 1", "City": "Kiel", "Country": "de"}
BILLING = {"Culture": "de-DE", "Email": "eva@kueste.example", "Language": "de", "CompanyName": "Küste GmbH"}
NEW: dict[str, Any] = {
    "CompanyProfile": {"Domain": "kueste.example"},
    "BillingProfile": {**BILLING, "DefaultAddress": ADDRESS},
}


async def test_customers_are_listed_found_and_read(site: Web) -> None:
    listed = await site.get("sa@nordlicht", "/v1/customers?size=40")
    assert listed["totalCount"] == 2
    name = listed["items"][0]["companyProfile"]["companyName"]
    for query, count in (
        (f'{{"Field":"CompanyName","Value":"{name[:4]}","Operator":"starts_with"}}', 1),
        ('{"field":"domain","value":"HAFEN","operator":"StartsWith"}', 1),
        ('{"Field":"Domain","Value":"afen","Operator":"starts_with"}', 0),
    ):
        assert (await site.get("sa@nordlicht", f"/v1/customers?filter={query}"))["totalCount"] == count, query
    page = await site.get("sa@nordlicht", "/v1/customers?size=1")
    following = page["links"]["next"]
    assert (page["totalCount"], len(page["items"])) == (2, 1)
    header = following["headers"][0]
    rest = await site.get("sa@nordlicht", f"/v1/{following['uri']}", **{header["key"]: header["value"]})
    assert {one["id"] for one in (*page["items"], *rest["items"])} == {one["id"] for one in listed["items"]}
    stolen = await site.call("sa@suedwind", "GET", "/v1/customers?size=1", headers={header["key"]: header["value"]})
    assert refused(stolen) == (400, "3000")
    one = await site.get("sa@nordlicht", f"/v1/{listed['items'][0]['links']['self']['uri']}")
    assert one["relationshipToPartner"] == "reseller"
    assert refused(await site.call("sa@nordlicht", "GET", "/v1/customers?filter={}")) == (400, "3000")


async def test_a_new_customer_is_made_once(site: Web) -> None:
    headers = {"MS-RequestId": "new-1"}
    made = await site.call("sa@nordlicht", "POST", "/v1/customers", NEW, headers=headers)
    assert made.status_code == 201, made.text
    body = made.json()
    assert body["userCredentials"]["userName"].endswith("@kueste.example")
    assert len(body["userCredentials"]["password"]) > 12
    assert body["billingProfile"]["defaultAddress"]["country"] == "DE"
    again = await site.call("sa@nordlicht", "POST", "/v1/customers", NEW, headers=headers)
    assert again.json() == body
    assert refused(await site.call("sa@nordlicht", "POST", "/v1/customers", NEW)) == (400, "3000")
    read = await site.get("sa@nordlicht", f"/v1/customers/{body['id']}")
    assert "userCredentials" not in read
    assert (await site.get("ga@nordlicht", f"/v1/customers/{body['id']}/profiles/company"))[
        "domain"
    ] == "kueste.example"
    wrong = {**NEW, "BillingProfile": {**NEW["BillingProfile"], "DefaultAddress": {**ADDRESS, "Country": "Germany"}}}
    answer = await site.call(
        "sa@nordlicht", "POST", "/v1/customers", {**wrong, "CompanyProfile": {"domain": "b.example"}}
    )
    assert refused(answer) == (400, "3000")


async def test_a_billing_profile_needs_its_tag(site: Web) -> None:
    customer = (await site.call("sa@nordlicht", "POST", "/v1/customers", NEW)).json()["id"]
    path = f"/v1/customers/{customer}/profiles/billing"
    before = await site.get("ga@nordlicht", path)
    changed = {**before, "companyName": "Küste AG"}
    assert refused(await site.call("ga@nordlicht", "PUT", path, changed)) == (400, "2055")
    tag = {"If-Match": before["attributes"]["etag"]}
    after = await site.call("ga@nordlicht", "PUT", path, changed, headers=tag)
    assert (after.status_code, after.json()["companyName"]) == (200, "Küste AG")
    assert refused(await site.call("ga@nordlicht", "PUT", path, changed, headers=tag)) == (400, "2055")
    assert refused(await site.call("aa@suedwind", "GET", path)) == (403, "20002")


async def test_a_relationship_ends_and_others_stay(site: Web) -> None:
    path = site.customer("alpenblick")
    whole = await site.get("ga@nordlicht", path)
    same = await site.call("ga@nordlicht", "PATCH", f"{path}/", whole)
    assert (same.status_code, same.json()) == (200, whole)
    for wrong in ({"allowDelegatedAccess": True}, {"relationshipToPartner": "advisor"}, {"relationshipToPartner": "x"}):
        assert refused(await site.call("ga@nordlicht", "PATCH", path, wrong)) == (400, "3000")
    kept = await site.call("aa@nordlicht", "PATCH", path, {"AllowDelegatedAccess": False})
    assert (kept.status_code, kept.json()["relationshipToPartner"]) == (200, "reseller")
    ended = await site.call("ga@nordlicht", "PATCH", path, {"RelationshipToPartner": "none"})
    assert (ended.status_code, ended.json()["relationshipToPartner"]) == (200, "none")
    assert refused(await site.call("ga@nordlicht", "GET", path)) == (403, "20002")
    assert (await site.get("aa@suedwind", path))["relationshipToPartner"] == "reseller"


async def test_a_relationship_with_running_subscriptions_stays(site: Web) -> None:
    path = site.customer("alpenblick")
    item = await site.here.item("Azure plan")
    cart = await site.call(
        "aa@suedwind", "POST", f"{path}/carts", {"lineItems": [{"catalogItemId": item, "quantity": 1}]}
    )
    await site.call("aa@suedwind", "POST", f"{path}/carts/{cart.json()['id']}/checkout")
    answer = await site.call("ga@suedwind", "PATCH", path, {"relationshipToPartner": "none"})
    assert refused(answer) == (400, "3000")
    assert answer.headers["copartner-decision-id"]
