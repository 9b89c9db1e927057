"""Filters: JSON in the query, each field with its one operator, everything else refused in words."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from support.web import Web, refused


def wanted(field: Any, value: Any, operator: Any) -> str:
    return quote(json.dumps({"Field": field, "Value": value, "Operator": operator}))


async def test_customers_are_found_by_the_start_of_name_or_domain_in_any_case(site: Web) -> None:
    name = (await site.get("sa@nordlicht", site.customer("alpenblick")))["companyProfile"]["companyName"]
    for field, value, found in (
        ("CompanyName", name, True),
        ("CompanyName", name.upper()[:5], True),
        ("companyname", name[:1].swapcase(), True),
        ("CompanyName", name[1:], False),
        ("CompanyName", "%", False),
        ("CompanyName", "_" * len(name), False),
        ("Domain", "ALPENBLICK.EX", True),
        ("DOMAIN", "alpenblick.example", True),
        ("Domain", "lpenblick", False),
        ("Domain", "alpenblick.example.com", False),
    ):
        for operator in ("starts_with", "StartsWith", "STARTS_WITH"):
            page = await site.get("sa@nordlicht", f"/v1/customers?size=0&filter={wanted(field, value, operator)}")
            ids = [one["id"] for one in page["items"]]
            assert (str(site.here.id("alpenblick")) in ids) is found, (field, value)
            assert page["totalCount"] == len(ids)


async def test_the_audit_is_found_by_part_of_a_name_by_customer_and_by_kind(site: Web) -> None:
    root, item = site.customer("alpenblick"), await site.here.item("Azure plan")
    cart = {"lineItems": [{"catalogItemId": item, "quantity": 1}]}
    assert (await site.call("aa@nordlicht", "POST", f"{root}/carts", cart)).status_code == 201
    name = (await site.get("sa@nordlicht", root))["companyProfile"]["companyName"]
    customer = str(site.here.id("alpenblick"))
    for field, value, operator, count in (
        ("CompanyName", name[2:6].upper(), "substring", 1),
        ("CompanyName", "nobody of that name", "Substring", 0),
        ("CustomerId", customer, "equals", 1),
        ("CustomerId", str(site.here.id("hafen")), "Equals", 0),
        ("ResourceType", "CART", "equals", 1),
        ("ResourceType", "order", "equals", 0),
        ("ResourceType", "car", "equals", 0),
    ):
        page = await site.get("ga@nordlicht", f"/v1/auditrecords?filter={wanted(field, value, operator)}")
        assert (page["totalCount"], len(page["items"])) == (count, count), (field, value)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("x", "no valid JSON"),
        ("{}", "URL-encoded"),
        ("[]", "braces"),
        (wanted("Name", "a", "starts_with"), "Field has to be one of CompanyName, Domain"),
        (wanted("CompanyName", "a", "equals"), "Operator for CompanyName has to be starts_with"),
        (wanted("CompanyName", "a", "substring"), "Operator for CompanyName has to be starts_with"),
        (wanted("CompanyName", " ", "starts_with"), "Value has to be text of 1 to 256 characters"),
        (wanted("CompanyName", "a" * 257, "starts_with"), "Value has to be text of 1 to 256 characters"),
        (wanted("CompanyName", 7, "starts_with"), "quotation marks"),
        (wanted("CompanyName", None, "starts_with"), "URL-encoded"),
    ],
)
async def test_a_wrong_filter_of_customers_says_what_is_wrong(site: Web, query: str, says: str) -> None:
    answer = await site.call("sa@nordlicht", "GET", f"/v1/customers?filter={query}")
    assert refused(answer) == (400, "3000")
    assert answer.json()["data"] == ["filter"]
    assert says in answer.json()["description"], answer.text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (wanted("Domain", "a", "equals"), "Field has to be one of CompanyName, CustomerId, ResourceType"),
        (wanted("CompanyName", "a", "starts_with"), "Operator for CompanyName has to be substring"),
        (wanted("CustomerId", "a", "substring"), "Operator for CustomerId has to be equals"),
        (wanted("CustomerId", "a", "equals"), "CustomerId has to be a GUID"),
        (wanted("ResourceType", "order", "substring"), "Operator for ResourceType has to be equals"),
    ],
)
async def test_a_wrong_filter_of_the_audit_says_what_is_wrong(site: Web, query: str, says: str) -> None:
    answer = await site.call("ga@nordlicht", "GET", f"/v1/auditrecords?filter={query}")
    assert refused(answer) == (400, "3000")
    assert says in answer.json()["description"], answer.text
