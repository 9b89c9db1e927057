"""Graph's way to refuse: its body whole, its headers, and when to come again."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from copartner.api import registry
from copartner.api.call import Call
from copartner.api.graph.errors import Graph, GraphErrorBody, spoken_at
from copartner.api.limiting import RateExceeded
from copartner.api.registry import Route
from copartner.app import compose
from copartner.kernel.errors import Busy
from support.granular import GRAPH
from support.web import OneToken, Web, client, dry_client, dry_runtime

USER = {"Authorization": "Bearer user"}


def told(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error, after its shape and identifiers were looked at."""
    error: dict[str, Any] = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code), answer.text
    assert error.keys() == {"code", "message", "innerError"}
    inner = error["innerError"]
    assert inner.keys() - {"decision"} == {"date", "request-id", "client-request-id"}
    assert datetime.fromisoformat(inner["date"]).tzinfo is not None
    assert answer.headers["request-id"] == inner["request-id"]
    assert answer.headers["client-request-id"] == inner["client-request-id"]
    return error


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """An application whose database is nowhere."""
    async with dry_client() as made:
        yield made


async def test_identifiers_are_ours_and_the_clients(http: httpx.AsyncClient) -> None:
    given = await http.get(GRAPH, headers={"client-request-id": "c-1"})
    inner = told(given, 401, "InvalidAuthenticationToken")["innerError"]
    assert inner["client-request-id"] == "c-1"
    assert inner["request-id"] != "c-1"
    assert given.headers["www-authenticate"].startswith("Bearer")
    absent = told(await http.get(GRAPH), 401, "InvalidAuthenticationToken")["innerError"]
    assert absent["client-request-id"] == absent["request-id"] != inner["request-id"]


async def test_an_answer_has_the_identifiers_too(site: Web) -> None:
    answer = await site.call("aa@nordlicht", "GET", GRAPH, headers={"client-request-id": "c-2"})
    assert answer.status_code == 200
    assert answer.headers["client-request-id"] == "c-2"
    assert answer.headers["request-id"]


async def test_a_denial_names_its_decision(site: Web) -> None:
    answer = await site.call("sa@nordlicht", "GET", GRAPH)
    error = told(answer, 403, "accessDenied")
    assert error["innerError"]["decision"] == answer.headers["copartner-decision-id"]


@pytest.mark.parametrize("path", ["/v1.0", "/beta/", "/v1.0/nothing", "/beta/users/x/y", "/V1.0//Nothing", "/v1.0/$x"])
async def test_unknown_addresses(path: str, http: httpx.AsyncClient) -> None:
    for method in ("GET", "POST", "DELETE"):
        told(await http.request(method, f"http://copartner.test{path}"), 404, "notFound")


async def test_another_method_and_what_there_is(http: httpx.AsyncClient) -> None:
    answer = await http.put(GRAPH)
    told(answer, 405, "notAllowed")
    assert answer.headers["allow"] == "GET, OPTIONS, POST"
    answer = await http.options(GRAPH)
    assert (answer.status_code, answer.content) == (204, b"")


async def test_an_unreadable_address(http: httpx.AsyncClient) -> None:
    told(await http.get("/v1.0/%00"), 400, "badRequest")
    assert (await http.get("/v1/%00")).json()["code"] == "3000"


async def test_without_a_database_it_says_when_to_come_again(http: httpx.AsyncClient) -> None:
    answer = await http.get(GRAPH, headers=USER)
    told(answer, 503, "serviceNotAvailable")
    assert int(answer.headers["retry-after"]) >= 1


async def _often(_call: Call) -> None:
    raise RateExceeded(7)


async def _busy(_call: Call) -> None:
    raise Busy("Others are changing the same things; send the request again.")


async def _broken(_call: Call) -> None:
    raise RuntimeError("the secret is 42")


@pytest.mark.parametrize(
    ("name", "status", "code", "after"),
    [
        ("often", 429, "tooManyRequests", "7"),
        ("busy", 503, "serviceNotAvailable", "1"),
        ("broken", 500, "generalException", None),
    ],
)
async def test_what_a_client_tries_again(name: str, status: int, code: str, after: str | None) -> None:
    handlers = {"often": _often, "busy": _busy, "broken": _broken}
    routes = [Route(("GET",), f"/v1.0/{name}", handlers[name], name, "Fails.", error=GraphErrorBody)]
    runtime = dry_runtime()
    endpoints = registry.endpoints(routes, Graph(runtime.programme_clock), runtime, OneToken())
    async with client(compose(endpoints, runtime, lambda reply: reply, access_log=False)) as http:
        answer = await http.get(f"/v1.0/{name}", headers=USER)
    told(answer, status, code)
    assert answer.headers.get("retry-after") == after
    assert "secret" not in answer.text


def test_where_graph_is_spoken() -> None:
    assert [path for path in ("/v1.0", "/beta/x", "//V1.0/x", "/v1/x", "/v1.0x", "/", "") if spoken_at(path)] == [
        "/v1.0", "/beta/x", "//V1.0/x",
    ]  # fmt: skip
