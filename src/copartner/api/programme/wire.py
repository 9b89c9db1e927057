"""The programme's own dialect: plain camelCase objects, lists with the address of their next part."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.registry import Query
from copartner.kernel.paging import BadPageToken

T = TypeVar("T")
S = TypeVar("S", bound=Struct)

ROOT = "/programme/v1"
LARGEST = 500
QUERY = (
    Query("size", "How many items a part has, at most 500.", int),
    Query("after", "Where the part begins; stands in the address `next`."),
)
SIDE = Query("side", "partner, customer or operator, for a tenant that is more than one of them.")


class Page(Struct, Generic[T], frozen=True, rename="camel"):
    """A part of a list; `next` is the address of the following part, absent at the end."""

    items: Sequence[T]
    next: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class Part:
    """What part of a list is asked for; `query` names the list for its tokens."""

    query: str
    size: int
    after: UUID | None


def wanted(call: Call, *kept: str) -> Part:
    """The part a request asks for; the parameters `kept` belong to the list. Raises Malformed."""
    query = f"{call.path}?" + urlencode([(name, call.query(name) or "") for name in kept])
    token, after = call.query("after"), None
    if token is not None:
        try:
            after = call.ctx.runtime.page_tokens.open(query, call.ctx.caller.tenant_id, token)
        except BadPageToken:
            raise Malformed("after: this token is of another list; take the address next as it is.", "after") from None
    return Part(query, call.query_number("size", default=LARGEST, lowest=1, highest=LARGEST), after)


def page(call: Call, part: Part, items: Sequence[T], last: UUID | None, *kept: str) -> Page[T]:
    """The part, with the address of the following one when `last` is the key it continues after."""
    if last is None:
        return Page(items)
    token = call.ctx.runtime.page_tokens.seal(part.query, call.ctx.caller.tenant_id, last)
    values = ((name, call.query(name)) for name in kept)
    pairs = [("size", str(part.size)), *((name, value) for name, value in values if value), ("after", token)]
    return Page(items, f"{call.path}?{urlencode(pairs)}")


def shaped(found: Any, shape: type[S]) -> S:
    """A domain object in the shape of that name for name; what the shape does not know is left out."""
    return msgspec.convert(found, shape, from_attributes=True)
