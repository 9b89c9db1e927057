"""An indirect provider names its reseller as partner of record when it sells, and that stays what it is."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from support.bodies import BILLING
from support.goldens import Documented, linked
from support.web import Web, refused

RESELLER, OTHER = "4100003", "4100002"
ITEM = "CFQ7TTC0PR3M:0001:CFQ7TTC0GQ3P"
ORDER = f"""id referenceCustomerId billingCycle lineItems lineItems[].lineItemNumber lineItems[].offerId
    lineItems[].subscriptionId lineItems[].friendlyName lineItems[].quantity lineItems[].partnerIdOnRecord
    lineItems[].links lineItems[].links.subscription lineItems[].links.subscription.uri
    lineItems[].links.subscription.method lineItems[].links.subscription.headers creationDate {linked("self")}
    attributes attributes.etag attributes.objectType"""
ADDITIONAL = f"""id alternateId referenceCustomerId billingCycle currencyCode currencySymbol lineItems
    lineItems[].lineItemNumber lineItems[].offerId lineItems[].subscriptionId lineItems[].termDuration
    lineItems[].transactionType lineItems[].friendlyName lineItems[].quantity lineItems[].partnerIdOnRecord
    lineItems[].additionalPartnerIdsOnRecord {
    " ".join(f"lineItems[].{one}" for one in linked("product", "sku", "availability").split())
} creationDate status transactionType {
    linked("self", "provisioningStatus", "patchOperation")
} client attributes attributes.objectType"""
WITHOUT = {"client": "it is empty on the page, and nothing says what it is for"}
CART = f"""id creationTimestamp lastModifiedTimestamp expirationTimestamp lastModifiedUser status lineItems
    lineItems[].id lineItems[].catalogItemId lineItems[].quantity lineItems[].currencyCode lineItems[].billingCycle
    lineItems[].termDuration lineItems[].participants lineItems[].participants[].key
    lineItems[].participants[].value lineItems[].provisioningContext lineItems[].orderGroup {linked("self")} attributes
    attributes.objectType"""


async def sold_for_resellers(site: Web) -> tuple[str, str]:
    """The provider's new customer, which it made for its reseller and for another; answers id and address."""
    new = {"companyProfile": {"domain": "birke.example"}, "billingProfile": BILLING}
    body = {**new, "associatedPartnerId": str(site.here.id("suedwind"))}
    made = await site.call("aa@nordlicht", "POST", "/v1/customers", body)
    assert made.status_code == 201, made.text
    customer, path = made.json()["id"], f"/v1/customers/{made.json()['id']}"
    template = (await site.get("aa@nordlicht", "/v1/agreements"))["items"][0]["templateId"]
    contact = {"firstName": "Eva", "lastName": "Berg", "email": "eva@birke.example"}
    attested = {"primaryContact": contact, "templateId": template, "dateAgreed": "2026-10-01T00:00:00Z"}
    assert (await site.call("aa@nordlicht", "POST", f"{path}/agreements", attested)).status_code == 201
    return customer, path


async def second_reseller(site: Web, customer: str) -> None:
    """Let wolkenwerk resell for the provider too, and have a relationship with the customer by it."""
    provider, reseller, now = site.here.id("nordlicht"), site.here.id("wolkenwerk"), site.here.clock.now()
    async with site.here.owner() as owner:
        await owner.execute(
            """INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
            VALUES ($1, $2, $3, 'active', $4)""",
            *(provider, reseller, uuid4(), now),
        )
        await owner.execute(
            """INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, provider_tenant_id, state,
                privileges, company_name, domain, formed_at)
            SELECT t.id, $1, $2, $3, 'active', false, t.company_name, t.domain, $4 FROM tenant t
            WHERE t.id::text = $5""",
            *(uuid4(), reseller, provider, now, customer),
        )


def line(*participants: tuple[str, str], **more: Any) -> dict[str, Any]:
    """One line of a cart with these participants."""
    named = [{"key": key, "value": value} for key, value in participants]
    wanted = {"catalogItemId": ITEM, "quantity": 2, "termDuration": "P1Y", "billingCycle": "monthly"}
    return {**wanted, "participants": named, **more}


