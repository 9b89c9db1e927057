"""Upgrades, conversions and transitions by HTTP."""

from datetime import timedelta
from typing import Any

from contract.test_selling import sold
from support.goldens import check_golden, left_out, linked, listed
from support.web import Web, refused

UNKNOWN = "01a20000-0000-7000-8000-000000000001"
USUAL = {"TermDuration": "P1Y", "BillingCycle": "monthly"}
WHO = "aa@nordlicht"
TRANSITIONS = "transition-a-new-commerce-subscription"
ERRORS = "errors errors[].code errors[].description"


def within(name: str, shows: str) -> str:
    """These properties below one of this name."""
    return " ".join([name.removesuffix("[]"), *(f"{name}.{one}" for one in shows.split())])


KIND = "attributes attributes.objectType"
TARGET_KINDS = f"isEligible transitionType {ERRORS}"
TARGETS = f"""operationId catalogItemId title description quantity {
    within(
        "subscriptionEligibilities[]",
        f"isEligible "
        f"subscriptionId subscriptionFriendlyName subscriptionTermDuration subscriptionBillingCycle {ERRORS}",
    )
}
    {within("eligibilities[]", TARGET_KINDS)} {KIND}"""
OF_TARGETS = {
    "operationId": "nothing is under way before a transition is asked for",
    "subscriptionEligibilities": "a transition leads into no other subscription that there is already",
}
EVENTS = within("events[]", f"name status timestamp {KIND}")
MADE = f"""fromCatalogItemId fromSubscriptionId toCatalogItemId toSubscriptionId quantity termDuration billingCycle
    transitionType {EVENTS} {KIND}"""
# The page prints the list as `transition`; it is `items` here, as in every other collection.
HISTORY = within("items[]", f"operationId fromCatalogItemId toCatalogItemId quantity transitionType {EVENTS} {KIND}")
CONVERSION = "offerId targetOfferId orderId quantity billingCycle attributes attributes.objectType"
UPGRADE_OFFER = f"""id name description minimumQuantity maximumQuantity rank uri locale country
    {within("category", f"id name rank locale country {KIND}")} prerequisiteOffers isAddOn
    isAvailableForPurchase billing isAutoRenewable isInternal conversionTargetOffers partnerQualifications
    {within("product", "id name unit")} unitType {linked("learnMore", "self")} {KIND}"""
UPGRADES = f"""{within("targetOffer", UPGRADE_OFFER)} upgradeType isEligible quantity
    {within("upgradeErrors[]", f"code description {KIND}")} {KIND}"""
OF_UPGRADES = {
    "targetOffer.isInternal": "nothing here differs by it",
    "targetOffer.partnerQualifications": "no offer here asks its seller for a qualification",
}
UPGRADED = f"sourceSubscriptionId targetSubscriptionId upgradeType upgradeErrors licenseErrors {KIND}"


async def _basic(site: Web, quantity: int = 10, **line: Any) -> str:
    order = await sold(site, "sa@nordlicht", "Office 365 Basic", quantity, **{**USUAL, **line})
    return f"{site.customer('alpenblick')}/subscriptions/{order['lineItems'][0]['subscriptionId']}"


async def _to(site: Web, title: str, quantity: int, **more: Any) -> dict[str, Any]:
    item = await site.here.item(title)
    return {"toCatalogItemId": item, "quantity": quantity, "transitionType": "transition_only", **more}


