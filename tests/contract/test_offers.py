"""Offers, promotions and inventory by HTTP, and the answers to the documented requests."""

import pytest

from support.goldens import check_golden, left_out, linked, listed
from support.web import Web, refused

PREMIUM, PROMOTION = "CFQ7TTC0PR3M", "39NFJQT1PRM1:0001:39NFJQT1Q5KN"
WHO = "ga@nordlicht"
OFFER = f"""id name description minimumQuantity maximumQuantity rank uri locale country category category.id
    category.name category.rank category.locale category.country category.attributes category.attributes.objectType
    prerequisiteOffers isAddOn isAvailableForPurchase billing isAutoRenewable product product.id product.name
    product.unit unitType {linked("learnMore")} attributes attributes.objectType"""
SELF, PREVIOUS = linked("self"), linked("previous").partition(" ")[2]
CATEGORY = "id name rank locale country attributes attributes.objectType"
PROMOTED = """id name description startDate endDate properties properties.isAutoApplicable requiredProducts
    requiredProducts[].productId requiredProducts[].skuId requiredProducts[].term requiredProducts[].term.duration
    requiredProducts[].term.billingCycle requiredProducts[].pricingPolicies
    requiredProducts[].pricingPolicies[].policyType requiredProducts[].pricingPolicies[].value"""
PROMOTION_SHOWN = f"""{PROMOTED} promotionConstraints promotionConstraints.seatConstraints
    promotionConstraints.seatConstraints[].minSeats promotionConstraints.seatConstraints[].maxSeats
    promotionConstraints.seatConstraints[].type promotionConstraints.assetOwnershipLimits
    promotionConstraints.assetOwnershipLimits[].minAssets promotionConstraints.assetOwnershipLimits[].maxAssets
    promotionConstraints.assetOwnershipLimits[].type promotionConstraints.eligibilityConstraints
    promotionConstraints.eligibilityConstraints[].isApplicable promotionConstraints.eligibilityConstraints[].type
    promotionConstraints.productOwnershipConstraints promotionConstraints.productOwnershipConstraints[][].bigId"""
OF_PROMOTIONS = dict.fromkeys(
    (f"promotionConstraints.{one}" for one in (
        "assetOwnershipLimits", "eligibilityConstraints", "productOwnershipConstraints")),
    "no promotion here asks what the customer has or had",
)  # fmt: skip
JUDGED = """id catalogItemId quantity billingCycle termDuration eligibilities eligibilities[].promotionId
    eligibilities[].isEligible eligibilities[].errors eligibilities[].errors[].minimumRequiredSeats
    eligibilities[].errors[].maximumRequiredSeats eligibilities[].errors[].availableSeats eligibilities[].errors[].type
    eligibilities[].errors[].description attributes attributes.objectType"""
INVENTORY = """[].productId [].skuId [].isRestricted [].restrictions [].restrictions[].reasonCode
    [].restrictions[].description [].restrictions[].properties [].restrictions[].properties.type
    [].restrictions[].properties.values"""


