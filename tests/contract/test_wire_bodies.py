"""Casing, nulls, dates and GUIDs on the wire, as the two kinds of published clients write and read them."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from copartner.api import queries
from copartner.api.decoding import Malformed
from copartner.api.partner_center.resources import ROUTES
from support.examples import EMULATOR_ALONE, examples, furnish
from support.postgres import Database
from support.programme import programme
from support.web import Web, refused, web

_KEY = re.compile(r"[a-z][A-Za-z0-9]*")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})")
_ENUM = re.compile(r"[a-z][a-z0-9_]*")
# Properties whose values are words that clients compare with: in snake_case.
_ENUMS = {"relationshipToPartner", "billingCycle", "operationStatus", "resourceType", "operationType", "billingType"}
_STATES = {"none", "active", "pending", "suspended", "deleted", "expired", "disabled"}
# Published with a capital: the state of a cart, and that a subscription was activated.
# Of a domain, an address, a registration and of what is provisioned or becomes another.
_OF_CHECKS = {"verified", "Verified", "registered", "fulfilled", "success", "Started", "Completed"}
_CAPITALS = {"Active", "Ordered", "Success", "completed"}
# These answers are published without attributes.
_WITHOUT = {
    "addresses.check", "agreement_documents.read", "agreements.read_direct", "customer_domains.add",
    "partner_agreements.read_status", "partner_agreements.read_status_of", "subscriptions.activate",
}  # fmt: skip
# The published members of these lists are dates or states alone.
_BARE = {"orders.read_provisioning", "subscriptions.list_term_ends"}


@pytest.fixture
async def bare(database: Database, tmp_path: Path) -> AsyncIterator[Web]:
    """The world before anybody works together."""
    async with programme(database, tmp_path) as here, web(here) as made:
        yield made


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Every property at every depth."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            for key, item in one.items():
                yield key, item
                yield from _pairs(item)


def _check(name: str, key: str, value: Any) -> None:
    assert _KEY.fullmatch(key), (name, key)
    if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}[T ]", value):
        assert _MOMENT.fullmatch(value), (name, key, value)
    if key in _ENUMS:
        assert _ENUM.fullmatch(value), (name, key, value)
    if key == "status":
        assert value in _STATES | _CAPITALS | _OF_CHECKS, (name, value)
    if key == "uri":
        assert not value.startswith(("/", "v1", "http")), (name, value)
    if key == "links":
        assert all(link.keys() == {"uri", "method", "headers"} for link in value.values()), (name, value)


async def test_answers_are_in_camel_case_with_zones_and_relative_links(bare: Web) -> None:
    known = examples(bare, await furnish(bare))
    seen: set[str] = set()
    for route in ROUTES:
        answer = await known[route.name].send(bare)
        if route.name in EMULATOR_ALONE:
            assert answer.status_code == 400, route.name
            continue
        assert answer.status_code == route.status, (route.name, answer.text)
        if not answer.content:
            continue
        body = answer.json()
        for key, value in _pairs(body):
            _check(route.name, key, value)
            seen.add(key)
        if not isinstance(body, dict):
            continue
        assert route.name in _WITHOUT or body["attributes"]["objectType"], route.name
        if "items" in body:
            assert body.keys() == {"totalCount", "items", "links", "attributes"}, route.name
            assert body["attributes"] == {"objectType": "Collection"}
            assert route.name in _BARE or all(one["attributes"]["objectType"] for one in body["items"]), route.name
    assert seen >= {"status", "uri", "links", "creationDate", *_ENUMS}


def pascal(value: Any) -> Any:
    """The value with the keys of a client that writes them in PascalCase."""
    if isinstance(value, list):
        return [pascal(one) for one in value]
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: pascal(one) for key, one in value.items()}
    return value


async def test_whole_objects_in_pascal_case_with_nulls_are_taken_and_change_nothing_else(site: Web) -> None:
    root, item = site.customer("alpenblick"), await site.here.item("Office 365 Enterprise")
    empty = {"ProvisioningContext": None, "Error": None, "RenewsTo": None, "OrderGroup": None, "AddonItems": None}
    line = {"Id": 0, "CatalogItemId": item, "Quantity": 3, "BillingCycle": "Monthly", "TermDuration": "P1Y", **empty}
    drafted = await site.call("sa@nordlicht", "POST", f"{root}/carts", {"Id": None, "LineItems": [line]})
    assert drafted.status_code == 201, drafted.text
    done = await site.call("sa@nordlicht", "POST", f"{root}/carts/{drafted.json()['id']}/checkout")
    path = f"{root}/subscriptions/{done.json()['orders'][0]['lineItems'][0]['subscriptionId']}"
    before = await site.get("sa@nordlicht", path)
    nothing = dict.fromkeys(("Actions", "ParentSubscriptionId", "PartnerId", "SuspensionReasons", "CustomTermEndDate"))
    whole = {**pascal(before), **nothing, "Status": "Active", "FriendlyName": "Werk"}
    after = await site.call("sa@nordlicht", "PATCH", path, whole)
    assert after.status_code == 200, after.text
    changed = {key for key, value in after.json().items() if value != before[key]}
    assert changed == {"friendlyName", "attributes"}


MIDNIGHT = datetime(2026, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment", "whole_day"),
    [
        ("2026-11-05", MIDNIGHT, True),
        ('"2026-11-05"', MIDNIGHT, True),
        ("11/05/2026", MIDNIGHT, True),
        ("11/5/2026", MIDNIGHT, True),
        ("11/05/2026 00:00:00", MIDNIGHT, False),
        ("11/05/2026 13:14:15", MIDNIGHT + timedelta(hours=13, minutes=14, seconds=15), False),
        ("11/5/2026 12:00:00 AM", MIDNIGHT, False),
        ("11/5/2026 1:14:15 pm", MIDNIGHT + timedelta(hours=13, minutes=14, seconds=15), False),
        ("2026-11-05T00:00:00Z", MIDNIGHT, False),
        ("2026-11-05T00:00:00", MIDNIGHT, False),
        ("2026-11-05T01:00:00+01:00", MIDNIGHT, False),
        ("2026-11-05T01:00:00 01:00", MIDNIGHT, False),
        ("2026-11-05T00:00:00.0000000Z", MIDNIGHT, False),
    ],
)
def test_dates_come_in_every_published_form(text: str, moment: datetime, whole_day: bool) -> None:
    assert queries.date(text, "startDate") == queries.Date(moment, whole_day)


@pytest.mark.parametrize("text", ["5.11.2026", "2026-13-01", "11/31/2026", "13:00", "11/05/2026 13:00:00 PM", "2026"])
def test_what_is_no_date_is_named(text: str) -> None:
    with pytest.raises(Malformed, match="startDate: this is no date; send one such as"):
        queries.date(text, "startDate")


async def test_every_form_of_a_date_finds_the_same_records(site: Web) -> None:
    await site.call("aa@nordlicht", "PATCH", site.customer("alpenblick"), {"allowDelegatedAccess": True})
    item = await site.here.item("Azure plan")
    cart = {"lineItems": [{"catalogItemId": item, "quantity": 1}]}
    made = await site.call("aa@nordlicht", "POST", f"{site.customer('alpenblick')}/carts", cart)
    assert made.status_code == 201
    days = ("2026-11-22", "11/22/2026", "11/22/2026 00:00:00", "11/22/2026 12:00:00 AM", "2026-11-22T00:00:00Z")
    for day in days:
        assert (await site.get("ga@nordlicht", f"/v1/auditrecords?startDate={day}"))["totalCount"] == 1, day
    assert (await site.get("ga@nordlicht", "/v1/auditrecords?startDate=2026-11-22&endDate=11/22/2026"))["totalCount"]
    until = "/v1/auditrecords?endDate=2026-11-21"
    assert (await site.get("ga@nordlicht", until))["totalCount"] == 0


async def test_guids_are_compared_without_case(site: Web) -> None:
    customer = str(site.here.id("alpenblick"))
    read = await site.get("aa@nordlicht", f"/v1/customers/{customer.upper()}")
    assert (read["id"], read["links"]["self"]["uri"]) == (customer, f"customers/{customer}")
    item = await site.here.item("Office 365 Premium")
    line = {"catalogItemId": item.lower(), "quantity": 2, "termDuration": "P1Y", "billingCycle": "MONTHLY"}
    cart = await site.call("sa@nordlicht", "POST", f"/v1/customers/{customer.upper()}/carts", {"lineItems": [line]})
    done = await site.call(
        "sa@nordlicht", "POST", f"/V1/CUSTOMERS/{customer}/Carts/{cart.json()['id'].upper()}/CHECKOUT"
    )
    order = done.json()["orders"][0]
    base = order["lineItems"][0]["subscriptionId"]
    found = await site.get("sa@nordlicht", f"/v1/customers/{customer}/subscriptions?ORDER_ID={order['id'].upper()}")
    assert [one["id"] for one in found["items"]] == [base]
    addon = {
        **line,
        "catalogItemId": await site.here.item("Archive add-on"),
        "parentSubscriptionId": f"{{{base.upper()}}}",
    }
    below = await site.call("sa@nordlicht", "POST", f"/v1/customers/{customer}/carts", {"lineItems": [addon]})
    assert below.json()["lineItems"][0]["provisioningContext"] == {"parentSubscriptionId": base}, below.text
    query = f'{{"Field":"customerid","Value":"{customer.upper()}","Operator":"EQUALS"}}'
    assert (await site.get("ga@nordlicht", f"/v1/auditrecords?filter={query}"))["totalCount"] >= 3
    wrong = await site.call("aa@nordlicht", "GET", "/v1/customers/no-guid")
    assert refused(wrong) == (400, "3000")


async def test_a_patch_that_leaves_automatic_renewal_out_keeps_it_and_says_so(site: Web) -> None:
    """Decision 10: the published service would set it to false; a client of either kind is shown below."""
    root, item = site.customer("alpenblick"), await site.here.item("Office 365 Enterprise")
    line = {"offerId": item, "quantity": 3, "termDuration": "P1Y"}
    order = await site.call("sa@nordlicht", "POST", f"{root}/orders", {"lineItems": [line], "billingCycle": "monthly"})
    path = f"{root}/subscriptions/{order.json()['lineItems'][0]['subscriptionId']}"
    before = await site.get("sa@nordlicht", path)
    assert before["autoRenewEnabled"] is True
    # Written by hand, with the one property that is to change; or with a null in place of what is not meant.
    for change in ({"quantity": 4}, {"Quantity": 5, "AutoRenewEnabled": None, "ScheduledNextTermInstructions": None}):
        kept = await site.call("sa@nordlicht", "PATCH", path, change)
        assert (kept.status_code, kept.json()["autoRenewEnabled"]) == (200, True), kept.text
        assert kept.headers["copartner-departure"].startswith("autoRenewEnabled was not sent and stays true")
    # Read, changed and sent back whole, as the documentation asks: nothing to remark on.
    whole = {**pascal(before), "Quantity": 6, "ScheduledNextTermInstructions": None}
    same = await site.call("sa@nordlicht", "PATCH", path, whole)
    assert (same.json()["autoRenewEnabled"], same.json()["quantity"]) == (True, 6)
    assert "copartner-departure" not in same.headers
    # A typed client that fills in a new object sends false for what it never set: that was said, so it is done.
    off = await site.call("sa@nordlicht", "PATCH", path, {"Quantity": 7, "AutoRenewEnabled": False})
    assert (off.json()["autoRenewEnabled"], off.json()["quantity"]) == (False, 7)
    again = await site.call("sa@nordlicht", "PATCH", path, {"quantity": 8})
    assert again.json()["autoRenewEnabled"] is False
    assert "copartner-departure" not in again.headers