async def test_all_licences_the_subscription_itself_becomes_the_other_and_keeps_its_commitment(site: Web) -> None:
    path = await _basic(site)
    before = await site.get(WHO, path)
    site.here.clock.moment += timedelta(days=100)
    found = await site.get(WHO, f"{path}/transitionEligibilities?eligibilityType=immediate")
    assert [one["title"] for one in found["items"]] == ["Office 365 Premium", "Office 365 Enterprise"]
    check_golden(
        "get-transition-eligibilities",
        page=TRANSITIONS,
        date="2023-07-14",
        request="GET /v1/customers/{customer}/subscriptions/{subscription}/transitionEligibilities",
        shows=listed(TARGETS),
        without=left_out(listed(TARGETS), OF_TARGETS),
        answer=found,
    )
    body = await _to(site, "Office 365 Premium", 10, fromSubscriptionId=before["id"])
    made = await site.call(WHO, "POST", f"{path}/transitions", body, headers={"MS-RequestId": "t-1"})
    assert made.status_code == 200, made.text
    check_golden(
        "post-transition",
        page=TRANSITIONS,
        date="2023-07-14",
        request="POST /v1/customers/{customer}/subscriptions/{subscription}/transitions",
        shows=MADE,
        answer=made.json(),
    )
    again = await site.call(WHO, "POST", f"{path}/transitions", body, headers={"MS-RequestId": "t-1"})
    assert again.json() == made.json()
    after = await site.get(WHO, path)
    assert made.json()["toSubscriptionId"] == after["id"] == before["id"]
    assert (after["offerName"], after["offerId"]) == ("Office 365 Premium", body["toCatalogItemId"])
    for kept in ("commitmentEndDate", "termDuration", "orderId", "friendlyName", "effectiveStartDate"):
        assert after[kept] == before[kept], kept
    history = await site.get(WHO, f"{path}/transitions")
    check_golden(
        "get-transitions",
        page="get-transitions",
        date="2023-03-13",
        request="GET /v1/customers/{customer}/subscriptions/{subscription}/transitions",
        shows=f"{HISTORY} {KIND}",
        answer=history,
    )
    assert history["items"] == [made.json()]
    orders = await site.get(WHO, f"{site.customer('alpenblick')}/orders")
    newest = orders["items"][-1]["lineItems"][0]
    assert (newest["subscriptionId"], newest["offerId"]) == (before["id"], body["toCatalogItemId"])


async def test_some_licences_leave_for_a_new_subscription_that_ends_with_the_old_one(site: Web) -> None:
    path = await _basic(site)
    before = await site.get(WHO, path)
    made = await site.call(WHO, "POST", f"{path}/transitions", await _to(site, "Office 365 Enterprise", 4))
    assert made.status_code == 200, made.text
    new = await site.get(WHO, f"{path.rpartition('/')[0]}/{made.json()['toSubscriptionId']}")
    rest = await site.get(WHO, path)
    assert (rest["quantity"], rest["offerName"]) == (6, "Office 365 Basic")
    assert (new["quantity"], new["offerName"], new["status"]) == (4, "Office 365 Enterprise", "active")
    assert new["commitmentEndDate"] == before["commitmentEndDate"]


async def test_a_term_becomes_longer_and_not_shorter(site: Web) -> None:
    path = await _basic(site)
    shorter = await _to(site, "Office 365 Premium", 10, termDuration="P1M")
    assert refused(await site.call(WHO, "POST", f"{path}/transitions", shorter)) == (400, "800024")
    site.here.clock.moment += timedelta(days=30)
    longer = await _to(site, "Office 365 Enterprise", 10, termDuration="P3Y", billingCycle="annual")
    assert (await site.call(WHO, "POST", f"{path}/transitions", longer)).status_code == 200
    after = await site.get(WHO, path)
    assert (after["termDuration"], after["billingCycle"]) == ("P3Y", "annual")
    assert after["commitmentEndDate"].startswith("2029-12-22")


async def test_an_order_does_not_take_back_what_a_later_one_made_of_its_subscription(site: Web) -> None:
    path = await _basic(site)
    first = (await site.get(WHO, path))["orderId"]
    longer = await _to(site, "Office 365 Enterprise", 10, termDuration="P3Y", billingCycle="monthly")
    assert (await site.call(WHO, "POST", f"{path}/transitions", longer)).status_code == 200
    became = await site.get(WHO, path)
    orders = f"{site.customer('alpenblick')}/orders"
    refusal = await site.call(WHO, "PATCH", f"{orders}/{first}", {"billingCycle": "annual"})
    assert refused(refusal) == (400, "800097")
    assert await site.get(WHO, path) == became
    later = (await site.get(WHO, orders))["items"][-1]["id"]
    assert (await site.call(WHO, "PATCH", f"{orders}/{later}", {"billingCycle": "annual"})).status_code == 200
    after = await site.get(WHO, path)
    assert (after["offerName"], after["termDuration"], after["billingCycle"]) == (
        "Office 365 Enterprise",
        "P3Y",
        "annual",
    )


