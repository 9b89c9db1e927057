"""Orders changed after they were placed: add-ons, another billing cycle, cancelled lines."""

from datetime import timedelta
from typing import Any

from contract.test_selling import sold
from support.goldens import check_golden, left_out, linked
from support.web import Web, refused

UNKNOWN = "01a20000-0000-7000-8000-000000000001"
WHO = "aa@nordlicht"
YEARLY = {"TermDuration": "P1Y", "BillingCycle": "monthly"}
ORDER = f"""id referenceCustomerId billingCycle lineItems lineItems[].lineItemNumber lineItems[].offerId
    lineItems[].subscriptionId lineItems[].friendlyName lineItems[].quantity lineItems[].links
    lineItems[].links.subscription lineItems[].links.subscription.uri lineItems[].links.subscription.method
    lineItems[].links.subscription.headers creationDate {linked("self")} attributes attributes.etag
    attributes.objectType"""
CANCELLED = f"""id alternateId referenceCustomerId billingCycle currencyCode currencySymbol lineItems
    lineItems[].lineItemNumber lineItems[].offerId lineItems[].termDuration lineItems[].transactionType
    lineItems[].friendlyName lineItems[].quantity {
    " ".join(f"lineItems[].{one}" for one in linked("product", "sku", "availability").split())
} creationDate status transactionType
    {linked("self", "provisioningStatus", "patchOperation")} client client.marketplaceCountry client.deviceFamily
    client.name attributes attributes.objectType"""
REQUEST = "PATCH /v1/customers/{customer}/orders/{order}"


def _order(site: Web, order: dict[str, Any]) -> str:
    return f"{site.customer('alpenblick')}/orders/{order['id']}"


async def _addon(site: Web, parent: str, quantity: int = 2) -> dict[str, Any]:
    item = await site.here.item("Archive add-on")
    line = {"LineItemNumber": 0, "OfferId": item, "Quantity": quantity, "ParentSubscriptionId": parent}
    return {"Id": None, "LineItems": [{**line, "SubscriptionId": None, "FriendlyName": "Archiv"}], "CreationDate": None}


async def test_an_addon_becomes_a_line_of_its_parents_order(site: Web) -> None:
    order = await sold(site, "sa@nordlicht", "Office 365 Premium", 5, **YEARLY)
    parent = order["lineItems"][0]["subscriptionId"]
    answer = await site.call("sa@nordlicht", "PATCH", _order(site, order), await _addon(site, parent))
    assert answer.status_code == 200, answer.text
    check_golden(
        "purchase-an-add-on-to-a-subscription",
        page="purchase-an-add-on-to-a-subscription",
        date="2023-08-23",
        request=REQUEST,
        shows=ORDER,
        answer=answer.json(),
    )
    assert await site.get(WHO, _order(site, order)) == answer.json()
    assert [line["lineItemNumber"] for line in answer.json()["lineItems"]] == [0, 1]
    below = await site.get(WHO, f"{site.customer('alpenblick')}/subscriptions/{parent}/addons")
    assert [(one["id"], one["orderId"]) for one in below["items"]] == [
        (answer.json()["lineItems"][1]["subscriptionId"], order["id"])
    ]
    too_many = await _addon(site, parent, 6)
    assert refused(await site.call(WHO, "PATCH", _order(site, order), too_many)) == (400, "2002")
    assert refused(await site.call("ba@nordlicht", "PATCH", _order(site, order), too_many)) == (403, "900150")
    other = await sold(site, "sa@nordlicht", "Office 365 Premium", 5, **YEARLY)
    misplaced = await _addon(site, other["lineItems"][0]["subscriptionId"])
    assert refused(await site.call(WHO, "PATCH", _order(site, order), misplaced)) == (400, "3000")


