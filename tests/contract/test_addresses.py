"""Every address of the contract, served or not, and every one that is not in it."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from copartner.api.addresses import Addresses, Endpoint, TwiceServedError
from copartner.api.graph.resources import ROUTES as GRAPH_ROUTES
from copartner.api.partner_center.operations import Operation, operations
from copartner.api.partner_center.resources import ROUTES
from support.web import dry_client


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with dry_client() as made:
        yield made


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "8a7c1b1e-0000-7000-8000-00000000000a", path)


def served(operation: Operation) -> bool:
    shapes = {
        (method, re.sub(r"\{[^}]*\}", "{}", route.path))
        for route in (*ROUTES, *GRAPH_ROUTES)
        for method in route.methods
    }
    return any((operation.method, re.sub(r"\{[^}]*\}", "{}", path)) in shapes for path in operation.paths)


UNSERVED = [row for row in operations() if row.area != "auth/token" and not served(row)]


def test_nothing_of_the_main_job_is_unserved() -> None:
    assert [row.name for row in UNSERVED if row.main_job] == []


@pytest.mark.parametrize("operation", UNSERVED, ids=lambda row: f"{row.method} {row.template}")
async def test_what_is_not_served_says_so_by_name(operation: Operation, http: httpx.AsyncClient) -> None:
    for path in operation.paths:
        answer = await http.request(operation.method, filled(path))
        assert answer.status_code == 501
        if operation.method != "HEAD":
            body = answer.json()
            assert body["code"] == "0"
            assert operation.name in body["description"]
            assert body.keys() == {"code", "description", "data", "source"}


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/v1/nothing", "/v2/customers", "/v1/customers/x/y/z", "/%2e%2e/x"]
)
async def test_unknown_addresses(path: str, http: httpx.AsyncClient) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "1000")


async def test_another_method(http: httpx.AsyncClient) -> None:
    answer = await http.put("/health/live")
    assert (answer.status_code, answer.json()["code"]) == (405, "0")
    assert "GET" in answer.headers["allow"]


async def test_options_tell_the_methods(http: httpx.AsyncClient) -> None:
    for path in ("/v1/customers/8a7c1b1e-0000-7000-8000-00000000000a/subscriptions", "/health/live"):
        answer = await http.options(path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert {"GET", "OPTIONS"} <= {*answer.headers["allow"].split(", ")}


def test_no_address_is_served_twice() -> None:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        raise NotImplementedError

    addresses = Addresses()
    addresses.serve(Endpoint(("GET", "PUT"), "/v1/things/{thing}", app))
    addresses.serve(Endpoint(("POST",), "/v1/things/{other}", app))
    with pytest.raises(TwiceServedError, match=r"PUT /v1/things/\{one\}"):
        addresses.serve(Endpoint(("PUT",), "/v1/things/{one}", app))


async def test_a_nul_in_the_address_is_refused(http: httpx.AsyncClient) -> None:
    for path in ("/v1/customers/%00", "/v1/products?country=%00"):
        answer = await http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, "3000")


async def test_health(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health/live")).json() == {"status": "live"}
    answer = await http.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})
