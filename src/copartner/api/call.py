"""One request as a handler sees it, and the answer a handler may give."""

import re
from collections.abc import Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar.types import HTTPScope, Receive, Scope, Send

from copartner.api.caller import identified
from copartner.api.decoding import Malformed, decode
from copartner.command.context import Context
from copartner.kernel.ids import parse_id

T = TypeVar("T")

# Where an answer names the record of a denial.
DECISION_HEADER = "copartner-decision-id"
_encoder = msgspec.json.Encoder(decimal_format="number")
_JSON = (b"content-type", b"application/json; charset=utf-8")
_MOST_PARAMETERS = 50


def encode(value: Any) -> bytes:
    """The value as JSON; amounts as numbers, moments as ISO 8601 with zone."""
    return _encoder.encode(value)


class Reply:
    """An answer ready to send; `headers` are extra ones, in lower case."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.body = body
        self.headers = headers

    @classmethod
    def of(cls, status: int, value: Any, headers: Mapping[str, str] | None = None) -> "Reply":
        """An answer whose body is the value as JSON."""
        return cls(status, encode(value), headers)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        body = self.body
        headers = [(b"content-length", b"%d" % len(body))] if self.status != 204 else []
        if body:
            headers.append(_JSON)
        if self.headers:
            headers += [(name.encode(), value.encode("latin-1", "replace")) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


class Call:
    """Path, query, headers and body of one request, with the context that its bearer and identifiers make."""

    __slots__ = ("_headers", "_parameters", "_query", "_query_string", "body", "ctx", "path")

    def __init__(self, ctx: Context, scope: HTTPScope, body: bytes) -> None:
        self.ctx = ctx
        self.body = body
        self.path: str = scope["path"]
        self._parameters: Mapping[str, str] = scope["path_params"]
        self._headers = identified(scope).headers
        self._query_string: bytes = scope["query_string"]
        self._query: dict[str, str] | None = None

    def text(self, name: str) -> str:
        """A part of the address as the caller wrote it."""
        return self._parameters[name]

    def parameter(self, name: str) -> tuple[str, ...]:
        """A part of the address, in lower case; nothing where the address has no such part."""
        return (self._parameters[name].lower(),) if name in self._parameters else ()

    def id(self, name: str) -> UUID:
        """A part of the address that has to be a GUID; raises Malformed."""
        found = parse_id(self._parameters[name])
        if found is None:
            raise Malformed(f"{name}: the address needs a GUID here; take it from the resource it names.", name)
        return found

    def header(self, name: bytes) -> str | None:
        """A header by its lower-case name."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    def query(self, name: str) -> str | None:
        """A query parameter by its name in any casing; None when it is absent or empty. Raises Malformed."""
        if not self._query_string:
            return None
        return self._parsed().get(name.lower()) or None

    def query_names(self) -> Collection[str]:
        """The names of all query parameters in lower case; raises Malformed."""
        return self._parsed().keys()

    def _parsed(self) -> dict[str, str]:
        if self._query is None:
            self._query = _parse_query(self._query_string)
        return self._query

    def query_id(self, name: str) -> UUID | None:
        """A query parameter that has to be a GUID; raises Malformed."""
        value = self.query(name)
        if value is None:
            return None
        found = parse_id(value)
        if found is None:
            raise Malformed(f"{name}: a GUID is needed here.", name)
        return found

    def query_number(self, name: str, *, default: int, lowest: int, highest: int) -> int:
        """A whole number in the query, within bounds; raises Malformed."""
        value = self.query(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value) or not lowest <= int(value) <= highest:
            raise Malformed(f"{name}: send a whole number from {lowest} to {highest}.", name)
        return int(value)

    def decode(self, shape: type[T]) -> T:
        """The body as `shape`; raises Malformed, which names the property and what to do."""
        return decode(self.body, shape)


def _parse_query(query: bytes) -> dict[str, str]:
    text = query.decode("latin-1")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS, errors="replace")
    except ValueError:
        raise Malformed(f"The address has more than {_MOST_PARAMETERS} query parameters; send fewer.") from None
    return {key.lower(): value for key, value in pairs}