async def test_offers_of_a_country_and_of_a_customer(site: Web) -> None:
    root = site.customer("alpenblick")
    at_home = await site.get(WHO, "/v1/offers?country=DE")
    there = await site.get(WHO, f"{root}/offers")
    assert [one["id"] for one in at_home["items"]] == [one["id"] for one in there["items"]]
    check_golden(
        "get-a-list-of-offers-for-a-market",
        page="get-a-list-of-offers-for-a-market",
        date="2023-08-23",
        request="GET /v1/offers?country=DE",
        shows=f"{listed(f'{OFFER} {SELF}')} {SELF} {PREVIOUS}",
        without=left_out(PREVIOUS, {"links.previous": "a page leads to the next one alone"}),
        answer=at_home,
    )
    for one in at_home["items"]:
        assert one == await site.get(WHO, f"/v1/{one['links']['self']['uri']}")
        await site.get(WHO, f"/v1/{one['links']['learnMore']['uri']}")
    premium = next(one for one in at_home["items"] if one["product"]["id"] == PREMIUM)
    check_golden(
        "get-an-offer-by-id",
        page="get-an-offer-by-id",
        date="2023-08-23",
        request="GET /v1/offers/{offer}?country=DE",
        shows=OFFER,
        answer=premium,
    )
    addons = await site.get(WHO, f"/v1/offers/{premium['id']}/addons?country=DE")
    assert [one["name"] for one in addons["items"]] == ["Archive add-on"]
    assert premium["id"] in addons["items"][0]["prerequisiteOffers"]
    check_golden(
        "get-addon-offers-by-offer-id",
        page="get-addon-offers-by-offer-id",
        date="2022-06-28",
        request="GET /v1/offers/{offer}/addons?country=DE",
        shows=listed(f"{OFFER} salesGroupId {linked('self')}"),
        without={"items[].salesGroupId": "which lines come into one order is said by their carts alone"},
        answer=addons,
    )
    below = await site.get(WHO, f"{root}/offers/{premium['id']}/addons")
    assert [one["id"] for one in below["items"]] == [one["id"] for one in addons["items"]]
    trial = next(one for one in at_home["items"] if one["isTrial"])
    assert trial["conversionTargetOffers"] == [premium["id"]]
    assert [one["name"] for one in at_home["items"] if one["hasAddOns"]] == [
        "Office 365 Basic",
        "Office 365 Enterprise",
        "Office 365 Premium",
    ]


async def test_offer_categories(site: Web) -> None:
    found = await site.get(WHO, "/v1/offercategories?country=DE")
    assert [one["name"] for one in found["items"]] == ["Azure", "OnlineServices"]
    there = await site.get(WHO, f"{site.customer('alpenblick')}/offercategories")
    assert there["items"] == found["items"]
    check_golden(
        "get-a-list-of-offer-categories-by-country-and-locale",
        page="get-a-list-of-offer-categories-by-country-and-locale",
        date="2023-08-23",
        request="GET /v1/offercategories?country=DE",
        shows=listed(CATEGORY),
        answer=found,
    )


async def test_refusals_of_offers(site: Web) -> None:
    fjord = site.customer("fjord")
    for path, expected in {
        "/v1/offers": (400, "3000"),
        "/v1/offers/x?country=DE": (404, "1000"),
        "/v1/offers/x/addons?country=DE": (404, "1000"),
        "/v1/offercategories?country=x": (400, "3000"),
        f"{fjord}/offers": (403, "20002"),
        f"{fjord}/offercategories": (403, "20002"),
        f"{fjord}/offers/x/addons": (403, "20002"),
    }.items():
        assert refused(await site.call(WHO, "GET", path)) == expected, path
    assert refused(await site.call("hd@nordlicht", "GET", "/v1/offers?country=DE")) == (403, "900150")


async def test_promotions_are_for_the_global_admin_and_admin_agents(site: Web) -> None:
    path = "/v1/productpromotions?country=DE&segment=commercial"
    for who, status in (("ga", 200), ("aa", 200), ("sa", 403), ("ba", 403)):
        assert (await site.call(f"{who}@nordlicht", "GET", path)).status_code == status
    check_golden(
        "get-promotions",
        page="get-promotions",
        date="2023-08-23",
        request=f"GET {path}",
        shows=listed(PROMOTED),
        answer=await site.get(WHO, path),
    )
    one = await site.get(WHO, f"/v1/productpromotions/{PROMOTION.lower()}?country=DE")
    assert one["id"] == PROMOTION
    check_golden(
        "get-promotion-by-id",
        page="get-promotion-by-id",
        date="2023-06-14",
        request="GET /v1/productpromotions/{promotion}?country=DE",
        shows=PROMOTION_SHOWN,
        without=left_out(PROMOTION_SHOWN, OF_PROMOTIONS),
        answer=one,
    )
    assert (await site.get(WHO, "/v1/productpromotions?country=DE&segment=education"))["items"] == []
    assert refused(await site.call(WHO, "GET", "/v1/productpromotions/x?country=DE")) == (404, "1000")
    assert refused(await site.call(WHO, "GET", f"/v1/productpromotions/{PROMOTION}?country=CH")) == (404, "1000")


