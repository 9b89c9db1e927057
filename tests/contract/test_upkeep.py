"""What stands beside a subscription by HTTP: add-ons, support, registration, provisioning, activation, term ends."""

from typing import Any

from contract.test_documented_selling import KIND, OF_SUBSCRIPTIONS, OLDER_LISTED, SELF
from contract.test_selling import sold
from support.goldens import check_golden, left_out, listed
from support.web import Web, refused

UNKNOWN = "01a20000-0000-7000-8000-000000000001"
USUAL = {"TermDuration": "P1Y", "BillingCycle": "monthly"}


async def _first(site: Web, who: str, title: str, quantity: int = 5, **line: Any) -> tuple[str, dict[str, Any]]:
    order = await sold(site, who, title, quantity, **line)
    return f"{site.customer('alpenblick')}/subscriptions/{order['lineItems'][0]['subscriptionId']}", order


async def test_addons_of_a_subscription(site: Web) -> None:
    addon = {"catalogItemId": await site.here.item("Archive add-on"), "quantity": 2, **USUAL}
    path, order = await _first(site, "sa@nordlicht", "Office 365 Premium", AddonItems=[addon], **USUAL)
    found = await site.get("sa@nordlicht", f"{path}/addons")
    assert [one["id"] for one in found["items"]] == [order["lineItems"][1]["subscriptionId"]]
    check_golden(
        "get-a-list-of-add-ons-for-a-subscription",
        page="get-a-list-of-add-ons-for-a-subscription",
        date="2022-06-28",
        request="GET /v1/customers/{customer}/subscriptions/{subscription}/addons",
        shows=listed(OLDER_LISTED),
        without=left_out(listed(OLDER_LISTED), OF_SUBSCRIPTIONS),
        answer=found,
    )
    assert (await site.get("sa@nordlicht", f"{path.rpartition('/')[0]}/{found['items'][0]['id']}/addons"))[
        "items"
    ] == []


async def test_support_contact_is_the_seller_until_it_names_another(site: Web) -> None:
    path, _ = await _first(site, "sa@nordlicht", "Office 365 Enterprise", **USUAL)
    contact = f"{path}/supportcontact"
    before = await site.get("hd@nordlicht", contact)
    assert (before["supportTenantId"], before["name"]) == (str(site.here.id("nordlicht")), "Nordlicht IT GmbH")
    other = site.here.tenant("wolkenwerk")
    assert other.enrolment is not None
    asked = {"supportTenantId": str(other.id), "supportMpnId": other.enrolment.mpn_id, "name": "anything"}
    after = await site.call("hd@nordlicht", "PUT", contact, {**before, **asked})
    assert (after.status_code, after.json()["name"]) == (200, other.company_name), after.text
    assert await site.get("sa@nordlicht", contact) == after.json()
    check_golden(
        "update-a-subscription-s-support-contact",
        page="update-a-subscription-s-support-contact",
        date="2022-06-22",
        request="PUT /v1/customers/{customer}/subscriptions/{subscription}/supportcontact",
        shows=f"supportTenantId supportMpnId name {SELF} {KIND}",
        answer=after.json(),
    )
    for wrong in ({"supportMpnId": "1"}, {"supportTenantId": UNKNOWN}, {"supportTenantId": str(site.here.id("fjord"))}):
        refusal = refused(await site.call("hd@nordlicht", "PUT", contact, {**after.json(), **wrong}))
        assert refusal == (400, "3000"), wrong
    assert refused(await site.call("sa@nordlicht", "PUT", contact, asked)) == (403, "900150")
    assert refused(await site.call("@nordlicht", "PUT", contact, asked)) == (403, "900329")
    # Who is named has nothing of the subscription by it.
    assert refused(await site.call("aa@wolkenwerk", "GET", contact)) == (404, "20003")


async def test_registration_of_an_azure_subscription(site: Web) -> None:
    path, _ = await _first(site, "aa@wolkenwerk", "Azure plan", 1)
    status = f"{path}/registrationstatus"
    assert (await site.get("aa@wolkenwerk", status))["status"] == "notregistered"
    for _ in range(2):
        answer = await site.call("aa@wolkenwerk", "POST", f"{path}/registrations")
        assert (answer.status_code, answer.content) == (202, b"")
        assert f"/v1{answer.headers['location']}" == status
    check_golden(
        "register-a-subscription",
        page="register-a-subscription",
        date="2022-06-28",
        request="POST /v1/customers/{customer}/subscriptions/{subscription}/registrations",
        shows="",
        answer=None,
    )
    found = await site.get("aa@wolkenwerk", status)
    assert found["status"] == "registered"
    check_golden(
        "get-subscription-registration-status",
        page="get-subscription-registration-status",
        date="2022-06-13",
        request="GET /v1/customers/{customer}/subscriptions/{subscription}/registrationstatus",
        shows=f"subscriptionId status {KIND}",
        answer=found,
    )
    licence, _ = await _first(site, "aa@wolkenwerk", "Office 365 Enterprise", **USUAL)
    assert refused(await site.call("aa@wolkenwerk", "POST", f"{licence}/registrations")) == (400, "800024")


