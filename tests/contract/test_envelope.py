"""What every answer has, whatever was asked: headers, shapes of refusals, the last net."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
import structlog

from copartner.api import registry
from copartner.api.addresses import Addresses, Endpoint
from copartner.api.call import Call
from copartner.api.graph.errors import Graph
from copartner.api.outer import Outer
from copartner.api.partner_center import errors
from copartner.api.partner_center.wire import tag, wanted_version
from copartner.api.registry import LARGEST_BODY, Route
from copartner.app import Outside, compose
from support.web import OneToken, client, dry_client, dry_runtime


class Echo(msgspec.Struct, rename="camel"):
    """A body to send back."""

    friendly_name: str


async def _echo(call: Call) -> Echo:
    return call.decode(Echo)


async def _seen(call: Call) -> dict[str, Any]:
    key = call.ctx.request
    return {
        "locale": call.ctx.locale,
        "key": [key.method, key.path, key.request_id, key.body_digest.hex()] if key else None,
        "customer": str(call.id("customer")),
        "version": wanted_version(call),
    }


async def _breaks(_call: Call) -> None:
    raise RuntimeError("the secret is 42")


ROUTES = (
    Route(("PUT", "POST"), "/v1/echoes/{customer}", _echo, "echoes.make", "Echo.", Echo, Echo, 201, user_only=True),
    Route(("GET",), "/v1/echoes/{customer}", _seen, "echoes.see", "See.", dict[str, Any]),
    Route(("POST",), "/v1/echoes/{customer}/Seen", _seen, "echoes.post", "See.", dict[str, Any]),
    Route(("GET",), "/v1/breaks", _breaks, "breaks.read", "Breaks."),
)
HERE = "/v1/echoes/8a7c1b1e-0000-7000-8000-00000000000a"
USER = {"Authorization": "Bearer user"}


def _app(*, bom: bool = False) -> Outer:
    runtime = dry_runtime()
    contract = errors.Contract(bom=bom)
    return compose(registry.endpoints(ROUTES, contract, runtime, OneToken()), runtime, contract.finish)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client(_app()) as made:
        yield made


async def test_identifiers_come_back(http: httpx.AsyncClient) -> None:
    sent = {"MS-RequestId": "r-1", "MS-CorrelationId": "c-1", **USER}
    answer = await http.get(HERE, headers=sent)
    assert answer.status_code == 200
    assert (answer.headers["ms-requestid"], answer.headers["ms-correlationid"]) == ("r-1", "c-1")
    assert answer.headers["ms-cv"]
    assert answer.headers["ms-serverid"]


async def test_identifiers_are_made_when_absent(http: httpx.AsyncClient) -> None:
    first, second = [await http.get(path) for path in (HERE, "/nowhere")]
    assert re.fullmatch(r"[0-9a-f-]{36}", first.headers["ms-requestid"])
    assert first.headers["ms-requestid"] != second.headers["ms-requestid"]
    assert second.headers["ms-correlationid"]


async def test_doubled_slashes_and_casing_are_folded(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        f"http://copartner.test//V1//ECHOES/{HERE.rpartition('/')[2]}/seen//", headers={"MS-RequestId": "r", **USER}
    )
    assert answer.status_code == 200
    method, path, request_id, digest = answer.json()["key"]
    assert (method, path, request_id) == ("POST", f"{HERE}/Seen", "r")
    assert digest.startswith("e3b0c442")


async def test_only_a_post_with_an_identifier_is_known_again(http: httpx.AsyncClient) -> None:
    assert (await http.get(HERE, headers={"MS-RequestId": "r", **USER})).json()["key"] is None
    assert (await http.post(f"{HERE}/Seen", headers=USER)).json()["key"] is None
    answer = await http.post(f"{HERE}/Seen", headers={"MS-RequestId": "r" * 200, **USER})
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (400, "3000", ["MS-RequestId"])


@pytest.mark.parametrize(
    ("header", "locale"), [("de-AT", "de-AT"), ("en", "en"), ("../../etc", "en"), ("", "en"), ("x" * 500, "en")]
)
async def test_locale(header: str, locale: str, http: httpx.AsyncClient) -> None:
    assert (await http.get(HERE, headers={"X-Locale": header, **USER})).json()["locale"] == locale


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic eA==", "Bearer forged", "Bearer \u00ff", "user"]
)
async def test_no_valid_token(header: str | None, http: httpx.AsyncClient) -> None:
    sent = [] if header is None else [(b"Authorization", header.encode("latin-1"))]
    answer = await http.get(HERE, headers=sent)
    assert (answer.status_code, answer.json()["code"]) == (401, "400")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_an_application_is_refused_where_a_user_is_needed(http: httpx.AsyncClient) -> None:
    answer = await http.put(HERE, headers={"Authorization": "Bearer app"}, content=b"{")
    assert (answer.status_code, answer.json()["code"]) == (403, "900329")


async def test_status_and_body_of_a_declared_route(http: httpx.AsyncClient) -> None:
    answer = await http.put(HERE, headers=USER, content=b'{"FRIENDLYNAME": "\xc3\xa4"}')
    assert (answer.status_code, answer.json()) == (201, {"friendlyName": "\u00e4"})
    assert answer.headers["content-type"].startswith("application/json")


async def test_a_malformed_identifier_is_named(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/echoes/x", headers=USER)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (400, "3000", ["customer"])


async def test_entity_tags(http: httpx.AsyncClient) -> None:
    for sent, version in ((tag(7), 7), (f'"{tag(7)}"', 7), (f'W/"{tag(7)}"', 7), ("*", None)):
        assert (await http.get(HERE, headers={"If-Match": sent, **USER})).json()["version"] == version
    for sent in ("x", "dg==", "\u00e4", tag(7)[:-2] + "!!"):
        answer = await http.get(
            HERE, headers=[(b"If-Match", sent.encode("latin-1")), (b"Authorization", b"Bearer user")]
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "2055")


async def test_the_unexpected_is_told_by_its_correlation_id_alone(http: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as logs:
        answer = await http.get("/v1/breaks", headers={"MS-CorrelationId": "c-9", **USER})
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (500, "800003", ["c-9"])
    assert "42" not in answer.text
    assert {line["event"]: line["correlation_id"] for line in logs} == {"unexpected": "c-9", "request": "c-9"}
    assert "Bearer" not in repr(logs)


async def test_the_last_net_holds_what_an_endpoint_lets_through() -> None:
    async def broken(_scope: Any, _receive: Any, _send: Any) -> None:
        raise RuntimeError

    addresses = Addresses()
    addresses.serve(Endpoint(("GET",), "/", broken))
    runtime = dry_runtime()
    net = Outer(
        broken,
        addresses,
        runtime.ids,
        outside=Outside(Graph(runtime.programme_clock), lambda reply: reply),
    )
    async with client(net) as http:
        answer = await http.get("/")
    assert (answer.status_code, answer.json()["code"]) == (500, "800003")
    assert answer.headers["ms-requestid"]


async def test_a_byte_order_mark_where_it_is_set() -> None:
    async with client(_app(bom=True)) as http:
        answers = [await http.get(HERE), await http.get(HERE, headers=USER)]
        answers += [await http.get(path) for path in ("/v1/nothing", "/v1/invoices", "/v1/%00")]
    for answer in answers:
        assert answer.content.startswith(b"\xef\xbb\xbf{")
        assert int(answer.headers["content-length"]) == len(answer.content)


async def test_the_openapi_document_is_served() -> None:
    async with dry_client() as http:
        document = (await http.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    assert document["components"]["schemas"]["ErrorBody"]["required"] == ["code", "description", "data", "source"]


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
async def test_a_body_too_large_is_refused(declared: bool, http: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 1000 + 1):
            yield b" " * 1000

    content = b" " * (LARGEST_BODY + 1) if declared else chunks()
    answer = await http.put(HERE, headers=USER, content=content)
    assert (answer.status_code, answer.json()["code"]) == (400, "3000")
    assert str(LARGEST_BODY) in answer.json()["description"]
