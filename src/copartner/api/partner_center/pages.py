"""Pages of the contract: size, offset, continuation token, the link to the next page, and the count of all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center.wire import Collection, Header, Link, Links, given, here
from copartner.api.registry import Query
from copartner.kernel.paging import BadPageToken, Page

S = TypeVar("S")
T = TypeVar("T")

CONTINUATION = "MS-ContinuationToken"
QUERY = (
    Query("size", "How many items a page has, at most 500; 0 for the usual number.", int),
    Query("offset", "How many items to leave out before the page, at most 10000; further on by the link next.", int),
    Query("seekOperation", "Next, together with the header MS-ContinuationToken."),
)
HEADERS = (Query(CONTINUATION, "The token of the link `next`."),)
LARGEST = 500
_FURTHEST = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What part of a list is asked for: so many after a key or a number; `query` names the list for its tokens."""

    query: str
    size: int
    skip: int
    after: UUID | None


def wanted(call: Call, query: str, *, default: int = 100) -> Wanted:
    """The page a request asks for; raises Malformed, also for a token of another list or tenant."""
    # Source: the page about searching customers (2023) sends size=0, as its SDK does for a query without a page size.
    size = call.query_number("size", default=0, lowest=0, highest=LARGEST) or default
    skip = call.query_number("offset", default=0, lowest=0, highest=_FURTHEST)
    token = call.header(CONTINUATION.lower().encode())
    if not token:
        return Wanted(query, size, skip, None)
    if skip:
        raise Malformed(f"offset: send either an offset or the header {CONTINUATION}, not both.", "offset")
    try:
        after = call.ctx.runtime.page_tokens.open(query, call.ctx.caller.tenant_id, token.strip())
    except BadPageToken:
        raise Malformed(
            f"{CONTINUATION}: this token is of another list; take it from the link next.", CONTINUATION
        ) from None
    return Wanted(query, size, 0, after)


def collection(
    found: Page[T], present: Callable[[T], S], call: Call, asked: Wanted, **query: str | None
) -> Collection[S]:
    """The page in the contract's shape, linked to the one after it; `query` is repeated in that link."""
    return Collection(
        total_count=given(found.total),
        items=tuple(present(one) for one in found),
        links=Links(self=here(call), next=given(_following(call, asked, found.next_after, query))),
    )


def _following(call: Call, asked: Wanted, last: UUID | None, query: dict[str, str | None]) -> Link | None:
    if last is None:
        return None
    token = call.ctx.runtime.page_tokens.seal(asked.query, call.ctx.caller.tenant_id, last)
    pairs = [("size", str(asked.size)), *((name, value) for name, value in query.items() if value)]
    uri = f"{here(call).uri}?{urlencode([*pairs, ('seekOperation', 'Next')], quote_via=quote)}"
    return Link(uri, "GET", (Header(CONTINUATION, token),))