async def test_refusals_of_transitions(site: Web) -> None:
    path = await _basic(site)
    for body, expected in (
        (await _to(site, "Device Management", 10), (400, "800024")),
        (await _to(site, "Office 365 Premium", 0), (400, "2002")),
        (await _to(site, "Office 365 Premium", 301), (400, "2002")),
        (await _to(site, "Office 365 Premium", 10, termDuration="P3Y"), (400, "3000")),
        (await _to(site, "Office 365 Premium", 10, toSubscriptionId=UNKNOWN), (400, "800024")),
        (await _to(site, "Office 365 Premium", 10, fromSubscriptionId=UNKNOWN), (400, "3000")),
        ({**await _to(site, "Office 365 Premium", 10), "transitionType": "x"}, (400, "3000")),
        ({**await _to(site, "Office 365 Premium", 10), "transitionType": "transition_with_license_transfer"},
         (400, "800024")),
        ({**await _to(site, "Office 365 Premium", 10), "toCatalogItemId": "x"}, (400, "3000")),
    ):  # fmt: skip
        assert refused(await site.call(WHO, "POST", f"{path}/transitions", body)) == expected, body
    assert refused(await site.call(WHO, "GET", f"{path}/transitionEligibilities?eligibilityType=x")) == (400, "3000")
    body = await _to(site, "Office 365 Premium", 10)
    assert refused(await site.call("sa@nordlicht", "POST", f"{path}/transitions", body)) == (403, "900150")
    await site.call(WHO, "PATCH", path, {"status": "suspended"})
    assert refused(await site.call(WHO, "POST", f"{path}/transitions", body)) == (400, "800024")
    (first, _) = (await site.get(WHO, f"{path}/transitionEligibilities"))["items"]
    assert [one["isEligible"] for one in first["eligibilities"]] == [False, False]


async def test_a_pooled_maximum_holds_for_what_a_subscription_becomes(site: Web) -> None:
    path = await _basic(site)
    await sold(site, "sa@suedwind", "Office 365 Premium", 295, **USUAL)
    body = await _to(site, "Office 365 Premium", 10)
    refusal = await site.call(WHO, "POST", f"{path}/transitions", body)
    assert refused(refusal) == (400, "2002")
    assert "Südwind" not in refusal.text
    assert (await site.call(WHO, "POST", f"{path}/transitions", {**body, "quantity": 5})).status_code == 200


async def test_a_trial_becomes_paid_under_the_same_identifier(site: Web) -> None:
    order = await sold(site, "sa@nordlicht", "Office 365 Premium Trial", 25)
    path = f"{site.customer('alpenblick')}/subscriptions/{order['lineItems'][0]['subscriptionId']}"
    before = await site.get(WHO, path)
    assert (before["isTrial"], before["termDuration"]) == (True, "P1M")
    found = await site.get(WHO, f"{path}/conversions")
    check_golden(
        "get-a-list-of-trial-conversion-offers",
        page="get-a-list-of-trial-conversion-offers",
        date="2023-09-22",
        request="GET /v1/customers/{customer}/subscriptions/{subscription}/conversions",
        shows=listed(CONVERSION),
        answer=found,
    )
    assert (await site.get(WHO, f"{path}/upgrades"))["items"] == []
    chosen = next(one for one in found["items"] if one["billingCycle"] == "monthly")
    made = await site.call(WHO, "POST", f"{path}/conversions", {**chosen, "quantity": 10})
    assert made.status_code == 200, made.text
    check_golden(
        "convert-a-trial-subscription-to-paid",
        page="convert-a-trial-subscription-to-paid",
        date="2023-09-22",
        request="POST /v1/customers/{customer}/subscriptions/{subscription}/conversions",
        shows=f"subscriptionId offerId targetOfferId {KIND}",
        answer=made.json(),
    )
    after = await site.get(WHO, path)
    assert (after["isTrial"], after["termDuration"], after["quantity"]) == (False, "P1Y", 10)
    assert (after["autoRenewEnabled"], after["offerName"]) == (True, "Office 365 Premium")
    assert after["commitmentEndDate"].startswith("2027-11-22")
    assert (await site.get(WHO, f"{path}/conversions"))["items"] == []
    assert refused(await site.call(WHO, "POST", f"{path}/conversions", chosen)) == (400, "800024")
    assert refused(await site.call("@nordlicht", "GET", f"{path}/conversions")) == (403, "900329")