@pytest.mark.parametrize(
    ("change", "obstacles"),
    [
        ({}, []),
        ({"promotionId": PROMOTION.lower()}, []),
        ({"promotionId": "x"}, ["InvalidPromotion"]),
        ({"quantity": 9}, ["SeatCount"]),
        ({"quantity": 101, "billingCycle": "annual"}, ["SeatCount", "Term"]),
        ({"termDuration": "P1M"}, ["Term"]),
        ({"catalogItemId": "x"}, ["InvalidCatalogItemId"]),
    ],
    ids=str,
)
async def test_what_a_promotion_asks_of_a_purchase(site: Web, change: dict[str, object], obstacles: list[str]) -> None:
    item = await site.here.item("Office 365 Premium")
    purchase = {"catalogItemId": item, "quantity": 10, "termDuration": "P1Y", "billingCycle": "Monthly", **change}
    path = f"{site.customer('alpenblick')}/promotionEligibilities"
    answer = await site.call("aa@nordlicht", "POST", path, {"items": [{"Id": "7", **purchase}]})
    assert answer.status_code == 200, answer.text
    (judged,) = answer.json()["items"]
    (eligibility,) = judged["eligibilities"]
    assert judged["id"] == 7
    assert eligibility["isEligible"] == (not obstacles)
    assert [one["type"] for one in eligibility.get("errors", [])] == obstacles


async def test_promotion_eligibilities_as_documented(site: Web) -> None:
    items = [await site.here.item(title) for title in ("Office 365 Premium", "Office 365 Basic")]
    usual = {"termDuration": "P1Y", "billingCycle": "Monthly"}
    body = {"items": [{"catalogItemId": items[0], "quantity": 2400, "promotionId": PROMOTION, **usual},
                      {"id": "1", "catalogItemId": items[1], "quantity": 300, **usual}]}  # fmt: skip
    path = f"{site.customer('alpenblick')}/promotionEligibilities"
    answer = await site.call("aa@nordlicht", "POST", path, body)
    seats = "eligibilities[].errors[].availableSeats"
    check_golden(
        "verify-promotion-eligibility",
        page="verify-promotion-eligibility",
        date="2022-11-17",
        request="POST /v1/customers/{customer}/promotionEligibilities",
        shows=listed(JUDGED),
        without={f"items[].{seats}": "no promotion here has a limited number of licences"},
        answer=answer.json(),
    )
    assert refused(await site.call("aa@nordlicht", "POST", path, {"items": []})) == (400, "3000")
    elsewhere = f"{site.customer('fjord')}/promotionEligibilities"
    assert refused(await site.call("aa@nordlicht", "POST", elsewhere, body)) == (403, "20002")


async def test_inventory(site: Web) -> None:
    path = "/v1/extensions/product/checkInventory?country=DE"
    body = {
        "TargetItems": [{"ProductId": "DZH318Z0VMRS"}, {"ProductId": PREMIUM, "SkuId": "0001"}, {"ProductId": "X"}],
        "InventoryContext": {"customerId": str(site.here.id("fjord")), "armRegionName": "Europe"},
    }
    free = (await site.call("sa@nordlicht", "POST", path, body)).json()
    assert [(one["isRestricted"], one["restrictions"]) for one in free] == [(False, [])] * 2
    async with site.here.owner() as owner:
        await owner.execute("UPDATE catalogue_availability SET is_purchasable = false WHERE product_id = $1", PREMIUM)
    closed = (await site.call("sa@nordlicht", "POST", path, body)).json()
    assert {one["productId"]: one["isRestricted"] for one in closed} == {PREMIUM: True, "DZH318Z0VMRS": False}
    check_golden(
        "check-inventory",
        page="check-inventory",
        date="2023-08-23",
        request=f"POST {path}",
        shows=INVENTORY,
        answer=closed,
    )