async def test_provisioning_of_order_and_subscription(site: Web) -> None:
    path, order = await _first(site, "sa@nordlicht", "Office 365 Enterprise", **USUAL)
    line = f"{site.customer('alpenblick')}/orders/{order['id']}"
    found = await site.get("aa@nordlicht", f"{line}/provisioningstatus")
    check_golden(
        "get-order-provisioning-status",
        page="get-order-provisioning-status",
        date="2023-01-03",
        request="GET /v1/customers/{customer}/orders/{order}/provisioningstatus",
        shows=listed(
            "orderLineItemId lineItemNumber status quantityProvisioningInformation "
            "quantityProvisioningInformation[].quantity quantityProvisioningInformation[].status"
        ),
        answer=found,
    )
    one = await site.get("aa@nordlicht", f"{path}/provisioningstatus")
    check_golden(
        "get-subscription-provisioning-status",
        page="get-subscription-provisioning-status",
        date="2022-11-29",
        request="GET /v1/customers/{customer}/subscriptions/{subscription}/provisioningstatus",
        shows=f"skuId status quantity endDate {KIND}",
        answer=one,
    )
    await site.call("sa@nordlicht", "PATCH", path, {"status": "deleted"})
    (after,) = (await site.get("aa@nordlicht", f"{line}/provisioningstatus"))["items"]
    assert after["status"] == "unfulfilled"
    assert refused(await site.call("@nordlicht", "GET", f"{line}/provisioningstatus")) == (403, "900329")


async def test_activation_links(site: Web) -> None:
    path, order = await _first(site, "sa@nordlicht", "External Accountant", 2, TermDuration="P1Y")
    root = f"{site.customer('alpenblick')}/orders/{order['id']}"
    whole = await site.get("sa@nordlicht", f"{root}/activationlinks")
    line = await site.get("sa@nordlicht", f"{root}/lineitems/0/activationlinks")
    mine = await site.get("sa@nordlicht", f"{path}/activationlinks")
    assert whole["items"] == line["items"] == mine["items"]
    assert line["items"][0]["link"]["uri"].startswith("https://")
    check_golden(
        "get-activation-link-by-order-line-item",
        page="get-activation-link-by-order-line-item",
        date="2019-08-16",
        request="GET /v1/customers/{customer}/orders/{order}/lineitems/0/activationlinks",
        shows=f"{listed('lineItemNumber link link.uri link.method link.headers')} {SELF}",
        answer=line,
    )
    for number in ("1", "x", "00"):
        assert refused(await site.call("sa@nordlicht", "GET", f"{root}/lineitems/{number}/activationlinks")) == (
            404,
            "20000",
        )
    _, other = await _first(site, "sa@nordlicht", "Office 365 Enterprise", **USUAL)
    assert (await site.get("sa@nordlicht", f"{root.rpartition('/')[0]}/{other['id']}/activationlinks"))["items"] == []


async def test_term_ends_of_the_month_and_of_what_was_sold(site: Web) -> None:
    path, _ = await _first(site, "sa@nordlicht", "Office 365 Enterprise", **USUAL)
    one = path.rpartition("/")[2]
    ends = f"{site.customer('alpenblick')}/subscriptions/customTermEndDates"
    found = await site.get("sa@nordlicht", f"{ends}?term_duration=P1Y")
    assert [item["allowedCustomTermEndDateType"] for item in found["items"]] == [
        "calendarMonthAligned",
        "subscriptionAligned",
    ]
    assert found["items"][0]["allowedCustomTermEndDate"] == "2027-10-31T23:59:59Z"
    assert found["items"][1]["cotermSubscriptionIds"] == [one]
    check_golden(
        "custom-term-end-dates",
        page="custom-term-end-dates",
        date="2023-07-18",
        request="GET /v1/customers/{customer}/subscriptions/customTermEndDates?term_duration=P1Y",
        shows=f"{listed('allowedCustomTermEndDateType allowedCustomTermEndDate cotermSubscriptionIds')} {SELF}",
        answer=found,
    )
    shorter = await site.get("sa@nordlicht", f"{ends}?term_duration=P1M")
    assert [item["allowedCustomTermEndDateType"] for item in shorter["items"]] == ["calendarMonthAligned"]
    alone = await site.get("sa@nordlicht", f"{ends}?term_duration=P3Y&targetCotermSubscriptionId={one}")
    assert [item["cotermSubscriptionIds"] for item in alone["items"]] == [[one]]
    others = await site.get("sa@suedwind", f"{ends}?term_duration=P1Y")
    assert [item["allowedCustomTermEndDateType"] for item in others["items"]] == ["calendarMonthAligned"]
    assert refused(await site.call("sa@nordlicht", "GET", f"{ends}?term_duration=P2Y")) == (400, "3000")


async def test_another_partner_is_answered_as_if_there_were_no_such_thing(site: Web) -> None:
    path, order = await _first(site, "sa@nordlicht", "Office 365 Enterprise", **USUAL)
    root, one = path.rpartition("/")[0], path.rpartition("/")[2]
    other = site.here.tenant("suedwind")
    assert other.enrolment is not None
    contact = {"supportTenantId": str(other.id), "supportMpnId": other.enrolment.mpn_id}
    for method, below, body in (
        ("GET", "addons", None),
        ("GET", "supportcontact", None),
        ("PUT", "supportcontact", contact),
        ("POST", "registrations", None),
        ("GET", "registrationstatus", None),
        ("GET", "provisioningstatus", None),
        ("GET", "activationlinks", None),
    ):
        answers = [await site.call("aa@suedwind", method, f"{root}/{it}/{below}", body) for it in (one, UNKNOWN)]
        assert [refused(answer) for answer in answers] == [(404, "20003")] * 2, below
        bodies = [{**answer.json(), "data": answer.json()["data"][:-1]} for answer in answers]
        assert bodies[0] == bodies[1]
    orders = f"{site.customer('alpenblick')}/orders"
    for below in ("provisioningstatus", "activationlinks", "lineitems/0/activationlinks"):
        for it in (order["id"], UNKNOWN):
            assert refused(await site.call("aa@suedwind", "GET", f"{orders}/{it}/{below}")) == (404, "20000"), below