async def test_the_documented_order_names_the_reseller(tiers: Web) -> None:
    customer, path = await sold_for_resellers(tiers)
    example = Documented(
        "create-an-order-for-a-customer-of-an-indirect-reseller",
        "create-an-order-for-a-customer-of-an-indirect-reseller", "2023-08-23", "aa@nordlicht", "POST",
        "/v1/customers/{customer}/orders", ORDER, 201, body={
            "Id": None, "BillingCycle": "unknown", "LineItems": [
                {"LineItemNumber": 0, "OfferId": "", "SubscriptionId": None,
                 "ParentSubscriptionId": None, "FriendlyName": "New offer purchase.", "Quantity": 3,
                 "PartnerIdOnRecord": RESELLER, "Attributes": {"ObjectType": "OrderLineItem"}}],
            "CreationDate": None, "Attributes": {"ObjectType": "Order"}})  # fmt: skip
    example.body["LineItems"][0]["OfferId"] = await tiers.here.item("External Accountant")
    (placed,) = (await example.hold(tiers, customer=customer))["lineItems"]
    bought = await tiers.get("aa@nordlicht", f"{path}/subscriptions/{placed['subscriptionId']}")
    assert bought["partnerId"] == RESELLER


async def test_additional_resellers_are_named_as_documented(tiers: Web) -> None:
    customer, path = await sold_for_resellers(tiers)
    await second_reseller(tiers, customer)
    order = Documented(
        "create-an-order-additional", "create-an-order", "2022-12-09", "aa@nordlicht", "POST",
        "/v1/customers/{customer}/orders", ADDITIONAL, 201, without=WITHOUT, body={
            "PartnerOnRecordAttestationAccepted": True, "billingCycle": "monthly", "lineItems": [
                {"offerId": ITEM, "quantity": 1, "lineItemNumber": 0, "termDuration": "P1Y",
                 "PartnerIdOnRecord": RESELLER, "AdditionalPartnerIdsOnRecord": [OTHER, RESELLER]}]})  # fmt: skip
    assert (await order.hold(tiers, customer=customer))["lineItems"][0]["additionalPartnerIdsOnRecord"] == [
        OTHER, RESELLER]  # fmt: skip
    cart = Documented(
        "create-a-cart-additional", "create-a-cart", "2022-12-09", "aa@nordlicht", "POST",
        "/v1/customers/{customer}/carts", CART, 201, body={
            "PartnerOnRecordAttestationAccepted": True, "lineItems": [{"id": 0, "renewsTo": None, **line(
                ("transaction_reseller", RESELLER), ("additional_transaction_reseller", OTHER))}]},
        without={"lastModifiedUser": "who changed a cart is in the audit",
                 "lineItems[].provisioningContext": "the line of the example goes below nothing"})  # fmt: skip
    drafted = await cart.hold(tiers, customer=customer)
    again = await tiers.get("aa@nordlicht", f"{path}/carts/{drafted['id']}")
    assert again["lineItems"] == drafted["lineItems"]
    done = await tiers.call("aa@nordlicht", "POST", f"{path}/carts/{drafted['id']}/checkout")
    (placed,) = done.json()["orders"][0]["lineItems"]
    assert (placed["partnerIdOnRecord"], placed["additionalPartnerIdsOnRecord"]) == (RESELLER, [OTHER])


