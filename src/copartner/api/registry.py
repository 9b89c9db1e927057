"""Declared routes: from one declaration come the endpoint and the entry in the OpenAPI document."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from litestar.types import ASGIApp, HTTPScope, Method, Receive, Send

from copartner.api.addresses import Endpoint
from copartner.api.call import Call, Reply
from copartner.api.caller import Tokens, context, identified
from copartner.api.decoding import Malformed
from copartner.command.runtime import Runtime
from copartner.kernel.errors import Refusal
from copartner.policy.facts import Side

_log = structlog.get_logger("copartner.http")
Handler = Callable[[Call], Awaitable[Any]]
LARGEST_BODY = 1_048_576
TOO_LARGE = f"The body is too large; send at most {LARGEST_BODY} bytes."


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
    the same operation. `error` is the shape of its failures where it is another than that of the document. `accepted`
    is the body of a 202, where what is asked can go on after the answer.
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
    error: type | None = None
    accepted: Any = None


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


def endpoints(routes: Iterable[Route], dialect: Dialect, runtime: Runtime, tokens: Tokens) -> list[Endpoint]:
    """What serves these routes."""
    return [Endpoint(route.methods, route.path, _app(route, dialect, runtime, tokens)) for route in routes]


def _app(route: Route, dialect: Dialect, runtime: Runtime, tokens: Tokens) -> ASGIApp:
    handler, status, side, user_only = route.handler, route.status, route.side, route.user_only
    refuse, finish = dialect.refuse, dialect.finish
    takes_body = not {"GET", "HEAD", "DELETE"} >= set(route.methods)

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        call: Call | None = None
        try:
            body = await _body(scope, receive) if takes_body else b""
            ctx = await context(scope, body, tokens=tokens, runtime=runtime, side=side, user_only=user_only)
            call = Call(ctx, scope, body)
            result = await handler(call)
            reply = result if isinstance(result, Reply) else Reply.of(status, result)
        except Refusal as error:
            reply = refuse(error, call)
        except Exception:
            correlation_id = identified(scope).correlation_id
            _log.exception("unexpected", operation=route.name, correlation_id=correlation_id)
            reply = dialect.unexpected(correlation_id)
        if call is not None:
            reply = _confirmed(reply, call)
        await finish(reply)(scope, receive, send)

    return app


async def _body(scope: HTTPScope, receive: Receive) -> bytes:
    """The whole body; raises Malformed as soon as more than LARGEST_BODY is announced or came."""
    announced = identified(scope).headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        raise Malformed(TOO_LARGE)
    chunks, length, more = [], 0, True
    while more:
        message: Any = await receive()
        chunk = message.get("body", b"")
        length += len(chunk)
        if length > LARGEST_BODY:
            raise Malformed(TOO_LARGE)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _confirmed(reply: Reply, call: Call) -> Reply:
    """Tell whoever sends `ValidateMfa: true` whether the user's token shows a second factor, in the answer's headers.

    Nothing is asked of an application by itself, so nothing is told to one. Source: "Mandating multifactor
    authentication (MFA) for your partner tenant", validating API calls (October 2025).
    """
    if not call.ctx.caller.app_only and (call.header(b"validatemfa") or "").lower() == "true":
        compliant = "true" if call.ctx.caller.multi_factor else "false"
        reply.headers = {**(reply.headers or {}), "ismfacompliant": compliant}
    return reply
