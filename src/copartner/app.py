"""The HTTP application that `copartner serve` and the emulator run."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import cache
from typing import Any

import structlog
from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, ControllerRouterHandler, HTTPScope

from copartner.api import health, limiting, openapi, registry
from copartner.api.addresses import Address, Addresses, Endpoint
from copartner.api.call import Reply, encode
from copartner.api.caller import Identifiers, Tokens, identified
from copartner.api.graph import resources as graph
from copartner.api.graph.errors import Graph, headers_of, spoken_at
from copartner.api.outer import Outer
from copartner.api.partner_center import errors, resources, telling
from copartner.api.partner_center.operations import operations
from copartner.api.programme import resources as programme_resources
from copartner.command.runtime import Runtime

Finish = Callable[[Reply], Reply]
Lost = Callable[[HTTPScope], Response[bytes] | None]
_log = structlog.get_logger("copartner.http")


def build(
    runtime: Runtime,
    tokens: Tokens,
    *,
    extra_routes: Sequence[ControllerRouterHandler] = (),
    closing: Sequence[Callable[[], Awaitable[None]]] = (),
    bom: bool = False,
    rate_limit: int = 0,
    access_log: bool = True,
    lost: Lost | None = None,
) -> Outer:
    """The application with every served route; `extra_routes` are those of sign-in, portal and emulator.

    Its shutdown calls `closing` and closes the pool. `bom` puts a byte order mark before the contract's bodies.
    `rate_limit` is how many requests a minute one tenant has for each limited resource; 0 is without end.
    `lost` makes the page that a browser is shown where nothing is.
    """
    contract, own = errors.Contract(bom=bom), errors.Contract()
    routes: Sequence[registry.Route] = resources.ROUTES
    if rate_limit:
        routes = limiting.limited(routes, limiting.Limiter(rate_limit, runtime.machine_clock))
    endpoints = [
        *registry.endpoints(routes, contract, runtime, tokens),
        *registry.endpoints(programme_resources.ROUTES, own, runtime, tokens),
        *registry.endpoints(graph.ROUTES, Graph(runtime.programme_clock), runtime, tokens),
    ]
    handlers = [*health.handlers(runtime), _document(_encoded_document()), *extra_routes]
    return compose(
        endpoints, runtime, contract.finish, handlers=handlers, closing=closing, access_log=access_log, lost=lost
    )


def compose(
    endpoints: Sequence[Endpoint],
    runtime: Runtime,
    finish: Finish,
    *,
    handlers: Sequence[ControllerRouterHandler] = (),
    closing: Sequence[Callable[[], Awaitable[None]]] = (),
    access_log: bool = True,
    lost: Lost | None = None,
) -> Outer:
    """These endpoints and Litestar's handlers in the outer layer, with the contract's answers where nothing is served.

    `finish` is the last touch to the answers that come from neither.
    """

    def outside_a_route(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
        return _response(request, finish(_outside_a_route(request, error)))

    def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        return _response(request, finish(_unexpected(request, error)))

    litestar = Litestar(
        handlers,
        openapi_config=None,
        logging_config=None,
        request_max_body_size=registry.LARGEST_BODY,
        exception_handlers={HTTPException: outside_a_route, Exception: unexpected},
        on_shutdown=[*closing, runtime.pool.close],
    )
    addresses = known_addresses()
    for endpoint in (*endpoints, *_of_litestar(litestar)):
        addresses.serve(endpoint)
    return Outer(
        litestar,
        addresses,
        runtime.ids,
        outside=Outside(Graph(runtime.programme_clock), finish, lost),
        access_log=access_log,
    )


def _of_litestar(litestar: Litestar) -> Iterator[Endpoint]:
    """Every route that came as a handler; Litestar itself gives it what its signature asks for."""
    for route in litestar.routes:
        if isinstance(route, HTTPRoute):
            yield Endpoint(route.methods, route.path_format, litestar)


def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the contract and of the programme's own addresses."""
    routes = [*resources.ROUTES, *programme_resources.ROUTES, *graph.ROUTES]
    return openapi.document(routes, telling.ErrorBody, errors.RateBody, health.PATHS)


