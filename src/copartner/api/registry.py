"""Declared routes: from one declaration come the router's handler and the entry in the OpenAPI document."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, HTTPScope, Method

from copartner.api.call import Call, Reply
from copartner.api.caller import Tokens, context, identified
from copartner.command.runtime import Runtime
from copartner.kernel.errors import Refusal
from copartner.policy.facts import Side

_log = structlog.get_logger("copartner.http")
Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Query:
    """A query parameter for the OpenAPI document; `type` is str, int or bool."""

    name: str
    description: str
    type: type = str


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: where it is, what it takes and gives, who may call it with which token.

    `handler` takes a Call and gives a Reply or a value of `response`, which is sent with `status`. `response` None is
    an empty body. `side` None is the side a tenant reads its own records on. Several methods in one declaration are
    the same operation.
    """

    methods: tuple[Method, ...]
    path: str
    handler: Handler
    name: str
    summary: str
    response: Any = None
    request: Any = None
    status: int = 200
    user_only: bool = False
    side: Side | None = Side.PARTNER
    query: tuple[Query, ...] = ()
    headers: tuple[Query, ...] = ()


class Dialect(Protocol):
    """How one family of addresses says that something went wrong, and finishes its bodies."""

    def refuse(self, error: Refusal, call: Call | None) -> Reply:
        """The answer to a request that cannot be done."""
        ...

    def unexpected(self, correlation_id: str) -> Reply:
        """The answer when nobody foresaw what happened."""
        ...

    def finish(self, reply: Reply) -> Reply:
        """The last touch to any answer with a body."""
        ...


def handlers(routes: Iterable[Route], dialect: Dialect, runtime: Runtime, tokens: Tokens) -> list[HTTPRouteHandler]:
    """The router's handlers of these routes."""
    return [_handler(route, _served(route, dialect, runtime, tokens)) for route in routes]


def _handler(route: Route, serve: Callable[[HTTPScope, bytes], Awaitable[Reply]]) -> HTTPRouteHandler:
    path = route.path.replace("}", ":str}")
    takes_body = not {"GET", "HEAD", "DELETE"} >= set(route.methods)

    async def with_body(request: Request[Any, Any, Any]) -> ASGIApp:
        return await serve(request.scope, await request.body())

    async def without_body(request: Request[Any, Any, Any]) -> ASGIApp:
        return await serve(request.scope, b"")

    return HTTPRouteHandler(
        path,
        http_method=route.methods,
        status_code=200,
        include_in_schema=False,
        name=route.name,
    )(with_body if takes_body else without_body)


def _served(
    route: Route, dialect: Dialect, runtime: Runtime, tokens: Tokens
) -> Callable[[HTTPScope, bytes], Awaitable[Reply]]:
    handler, status, side, user_only = route.handler, route.status, route.side, route.user_only
    refuse, finish = dialect.refuse, dialect.finish

    async def serve(scope: HTTPScope, body: bytes) -> Reply:
        call: Call | None = None
        try:
            ctx = await context(scope, body, tokens=tokens, runtime=runtime, side=side, user_only=user_only)
            call = Call(ctx, scope, body)
            result = await handler(call)
        except Refusal as error:
            return _confirmed(finish(refuse(error, call)), call)
        except Exception:
            correlation_id = identified(scope).correlation_id
            _log.exception("unexpected", operation=route.name, correlation_id=correlation_id)
            return finish(dialect.unexpected(correlation_id))
        return _confirmed(finish(result if isinstance(result, Reply) else Reply.of(status, result)), call)

    return serve


def _confirmed(reply: Reply, call: Call | None) -> Reply:
    """Tell whoever sends `ValidateMfa: true` whether the user's token shows a second factor, in the answer's headers.

    Nothing is asked of an application by itself, so nothing is told to one. Source: "Mandating multifactor
    authentication (MFA) for your partner tenant", validating API calls (October 2025).
    """
    if call is not None and not call.ctx.caller.app_only and (call.header(b"validatemfa") or "").lower() == "true":
        compliant = "true" if call.ctx.caller.multi_factor else "false"
        reply.headers = {**(reply.headers or {}), "ismfacompliant": compliant}
    return reply
