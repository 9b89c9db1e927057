"""Whatever is sent to whatever is served gets the contract's error, never a 500: generated for every route."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from copartner.api.graph.resources import ROUTES as GRAPH_ROUTES
from copartner.api.partner_center.resources import ROUTES
from copartner.api.programme.resources import ROUTES as OWN_ROUTES
from copartner.api.registry import Route
from copartner.policy.facts import Side
from support.conforming import document, hold
from support.postgres import Database
from support.programme import programme
from support.web import Web, web

UNKNOWN = "01a20000-0000-7000-8000-000000000001"
IDS = (UNKNOWN, UNKNOWN.upper(), "x", "%27%22", "..%2f", "0" * 5000, "00000000-0000-0000-0000-000000000000", "%C3%A4")
WRONG: tuple[Any, ...] = (
    *(None, True, 1, -1, 0, 2**31, 2**63, 10**40, 1e308, 0.5, "", " ", "x", "\u0000", "\ud800", "ä" * 3000),
    *([], {}, [[]], [None], [{}], {"a": 1}, "9999-12-31T23:59:59+14:00", "0001-01-01", UNKNOWN),
)
RAW = (b"", b" ", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe\x00", b"[" * 5000, b'{"a":' * 5000, b"{}", b"{}{}")
QUERY = ("", "x", "0", "-1", "99999999999999999999", "\u00e4", "%", "{}", "[]", "null", "'", "2020-02-30", "9999-12-31")
# Both of Graph's versions have the same handlers.
GRAPH = tuple(route for route in GRAPH_ROUTES if route.path.startswith("/v1.0/"))
ALL = [(method, route) for route in (*ROUTES, *OWN_ROUTES, *GRAPH) for method in route.methods]
WHO = {Side.PARTNER: "aa@nordlicht", Side.CUSTOMER: "ga@alpenblick", None: "ga@alpenblick"}


@pytest.fixture(scope="module")
async def site(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    """One world for all of them; nothing here is meant to succeed."""
    place: Path = tmp_path_factory.mktemp("world")
    async with programme(module_database, place) as here:
        for partner in ("nordlicht", "wolkenwerk", "suedwind"):
            await here.relate(partner, "alpenblick")
        async with web(here) as made:
            yield made


def sample(schema: dict[str, Any], components: dict[str, Any], depth: int = 0) -> Any:
    """Something the schema allows."""
    if "$ref" in schema:
        return sample(components[schema["$ref"].rpartition("/")[2]], components, depth)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], components, depth)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object" if depth < 5:
            return {name: sample(part, components, depth + 1) for name, part in schema.get("properties", {}).items()}
        case "array" if depth < 5:
            return [sample(schema.get("items") or schema.get("prefixItems", [{}])[0], components, depth + 1)]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case "string":
            return UNKNOWN if schema.get("format") == "uuid" else "x"
        case kind:
            return [] if kind == "array" else {}


def spoiled(value: Any) -> Iterator[Any]:
    """The value with each of its parts in turn replaced by something wrong, or gone."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            for wrong in WRONG:
                yield {**value, name: wrong}
            for below in spoiled(part):
                yield {**value, name: below}
    elif isinstance(value, list) and value:
        for below in spoiled(value[0]):
            yield [below]


def filled(path: str, value: str, customer: str) -> str:
    path = path.replace("{customer}", customer)
    return re.sub(r"\{[^}]*\}", value, path)


def body_of(method: str, route: Route) -> Any:
    described = document()["paths"][route.path][method.lower()].get("requestBody")
    if described is None:
        return None
    return sample(described["content"]["application/json"]["schema"], document()["components"]["schemas"])


async def send(site: Web, method: str, route: Route, path: str, content: bytes = b"", **headers: str) -> None:
    who = "ga@wolkenstadt" if route.side is Side.OPERATOR else WHO[route.side]
    sent = {"Authorization": f"Bearer {who}", **headers}
    answer = hold(await site.http.request(method, path, content=content, headers=sent))
    assert answer.status_code < 500, f"{method} {path} {content[:300]!r}: {answer.text}"


@pytest.mark.parametrize(("method", "route"), ALL, ids=lambda part: getattr(part, "name", part))
async def test_addresses(method: str, route: Route, site: Web) -> None:
    customer = str(site.here.id("alpenblick"))
    content = json.dumps(body_of(method, route)).encode()
    for value in IDS:
        for whose in (customer, value, str(site.here.id("fjord"))):
            await send(site, method, route, filled(route.path, value, whose), content)


@pytest.mark.parametrize(("method", "route"), ALL, ids=lambda part: getattr(part, "name", part))
async def test_queries_and_headers(method: str, route: Route, site: Web) -> None:
    path = filled(route.path, UNKNOWN, str(site.here.id("alpenblick")))
    content = json.dumps(body_of(method, route)).encode()
    names = {*(query.name for query in route.query), "size", "filter", "order_id"}
    for value in QUERY:
        for name in names:
            await send(site, method, route, f"{path}?{name}={value}", content)
    await send(site, method, route, f"{path}?{'a=b&' * 100}", content)
    for name in ("If-Match", "MS-ContinuationToken", "X-Locale", "MS-RequestId", "MS-CorrelationId", "Content-Type"):
        for value in ("", "x", "*", "W/", "=" * 3000, "AAAA", "application/xml"):
            await send(site, method, route, path, content, **{name: value})


@pytest.mark.parametrize(
    ("method", "route"), [one for one in ALL if one[0] != "GET"], ids=lambda part: getattr(part, "name", part)
)
async def test_bodies(method: str, route: Route, site: Web) -> None:
    path = filled(route.path, UNKNOWN, str(site.here.id("alpenblick")))
    for content in RAW:
        await send(site, method, route, path, content)
    for number, body in enumerate(spoiled(body_of(method, route))):
        # The same identifiers come again with other bodies.
        await send(site, method, route, path, json.dumps(body).encode(), **{"MS-RequestId": f"r-{number % 7}"})
