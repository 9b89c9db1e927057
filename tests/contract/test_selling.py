"""Catalogue, carts, orders and subscriptions by HTTP."""

from typing import Any

from support.web import Web, refused

ENTERPRISE = "Office 365 Enterprise"


async def sold(site: Web, who: str, title: str, quantity: int, **line: Any) -> dict[str, Any]:
    """The first order of a cart with one line."""
    customer = site.customer("alpenblick")
    item = await site.here.item(title)
    body = {"LineItems": [{"Id": 0, "CatalogItemId": item, "Quantity": quantity, **line}]}
    cart = await site.call(who, "POST", f"{customer}/carts", body)
    assert cart.status_code == 201, cart.text
    done = await site.call(who, "POST", f"{customer}/carts/{cart.json()['id']}/checkout")
    assert done.status_code == 201, done.text
    order: dict[str, Any] = done.json()["orders"][0]
    return order


async def test_products_skus_and_availabilities_by_country_and_for_a_customer(site: Web) -> None:
    for root, query in (("/v1", "?country=DE"), (site.customer("alpenblick"), "?")):
        listed = await site.get("sa@nordlicht", f"{root}/products{query}&targetView=OnlineServices")
        product = next(one for one in listed["items"] if one["title"] == ENTERPRISE)
        assert listed["totalCount"] == len(listed["items"])
        assert listed["attributes"] == {"objectType": "Collection"}
        assert not product["links"]["self"]["uri"].startswith(("/", "v1"))
        skus = await site.get("sa@nordlicht", f"/v1/{product['links']['skus']['uri']}")
        sku = skus["items"][0]
        assert sku["productId"] == product["id"]
        found = await site.get("sa@nordlicht", f"/v1/{sku['links']['availabilities']['uri']}")
        availability = found["items"][0]
        assert availability["catalogItemId"] == f"{product['id']}:{sku['id']}:{availability['id']}"
        assert {(term["duration"], term["billingCycle"]) for term in availability["terms"]} >= {("P1Y", "annual")}
        assert isinstance(availability["terms"][0]["listPrice"], int | float)
        for link in (product["links"]["self"], sku["links"]["self"], availability["links"]["self"]):
            await site.get("sa@nordlicht", f"/v1/{link['uri']}")


async def test_lists_of_a_customers_catalogue_take_both_verbs(site: Web) -> None:
    path = f"{site.customer('alpenblick')}/products?targetView=Azure"
    get, post = [await site.call("sa@wolkenwerk", verb, path) for verb in ("GET", "POST")]
    assert get.json()["items"] == post.json()["items"]


async def test_refusals_of_the_catalogue(site: Web) -> None:
    for path, expected in {
        "/v1/products?country=DE&targetView=x": (400, "3000"),
        "/v1/products?targetView=Azure": (400, "3000"),
        "/v1/products/NOTHING?country=DE": (404, "400013"),
        "/v1/products/DZH318Z0BPS6/skus/9999?country=DE": (404, "400018"),
        "/v1/products/DZH318Z0BPS6/skus/0001/availabilities/X?country=DE": (404, "400019"),
    }.items():
        assert refused(await site.call("sa@nordlicht", "GET", path)) == expected, path
    assert refused(await site.call("ha@nordlicht", "GET", "/v1/products?country=DE&targetView=Azure"))[0] in (401, 403)


async def test_a_sale_from_cart_to_subscription(site: Web) -> None:
    order = await sold(
        site, "sa@nordlicht", ENTERPRISE, 5, TermDuration="P1Y", BillingCycle="Annual", FriendlyName="Büro"
    )
    line = order["lineItems"][0]
    assert (order["status"], order["billingCycle"], order["currencyCode"]) == ("completed", "annual", "EUR")
    assert order["totalPrice"] == line["pricing"]["extendedPrice"] > 0
    read = await site.get("sa@nordlicht", f"/v1/{line['links']['subscription']['uri']}")
    assert read["id"] == line["subscriptionId"]
    assert (read["status"], read["quantity"], read["friendlyName"]) == ("active", 5, "Büro")
    assert (read["termDuration"], read["billingType"], read["autoRenewEnabled"]) == ("P1Y", "license", True)
    assert read["offerId"] == line["offerId"]
    assert read["orderId"] == order["id"]
    assert read["attributes"]["etag"]
    root = site.customer("alpenblick")
    listed = await site.get("sa@nordlicht", f"{root}/subscriptions?order_id={order['id']}")
    assert [one["id"] for one in listed["items"]] == [read["id"]]
    assert (await site.get("sa@nordlicht", f"{root}/orders/{order['id']}"))["id"] == order["id"]
    orders = await site.get("sa@nordlicht", f"{root}/orders?billingType=annual")
    assert [one["id"] for one in orders["items"]] == [order["id"]]
    assert (await site.get("sa@nordlicht", f"{root}/orders?billingType=monthly"))["items"] == []