@cache
def _encoded_document() -> bytes:
    """The document as it is served; what it is made of is fixed, and its making takes a quarter of a second."""
    return encode(openapi_document())


def known_addresses() -> Addresses:
    """The tree of every address of the contract; nothing in it is served yet."""
    addresses = Addresses()
    for operation in operations():
        for path in operation.paths:
            addresses.know(operation.method, path, operation.name)
    return addresses


class Outside:
    """Where no endpoint speaks: Graph's words below its versions, a page for a lost browser, else the contract's."""

    def __init__(self, graph: Graph, finish: Finish, lost: Lost | None) -> None:
        self._graph = graph
        self._finish = finish
        self._lost = lost

    def headers(self, path: str, known: Identifiers) -> list[tuple[bytes, bytes]]:
        """Further headers of every answer at an address."""
        return headers_of(known) if spoken_at(path) else []

    def unserved(self, scope: HTTPScope, path: str, place: Address | None) -> Reply:
        """The answer where nothing serves this method."""
        if spoken_at(path):
            return self._graph.unserved(scope["method"], path, place, identified(scope))
        if place is None and scope["method"] == "GET" and self._lost and (page := self._lost(scope)):
            headers = {name.lower(): value for name, value in page.headers.items()}
            return Reply(page.status_code or 404, page.content, headers | {"content-type": "text/html; charset=utf-8"})
        return self._finish(unserved(scope["method"], path, place))

    def unexpected(self, scope: HTTPScope, error: Exception) -> Reply:
        """The answer to what nobody caught."""
        if spoken_at(scope["path"]):
            return self._graph.unexpected(error, identified(scope))
        return self._finish(errors.unexpected(identified(scope).correlation_id))

    def unreadable(self, scope: HTTPScope) -> Reply:
        """The answer to an address that no client should send."""
        if spoken_at(scope["path"]):
            return self._graph.unreadable(identified(scope))
        return self._finish(errors.say(errors.MALFORMED, "The address holds a NUL character; leave it out."))


def unserved(method: str, path: str, place: Address | None) -> Reply:
    """The answer where nothing serves this method: what the contract knows is named."""
    if place is not None and method in place.known:
        return errors.say(errors.UNSERVED, f"This operation is not served here: {place.known[method]}.")
    if place is None or not place.served:
        return errors.say(errors.NOT_FOUND, f"There is nothing at {path[:200]}.")
    allow = {"allow": ", ".join(sorted({*place.served, "OPTIONS"}))}
    if method == "OPTIONS":
        return Reply(204, headers=allow)
    return errors.say(errors.WRONG_METHOD, f"{method} is not served at this address.", headers=allow)


def _document(body: bytes) -> HTTPRouteHandler:
    async def answer() -> ASGIApp:
        return Reply(200, body)

    return HTTPRouteHandler("/openapi.json", http_method="GET", status_code=200, include_in_schema=False)(answer)


def _response(request: Request[Any, Any, Any], reply: Reply) -> Response[bytes]:
    said = telling.in_language_of(request.scope, reply)
    return Response(
        said.body, status_code=said.status, media_type="application/json; charset=utf-8", headers=said.headers
    )


def _outside_a_route(request: Request[Any, Any, Any], error: HTTPException) -> Reply:
    """What Litestar refuses by itself, in the contract's shape."""
    if error.status_code == 404:
        reply = errors.say(errors.NOT_FOUND, f"There is nothing at {request.scope['path'][:200]}.")
    elif error.status_code == 413:
        reply = errors.say(errors.MALFORMED, registry.TOO_LARGE)
    elif error.status_code >= 500:
        return _unexpected(request, error)
    else:
        reply = errors.say(errors.MALFORMED, "The request cannot be read; send it as the OpenAPI document says.")
    return reply


def _unexpected(request: Request[Any, Any, Any], error: Exception) -> Reply:
    correlation_id = identified(request.scope).correlation_id
    _log.error("unexpected", correlation_id=correlation_id, path=request.scope["path"], exc_info=error)
    return errors.unexpected(correlation_id)