async def test_nobody_but_an_own_reseller_at_the_customer_is_named(tiers: Web) -> None:
    _, path = await sold_for_resellers(tiers)
    alpenblick = tiers.customer("alpenblick")
    named = ("transaction_reseller", RESELLER)
    # A reseller of the provider that has nothing to do with the customer, no reseller at all, the provider itself.
    for who, where, number in (
        ("aa@nordlicht", alpenblick, RESELLER), ("aa@nordlicht", path, OTHER), ("aa@nordlicht", path, "4100001"),
        ("aa@wolkenwerk", alpenblick, RESELLER), ("aa@wolkenwerk", alpenblick, OTHER),
    ):  # fmt: skip
        cart = {"lineItems": [line(("transaction_reseller", number))]}
        assert refused(await tiers.call(who, "POST", f"{where}/carts", cart)) == (400, "800016")
        order = {"lineItems": [{"offerId": ITEM, "quantity": 1, "termDuration": "P1Y", "partnerIdOnRecord": number}]}
        assert refused(await tiers.call(who, "POST", f"{where}/orders", order)) == (400, "800016")
    for participants in (
        [("additional_transaction_reseller", RESELLER)],
        [named, named],
        [named, *([("additional_transaction_reseller", RESELLER)] * 6)],
        [("reseller", RESELLER)],
    ):
        cart = {"lineItems": [line(*participants)]}
        answer = await tiers.call("aa@nordlicht", "POST", f"{path}/carts", cart)
        assert refused(answer) == (400, "3000"), participants
    # A foreign customer is unknown before anything is said of resellers.
    cart = {"lineItems": [line(named)]}
    assert refused(await tiers.call("aa@wolkenwerk", "POST", f"{path}/carts", cart)) == (403, "20002")


async def test_additional_resellers_are_named_within_eu_and_efta_alone(tiers: Web) -> None:
    _, path = await sold_for_resellers(tiers)
    async with tiers.here.owner() as owner:
        await owner.execute("UPDATE tenant SET country = 'US' WHERE id = $1", tiers.here.id("nordlicht"))
        await owner.execute("UPDATE enrolment SET markets = '{DE,US}' WHERE tenant_id = $1", tiers.here.id("nordlicht"))
    named = ("transaction_reseller", RESELLER)
    cart = {"lineItems": [line(named, ("additional_transaction_reseller", RESELLER))]}
    assert refused(await tiers.call("aa@nordlicht", "POST", f"{path}/carts", cart)) == (400, "3000")
    assert (await tiers.call("aa@nordlicht", "POST", f"{path}/carts", {"lineItems": [line(named)]})).status_code == 201


async def test_a_draft_is_judged_again_by_the_resellers_of_its_checkout(tiers: Web) -> None:
    customer, path = await sold_for_resellers(tiers)
    cart = {"lineItems": [line(("transaction_reseller", RESELLER))]}
    drafted = (await tiers.call("aa@nordlicht", "POST", f"{path}/carts", cart)).json()["id"]
    async with tiers.here.owner() as owner:
        await owner.execute(
            """UPDATE reseller_relationship SET state = 'ended', ended_at = $2
            WHERE customer_tenant_id::text = $1 AND provider_tenant_id IS NOT NULL""",
            *(customer, tiers.here.clock.now()),
        )
    answer = await tiers.call("aa@nordlicht", "POST", f"{path}/carts/{drafted}/checkout")
    assert refused(answer) == (400, "800016")


async def test_the_partner_of_record_stays(tiers: Web) -> None:
    """Neither its seller nor the reseller, nor another partner changes it; and no row says what is not so."""
    _, path = await sold_for_resellers(tiers)
    body = {"billingCycle": "monthly", "lineItems": [
        {"offerId": ITEM, "quantity": 5, "termDuration": "P1Y", "partnerIdOnRecord": RESELLER}]}  # fmt: skip
    placed = await tiers.call("aa@nordlicht", "POST", f"{path}/orders", body)
    bought = placed.json()["lineItems"][0]["subscriptionId"]
    one = f"{path}/subscriptions/{bought}"
    assert refused(await tiers.call("sa@nordlicht", "PATCH", one, {"partnerId": OTHER})) == (400, "800098")
    assert refused(await tiers.call("aa@suedwind", "PATCH", one, {"partnerId": OTHER})) == (404, "20003")
    assert refused(await tiers.call("aa@wolkenwerk", "PATCH", one, {"partnerId": OTHER})) == (403, "20002")
    assert (await tiers.call("aa@nordlicht", "PATCH", one, {"quantity": 6, "partnerId": RESELLER})).status_code == 200
    assert (await tiers.get("aa@nordlicht", one))["partnerId"] == RESELLER
    async with tiers.here.owner() as owner:
        with pytest.raises(asyncpg.RaiseError, match="no reseller of the seller"):
            await owner.execute("UPDATE subscription SET partner_of_record = $1 WHERE id::text = $2", OTHER, bought)