async def test_a_repeated_checkout_and_a_repeated_request(site: Web) -> None:
    root = site.customer("alpenblick")
    item = await site.here.item("Azure plan")
    body = {"lineItems": [{"catalogItemId": item, "quantity": 1}]}
    headers = {"MS-RequestId": "draft-1"}
    first = await site.call("aa@wolkenwerk", "POST", f"{root}/carts", body, headers=headers)
    again = await site.call("aa@wolkenwerk", "POST", f"{root}/carts", body, headers=headers)
    assert first.json() == again.json()
    other = await site.call("aa@wolkenwerk", "POST", f"{root}/carts", {"lineItems": []}, headers=headers)
    assert refused(other) == (400, "3000")
    checkout = f"{root}/carts/{first.json()['id']}/checkout"
    once, twice = [await site.call("aa@wolkenwerk", "POST", checkout) for _ in range(2)]
    assert once.json() == twice.json()
    assert refused(await site.call("aa@wolkenwerk", "PUT", checkout.removesuffix("/checkout"), body)) == (400, "800065")


async def test_the_seller_changes_what_it_may_and_stale_tags_are_refused(site: Web) -> None:
    order = await sold(site, "sa@nordlicht", ENTERPRISE, 5, TermDuration="P1Y", BillingCycle="annual")
    path = f"{site.customer('alpenblick')}/subscriptions/{order['lineItems'][0]['subscriptionId']}"
    before = await site.get("sa@nordlicht", path)
    # A client that sends everything back changes what it changed.
    whole = {**before, "Quantity": 7, "unitType": "none", "partnerId": ""}
    del whole["quantity"]
    tag = {"If-Match": before["attributes"]["etag"]}
    after = await site.call("sa@nordlicht", "PATCH", path, whole, headers=tag)
    assert (after.status_code, after.json()["quantity"]) == (200, 7)
    stale = await site.call("sa@nordlicht", "PATCH", path, {"quantity": 8}, headers=tag)
    assert refused(stale) == (400, "2055")
    for change, name, value in (
        ({"friendlyName": "Werk 2"}, "friendlyName", "Werk 2"),
        ({"autoRenewEnabled": False}, "autoRenewEnabled", False),
        ({"status": "Suspended"}, "status", "suspended"),
        ({"Status": "ACTIVE"}, "status", "active"),
    ):
        answer = await site.call("sa@nordlicht", "PATCH", path, change)
        assert (answer.status_code, answer.json()[name]) == (200, value)
    for wrong, expected in (
        ({"quantity": 0}, (400, "2002")),
        ({"quantity": 10**9}, (400, "2002")),
        ({"termDuration": "P3Y"}, (400, "3000")),
        ({"billingCycle": "monthly"}, (400, "2054")),
        ({"partnerId": "4711"}, (400, "800098")),
        ({"status": "expired"}, (400, "800040")),
        ({"status": "sold"}, (400, "3000")),
    ):
        found = refused(await site.call("ga@nordlicht", "PATCH", path, wrong))
        assert found in (expected, (403, "900150")), (wrong, found)


async def test_another_partner_is_answered_as_if_there_were_no_such_thing(site: Web) -> None:
    order = await sold(site, "sa@nordlicht", ENTERPRISE, 5, TermDuration="P1Y", BillingCycle="annual")
    root = site.customer("alpenblick")
    real, unknown = order["lineItems"][0]["subscriptionId"], "01a20000-0000-7000-8000-000000000001"
    addon = {"lineItems": [{"catalogItemId": await site.here.item("Archive add-on"), "quantity": 1}]}
    attempts: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("POST", "/activate", None),
        *(
            ("PATCH", "", change)
            for change in (
                {"status": "suspended"},
                {"status": "deleted"},
                {"quantity": 1},
                {"friendlyName": "mine"},
                {"autoRenewEnabled": False},
                {"termDuration": "P3Y"},
                {"billingCycle": "monthly"},
                {"commitmentEndDate": "2030-01-01"},
                {"partnerId": "4711"},
                {"parentSubscriptionId": unknown},
                {"partnerTenantId": str(site.here.id("suedwind"))},
                {},
            )
        ),
    ]
    for method, below, body in attempts:
        answers = [
            await site.call("aa@suedwind", method, f"{root}/subscriptions/{one}{below}", body)
            for one in (real, unknown)
        ]
        assert [refused(answer) for answer in answers] == [(404, "20003")] * 2, (method, below, body)
        bodies = [{**answer.json(), "data": answer.json()["data"][:-1]} for answer in answers]
        assert bodies[0] == bodies[1]
        assert all(answer.headers["copartner-decision-id"] for answer in answers)
    for one in (real, unknown):
        body = {"lineItems": [{**addon["lineItems"][0], "provisioningContext": {"ParentSubscriptionId": one}}]}
        assert refused(await site.call("aa@suedwind", "POST", f"{root}/carts", body)) == (404, "20003")
    for kind, code in (("orders", "20000"), ("carts", "800008")):
        for one in (order["id"], unknown):
            assert refused(await site.call("aa@suedwind", "GET", f"{root}/{kind}/{one}")) == (404, code)
    assert (await site.get("aa@suedwind", f"{root}/subscriptions"))["items"] == []


