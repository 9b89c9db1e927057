"""What a subscription is to become when its next term starts, by HTTP."""

from typing import Any

from contract.test_documented_selling import OF_SUBSCRIPTIONS
from contract.test_selling import sold
from support.goldens import check_golden, left_out
from support.web import Web, refused

WHO = "sa@nordlicht"
SCHEDULED = """id offerId offerName friendlyName quantity customTermEndDate unitType hasPurchasableAddons creationDate
    effectiveStartDate commitmentEndDate status autoRenewEnabled scheduledNextTermInstructions
    scheduledNextTermInstructions.product scheduledNextTermInstructions.product.productId
    scheduledNextTermInstructions.product.skuId scheduledNextTermInstructions.product.availabilityId
    scheduledNextTermInstructions.product.billingCycle scheduledNextTermInstructions.product.termDuration
    scheduledNextTermInstructions.product.promotionId scheduledNextTermInstructions.quantity
    scheduledNextTermInstructions.customTermEndDate isTrial billingType billingCycle termDuration refundOptions
    refundOptions[].type refundOptions[].expiresAt isMicrosoftProduct partnerId contractType publisherName orderId
    attributes attributes.objectType"""
WITHOUT = {
    "customTermEndDate": "a term ends where its length says",
    "scheduledNextTermInstructions.product.promotionId": "no promotion is scheduled here",
    "scheduledNextTermInstructions.customTermEndDate": "a term ends where its length says",
}
UNKNOWN = "01a20000-0000-7000-8000-000000000001"


async def _next(site: Web, title: str, quantity: int, **product: Any) -> dict[str, Any]:
    parts = dict(zip(("productId", "skuId", "availabilityId"), (await site.here.item(title)).split(":"), strict=True))
    usual = {"billingCycle": "Monthly", "termDuration": "P1Y"}
    return {"scheduledNextTermInstructions": {"product": {**parts, **usual, **product}, "quantity": quantity}}


async def test_the_next_term_is_scheduled_while_the_subscription_renews(site: Web) -> None:
    order = await sold(site, WHO, "Office 365 Basic", 5, TermDuration="P1Y", BillingCycle="monthly")
    path = f"{site.customer('alpenblick')}/subscriptions/{order['lineItems'][0]['subscriptionId']}"
    whole = await site.get(WHO, path)
    asked = await _next(site, "Office 365 Premium", 8)
    answer = await site.call(WHO, "PATCH", path, {**whole, **asked})
    assert answer.status_code == 200, answer.text
    check_golden(
        "create-scheduled-changes",
        page="create-scheduled-changes",
        date="2023-02-17",
        request="PATCH /v1/customers/{customer}/subscriptions/{subscription}",
        shows=SCHEDULED,
        without={**left_out(SCHEDULED, OF_SUBSCRIPTIONS), **WITHOUT},
        answer=answer.json(),
    )
    assert await site.get(WHO, path) == answer.json()
    assert (answer.json()["offerName"], answer.json()["quantity"]) == ("Office 365 Basic", 5)
    again = await site.call(WHO, "PATCH", path, answer.json())
    assert again.json() == answer.json()
    for wrong, expected in (
        (await _next(site, "Device Management", 8), (400, "3000")),
        (await _next(site, "Office 365 Premium", 301), (400, "2002")),
        (await _next(site, "Office 365 Premium", 9, termDuration="P3Y"), (400, "3000")),
        (await _next(site, "Office 365 Premium", 9, promotionId="x"), (400, "3000")),
        (await _next(site, "Office 365 Premium", 9, billingCycle="unknown"), (400, "3000")),
    ):
        assert refused(await site.call(WHO, "PATCH", path, wrong)) == expected, wrong
    assert refused(await site.call("hd@nordlicht", "PATCH", path, await _next(site, "Office 365 Basic", 9))) == (
        403,
        "900150",
    )
    off = await site.call(WHO, "PATCH", path, {"autoRenewEnabled": False})
    assert "scheduledNextTermInstructions" not in off.json()
    assert refused(await site.call(WHO, "PATCH", path, asked)) == (400, "800093")


async def test_another_partner_schedules_nothing(site: Web) -> None:
    order = await sold(site, WHO, "Office 365 Basic", 5, TermDuration="P1Y", BillingCycle="monthly")
    asked = await _next(site, "Office 365 Premium", 8)
    for one in (order["lineItems"][0]["subscriptionId"], UNKNOWN):
        path = f"{site.customer('alpenblick')}/subscriptions/{one}"
        assert refused(await site.call("aa@suedwind", "PATCH", path, asked)) == (404, "20003")
