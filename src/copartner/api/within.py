"""A request inside another one: put to the whole application, as if it had come by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote, unquote

from litestar.types import ASGIApp, HTTPScope, Message

_APPLICATION, _INSIDE = "copartner.application", "copartner.inside"
# What may stand in a query as it is; all else is sent encoded, as clients do.
_PLAIN = "!$&'()*+,;=:@/?%-._~ "


@dataclass(slots=True)
class Answer:
    """What came back; the names of headers are in lower case."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def served_by(scope: HTTPScope, application: ASGIApp) -> None:
    """Note which application a request came to."""
    scope["state"][_APPLICATION] = application


def is_inside(scope: HTTPScope) -> bool:
    """Whether the request came inside another one."""
    return _INSIDE in scope["state"]


async def ask(scope: HTTPScope, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """The answer to a request that came inside that of `scope`, which it shares nothing with but the connection."""
    path, _, query = target.partition("?")
    inner = cast(
        HTTPScope,
        {
            **scope,
            "method": method,
            "path": unquote(path),
            "raw_path": quote(path, safe=_PLAIN).encode(),
            "query_string": quote(query, safe=_PLAIN).encode(),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
            "state": {**scope["state"], _INSIDE: True},
        },
    )
    answer = Answer()

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            for name, value in message["headers"]:
                answer.headers[name.decode("latin-1")] = value.decode("latin-1")
        elif message["type"] == "http.response.body":
            answer.body += message["body"]

    application: ASGIApp = scope["state"][_APPLICATION]
    await application(inner, receive, send)
    return answer