async def test_no_relationship_comes_first_whether_or_not_the_customer_exists(site: Web) -> None:
    for customer in (site.here.id("fjord"), "01a20000-0000-7000-8000-000000000001"):
        for method, path in (
            ("GET", "products?targetView=Azure"),
            ("GET", "orders"),
            ("GET", "subscriptions"),
            ("GET", f"subscriptions/{customer}"),
            ("GET", "agreements"),
            ("POST", f"carts/{customer}/checkout"),
        ):
            answer = await site.call("aa@nordlicht", method, f"/v1/customers/{customer}/{path}")
            assert refused(answer) == (403, "20002"), path
            assert answer.json()["data"][:2] == [str(site.here.id("nordlicht")), str(customer)]


async def test_a_customers_own_admin_is_no_partner(site: Web) -> None:
    answer = await site.call("ga@alpenblick", "GET", "/v1/products?country=DE&targetView=Azure")
    assert refused(answer) == (401, "800001")


async def test_agreements(site: Web) -> None:
    templates = await site.get("aa@nordlicht", "/v1/agreements")
    template = templates["items"][0]["templateId"]
    path = f"{site.customer('alpenblick')}/agreements"
    contact = {"FirstName": "Eva", "LastName": "Berg", "Email": "eva@alpenblick.example", "PhoneNumber": "+49 30 1"}
    body = {"PrimaryContact": contact, "TemplateId": template, "DateAgreed": "2026-10-01T00:00:00Z"}
    made = await site.call("aa@nordlicht", "POST", path, body)
    assert (made.status_code, made.json()["primaryContact"]["lastName"]) == (201, "Berg")
    listed = await site.get("aa@nordlicht", f"{path}?agreementType=*")
    assert made.json() in listed["items"]
    assert refused(await site.call("aa@nordlicht", "POST", path, {**body, "DateAgreed": "2027-10-01"})) == (400, "3000")
    assert refused(await site.call("@nordlicht", "GET", path)) == (403, "900329")


async def test_pages_of_subscriptions_by_token(site: Web) -> None:
    for _ in range(3):
        await sold(site, "sa@nordlicht", ENTERPRISE, 1, TermDuration="P1Y", BillingCycle="annual")
    root = site.customer("alpenblick")
    seen: list[str] = []
    page = await site.get("sa@nordlicht", f"{root}/subscriptions?size=2")
    while True:
        seen += [one["id"] for one in page["items"]]
        following = page["links"].get("next")
        if following is None:
            break
        assert not following["uri"].startswith(("/", "v1"))
        assert "seekOperation=Next" in following["uri"]
        header = following["headers"][0]
        page = await site.get("sa@nordlicht", f"/v1/{following['uri']}", **{header["key"]: header["value"]})
    assert len(seen) == len(set(seen)) == 3
    token = {"MS-ContinuationToken": "x" * 44}
    assert refused(await site.call("sa@nordlicht", "GET", f"{root}/subscriptions?size=2", headers=token)) == (
        400,
        "3000",
    )


async def test_an_order_of_several_billing_cycles_or_with_a_bad_name_is_refused(site: Web) -> None:
    line = {"offerId": await site.here.item(ENTERPRISE), "quantity": 1, "termDuration": "P1M"}
    yearly = {**line, "offerId": await site.here.item("Azure plan"), "termDuration": ""}
    path = f"{site.customer('alpenblick')}/orders"
    answer = await site.call("sa@nordlicht", "POST", path, {"lineItems": [line, yearly]})
    assert refused(answer) == (400, "3000")
    assert "use a cart" in answer.json()["description"]
    for name in ("  ", "a\nb", "a\u202eb"):
        body = {"lineItems": [{**line, "friendlyName": name}]}
        assert refused(await site.call("sa@nordlicht", "POST", path, body)) == (400, "3000"), name
    assert (await site.get("sa@nordlicht", path))["items"] == []


async def test_an_addon_waits_for_its_parent(site: Web) -> None:
    usual = {"TermDuration": "P1Y", "BillingCycle": "monthly"}
    addon = {"catalogItemId": await site.here.item("Archive add-on"), "quantity": 2, **usual}
    order = await sold(site, "sa@nordlicht", "Office 365 Premium", 2, AddonItems=[addon], **usual)
    upper, lower = (
        f"{site.customer('alpenblick')}/subscriptions/{line['subscriptionId']}" for line in order["lineItems"]
    )
    assert refused(await site.call("sa@nordlicht", "PATCH", upper, {"quantity": 1})) == (400, "2002")
    done = await site.call("ga@nordlicht", "PATCH", upper, {"status": "suspended"})
    assert done.status_code == 200
    assert (await site.get("sa@nordlicht", lower))["status"] == "suspended"
    answer = await site.call("ga@nordlicht", "PATCH", lower, {"status": "active"})
    assert refused(answer) == (409, "27009")