async def test_no_addon_below_what_another_partner_sold(site: Web) -> None:
    foreign = await sold(site, "sa@nordlicht", "Office 365 Premium", 5, **YEARLY)
    own = await sold(site, "sa@suedwind", "Office 365 Enterprise", 5, **YEARLY)
    parent = foreign["lineItems"][0]["subscriptionId"]
    for one in (parent, UNKNOWN):
        body = await _addon(site, one)
        assert refused(await site.call("aa@suedwind", "PATCH", _order(site, own), body)) == (404, "20003")
    for path in (_order(site, foreign), _order(site, {"id": UNKNOWN})):
        for body in (await _addon(site, UNKNOWN), {"status": "cancelled"}, {"billingCycle": "annual"}):
            assert refused(await site.call("aa@suedwind", "PATCH", path, body)) == (404, "20000")


async def test_another_billing_cycle(site: Web) -> None:
    order = await sold(site, "sa@nordlicht", "Office 365 Enterprise", 5, TermDuration="P3Y", BillingCycle="monthly")
    site.here.clock.moment += timedelta(days=50)
    answer = await site.call("ba@nordlicht", "PATCH", _order(site, order), {"BillingCycle": "Annual"})
    assert answer.status_code == 200, answer.text
    check_golden(
        "change-the-billing-cycle",
        page="change-the-billing-cycle",
        date="2022-06-13",
        request=REQUEST,
        shows=ORDER,
        answer=answer.json(),
    )
    path = f"{site.customer('alpenblick')}/subscriptions/{order['lineItems'][0]['subscriptionId']}"
    after = await site.get(WHO, path)
    assert (after["billingCycle"], after["termDuration"]) == ("annual", "P3Y")
    assert after["commitmentEndDate"].startswith("2029-11-22")
    for cycle in ("triennial", "none"):
        refusal = refused(await site.call(WHO, "PATCH", _order(site, order), {"billingCycle": cycle}))
        assert refusal == (400, "800097"), cycle
    yearly = await sold(site, "sa@nordlicht", "Office 365 Enterprise", 5, **YEARLY)
    assert refused(await site.call(WHO, "PATCH", _order(site, yearly), {"billingCycle": "annual"})) == (400, "800097")
    assert refused(await site.call("sa@nordlicht", "PATCH", _order(site, order), {"billingCycle": "monthly"})) == (
        403,
        "900150",
    )
    assert refused(await site.call(WHO, "PATCH", _order(site, order), {})) == (400, "3000")


async def test_lines_with_reservations_are_cancelled(site: Web) -> None:
    await sold(site, "aa@wolkenwerk", "Azure plan", 1)
    order = await sold(site, "aa@wolkenwerk", "VM reservation", 3, TermDuration="P1Y", BillingCycle="monthly")
    body = {"Id": order["id"], "Status": "cancelled", "LineItems": [{"LineItemNumber": 0, "OfferId": "x"}]}
    wrong = {**body, "LineItems": [{"LineItemNumber": 5}]}
    assert refused(await site.call("aa@wolkenwerk", "PATCH", _order(site, order), wrong)) == (404, "20000")
    answer = await site.call("aa@wolkenwerk", "PATCH", _order(site, order), body)
    assert answer.status_code == 200, answer.text
    check_golden(
        "cancel-software-purchases",
        page="cancel-software-purchases",
        date="2022-06-15",
        request=REQUEST,
        shows=CANCELLED,
        without=left_out(CANCELLED, {"client": "with which program it was placed is kept nowhere"}),
        answer=answer.json(),
    )
    assert (answer.json()["status"], answer.json()["lineItems"][0]["quantity"]) == ("cancelled", 0)
    path = f"{site.customer('alpenblick')}/subscriptions/{order['lineItems'][0]['subscriptionId']}"
    assert (await site.get("aa@wolkenwerk", path))["status"] == "deleted"
    assert refused(await site.call("aa@wolkenwerk", "PATCH", _order(site, order), body)) == (400, "2011")
    licences = await sold(site, "aa@wolkenwerk", "Office 365 Enterprise", 3, **YEARLY)
    assert refused(await site.call("aa@wolkenwerk", "PATCH", _order(site, licences), {"status": "cancelled"})) == (
        400,
        "800024",
    )
