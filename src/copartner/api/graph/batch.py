"""Several requests in one: each is put to the whole application and answered for itself.

Source: json-batching, 2025-02-21. Requests run one at a time, in their order but after those they depend on.
"""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from copartner.api import within
from copartner.api.call import Call
from copartner.api.caller import identified
from copartner.api.decoding import Malformed, or_none
from copartner.api.graph.errors import Graph, GraphErrorBody
from copartner.api.graph.options import root
from copartner.api.registry import Query, Route

MOST = 20
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_UNTOLD = frozenset({"content-length", "www-authenticate"})


class OneRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """One request; `url` is below the version of the batch. A published client spells dependsOn with an underscore."""

    id: str
    method: str
    url: str
    headers: dict[str, str] | UnsetType = UNSET
    body: Any = UNSET
    depends_on: tuple[str, ...] | UnsetType = UNSET
    depends_on_underscored: tuple[str, ...] | UnsetType = field(default=UNSET, name="depends_on")

    @property
    def after(self) -> tuple[str, ...]:
        """The ids, in lower case, of what has to succeed before it."""
        return tuple(one.lower() for one in or_none(self.depends_on) or or_none(self.depends_on_underscored) or ())


class BatchRequest(Struct, frozen=True, rename="camel"):
    """At most 20 requests."""

    requests: tuple[OneRequest, ...]


class OneResponse(Struct, frozen=True, kw_only=True):
    """The answer to one request."""

    id: str
    status: int
    headers: dict[str, str]
    body: msgspec.Raw | UnsetType = UNSET


class BatchBody(Struct, frozen=True):
    """The answers in the order of the requests."""

    responses: tuple[OneResponse, ...]


async def _batch(call: Call) -> BatchBody:
    if within.is_inside(call.scope):
        raise Malformed("$batch: a batch takes no other batch; send its requests in one.", "$batch")
    asked = {one.id.lower(): one for one in _checked(call)}
    answers: dict[str, OneResponse] = {}
    for key in _in_order(asked):
        one = asked[key]
        failed = [asked[before].id for before in one.after if answers[before].status >= 400]
        answers[key] = _not_tried(call, one, failed) if failed else await _answered(call, one)
    return BatchBody(tuple(answers[key] for key in asked))


def _checked(call: Call) -> tuple[OneRequest, ...]:
    """The requests, each of which can be tried; raises Malformed."""
    requests = call.decode(BatchRequest).requests
    if not 1 <= len(requests) <= MOST:
        raise Malformed(f"requests: send 1 to {MOST} requests in a batch.", "requests")
    ids = [one.id.lower() for one in requests]
    for place, one in enumerate(requests):
        where = f"requests[{place}]"
        if not one.id or ids.count(one.id.lower()) > 1:
            raise Malformed(f"{where}.id: each request needs an id of its own, whatever its casing.", "id")
        if one.method.upper() not in _METHODS:
            raise Malformed(f"{where}.method: send one of {', '.join(_METHODS)}.", "method")
        unknown = [before for before in one.after if before not in ids]
        if unknown:
            raise Malformed(f"{where}.dependsOn: no request of the batch has the id {unknown[0][:60]!r}.", "dependsOn")
        headers = _headers(one)
        if "authorization" in headers:
            raise Malformed(f"{where}.headers: the batch's own token holds for each request; leave it out.", "headers")
        if not all(part.isascii() and part.isprintable() for pair in headers.items() for part in pair):
            raise Malformed(f"{where}.headers: send visible ASCII characters.", "headers")
        if one.body is not UNSET and "json" not in headers.get("content-type", "").lower():
            raise Malformed(f"{where}.headers: a body needs Content-Type application/json beside it.", "headers")
    return requests


def _in_order(asked: Mapping[str, OneRequest]) -> list[str]:
    """The ids, each after those it depends on, else as they were sent; raises Malformed for a circle."""
    done: list[str] = []
    while len(done) < len(asked):
        ready = [key for key in asked if key not in done and all(before in done for before in asked[key].after)]
        if not ready:
            stuck = next(asked[key].id for key in asked if key not in done)
            raise Malformed(f"dependsOn: the request {stuck[:60]!r} waits for itself; break the circle.", "dependsOn")
        done.append(ready[0])
    return done


def _headers(one: OneRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in (or_none(one.headers) or {}).items()}


async def _answered(call: Call, one: OneRequest) -> OneResponse:
    """What the application answers to the batch's token; of identifiers and language, what it does not bring."""
    known, own = identified(call.scope), _headers(one)
    headers = {"accept-language": known.language, **own, "authorization": call.header(b"authorization") or ""}
    if not {"ms-correlationid", "client-request-id"} & own.keys():
        headers["client-request-id"] = known.correlation_id
    if known.request_given and "ms-requestid" not in own:
        headers["ms-requestid"] = str(uuid5(NAMESPACE_URL, f"{known.request_id}\n{one.id.lower()}"))
    body = b"" if one.body is UNSET else msgspec.json.encode(one.body)
    answer = await within.ask(call.scope, one.method.upper(), _target(call, one), headers, body)
    return _response(one, answer.status, answer.headers, answer.body)


def _target(call: Call, one: OneRequest) -> str:
    """The address below the batch's version; its own absolute address is taken too, as published clients send it."""
    version = call.path.strip("/").partition("/")[0]
    below = one.url.removeprefix(root(call)).partition("#")[0]
    return f"/{version}/{below.lstrip('/')}"


def _not_tried(call: Call, one: OneRequest, failed: list[str]) -> OneResponse:
    text = f"The request was not tried, since {', '.join(failed)} failed, on which it depends."
    reply = Graph(call.ctx.runtime.programme_clock).say(424, "failedDependency", text, identified(call.scope))
    return _response(one, reply.status, {"content-type": "application/json; charset=utf-8"}, reply.body)


def _response(one: OneRequest, status: int, headers: Mapping[str, str], body: bytes) -> OneResponse:
    told = {name.title(): value for name, value in headers.items() if name not in _UNTOLD}
    return OneResponse(id=one.id, status=status, headers=told, body=msgspec.Raw(body) if body else UNSET)


_IDENTIFIED = (Query("client-request-id", "Comes back in the answer and stands in the log."),)


def routes(version: str, prefix: str) -> tuple[Route, ...]:
    """The routes below one version of the contract; their names begin with `prefix`."""
    return (
        Route(("POST",), f"/{version}/$batch", _batch, f"{prefix}.batch", "Several requests in one.", BatchBody,
              BatchRequest, headers=_IDENTIFIED, error=GraphErrorBody),
    )  # fmt: skip