async def test_an_upgrade_in_the_older_shape(site: Web) -> None:
    path = await _basic(site)
    # On the page one offer is out of reach.
    await site.call(WHO, "PATCH", path, {"status": "suspended"})
    suspended = await site.get(WHO, f"{path}/upgrades")
    assert not any(one["isEligible"] for one in suspended["items"])
    check_golden(
        "get-upgrades",
        page="transition-a-subscription",
        date="2023-02-17",
        request="GET /v1/customers/{customer}/subscriptions/{subscription}/upgrades",
        shows=listed(UPGRADES),
        without=left_out(listed(UPGRADES), OF_UPGRADES),
        answer=suspended,
    )
    await site.call(WHO, "PATCH", path, {"status": "active"})
    found = await site.get(WHO, f"{path}/upgrades")
    chosen = found["items"][-1]
    made = await site.call(WHO, "POST", f"{path}/upgrades", {**chosen, "UpgradeErrors": []})
    assert made.status_code == 200, made.text
    check_golden(
        "post-upgrades",
        page="upgrade-resources",
        date="2022-06-28",
        request="POST /v1/customers/{customer}/subscriptions/{subscription}/upgrades",
        shows=UPGRADED,
        answer=made.json(),
    )
    assert made.json()["targetSubscriptionId"] == made.json()["sourceSubscriptionId"]
    assert (await site.get(WHO, path))["offerId"] == chosen["targetOffer"]["id"]


async def test_another_partner_is_answered_as_if_there_were_no_such_subscription(site: Web) -> None:
    path = await _basic(site)
    root, one = path.rpartition("/")[0], path.rpartition("/")[2]
    target = await _to(site, "Office 365 Premium", 10)
    for method, below, body in (
        ("GET", "transitionEligibilities", None),
        ("GET", "transitions", None),
        ("POST", "transitions", target),
        ("POST", "transitions", {**target, "termDuration": "P1M"}),
        ("GET", "conversions", None),
        ("POST", "conversions", {"targetOfferId": target["toCatalogItemId"]}),
        ("GET", "upgrades", None),
        ("POST", "upgrades", {"targetOffer": {"id": target["toCatalogItemId"]}}),
    ):
        answers = [await site.call("aa@suedwind", method, f"{root}/{it}/{below}", body) for it in (one, UNKNOWN)]
        assert [refused(answer) for answer in answers] == [(404, "20003")] * 2, below
        bodies = [{**answer.json(), "data": answer.json()["data"][:-1]} for answer in answers]
        assert bodies[0] == bodies[1]


async def test_after_seven_days_nothing_is_cancelled_or_reduced(site: Web) -> None:
    path = await _basic(site)
    before = await site.get(WHO, path)
    assert before["refundOptions"] == [{"type": "Partial", "expiresAt": "2026-11-29T09:00:00Z"}]
    assert before["refundableQuantity"]["totalQuantity"] == 10
    site.here.clock.moment += timedelta(days=7)
    assert (await site.call(WHO, "PATCH", path, {"quantity": 9})).status_code == 200
    site.here.clock.moment += timedelta(seconds=1)
    assert refused(await site.call(WHO, "PATCH", path, {"status": "deleted"})) == (400, "900117")
    assert refused(await site.call(WHO, "PATCH", path, {"quantity": 8})) == (400, "900257")
    assert (await site.call(WHO, "PATCH", path, {"quantity": 12})).status_code == 200
    assert (await site.call(WHO, "PATCH", path, {"status": "suspended"})).status_code == 200
