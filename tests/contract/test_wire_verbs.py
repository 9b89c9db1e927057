"""Verbs: lists of a customer's catalogue by GET and POST, trailing slashes, and HEAD where a route has it."""

import httpx
import pytest

from copartner.api import registry
from copartner.api.call import Call, Reply
from copartner.api.partner_center import errors
from copartner.api.registry import Route
from copartner.app import compose
from support.web import OneToken, Web, client, dry_runtime


async def test_a_customers_lists_are_the_same_by_both_verbs(site: Web) -> None:
    root = f"{site.customer('alpenblick')}/products"
    product, sku, _ = (await site.here.item("Office 365 Enterprise")).split(":")
    for path in (
        f"{root}?targetView=OnlineServices",
        f"{root}/{product}/skus",
        f"{root}/{product}/skus/{sku}/availabilities",
    ):
        get = await site.call("sa@nordlicht", "GET", path)
        bodies = [None, {}, {"TargetView": None}]
        posts = [await site.call("sa@nordlicht", "POST", path, body) for body in bodies]
        assert get.status_code == 200, get.text
        assert get.json()["totalCount"] == len(get.json()["items"]) > 0
        assert [(one.status_code, one.json()) for one in posts] == [(200, get.json())] * len(bodies), path


@pytest.mark.parametrize("slash", ["/", "//"])
async def test_a_trailing_slash_is_no_harm(site: Web, slash: str) -> None:
    path = site.customer("alpenblick")
    whole = await site.get("ga@nordlicht", path)
    answer = await site.call("ga@nordlicht", "PATCH", f"{path}{slash}", whole)
    assert (answer.status_code, answer.json()) == (200, whole)
    assert (await site.get("ga@nordlicht", f"{path}{slash}")) == whole
    assert (await site.get("ga@nordlicht", f"/v1/customers{slash}?size=1"))["items"]


async def _known(call: Call) -> Reply:
    return Reply(200 if call.text("domain") == "taken.example" else 404)


@pytest.fixture
def heads() -> httpx.AsyncClient:
    """An application with one HEAD operation, as the contract has for domains."""
    route = Route(("HEAD",), "/v1/domains/{domain}", _known, "domains.see", "Whether a domain is taken.")
    runtime, contract = dry_runtime(), errors.Contract()
    return client(compose(registry.endpoints([route], contract, runtime, OneToken()), runtime, contract.finish))


async def test_head_is_served_where_a_route_has_it(heads: httpx.AsyncClient) -> None:
    async with heads as http:
        user = {"Authorization": "Bearer user"}
        taken = await http.head("/v1/domains/taken.example", headers=user)
        free = await http.head("/v1/Domains/free.example/", headers=user)
        assert (taken.status_code, free.status_code, taken.content) == (200, 404, b"")
        assert taken.headers["ms-requestid"]
        assert (await http.head("/v1/domains/taken.example")).status_code == 401


async def test_head_elsewhere_is_refused_like_any_other_verb(site: Web) -> None:
    assert (await site.http.head("/v1/customers")).status_code == 405
