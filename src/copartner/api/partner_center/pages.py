"""Pages of the contract: size, offset, continuation token, and the link to the next page."""

from dataclasses import dataclass
from uuid import UUID

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center.wire import Header, Link, link
from copartner.api.registry import Query
from copartner.kernel.paging import BadPageToken

CONTINUATION = "MS-ContinuationToken"
QUERY = (
    Query("size", "How many items a page has, at most 500.", int),
    Query("offset", "How many items to leave out from the start.", int),
    Query("seekOperation", "Next, together with the header MS-ContinuationToken."),
)
HEADERS = (Query(CONTINUATION, "The token of the link `next`."),)
LARGEST = 500
_FURTHEST = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list is asked for: `after` a key, or from an `offset`; `query` names the list for its tokens."""

    query: str
    size: int
    offset: int
    after: UUID | None


def wanted(call: Call, query: str, *, default: int = 100) -> Page:
    """The page a request asks for; raises Malformed, also for a token of another list or tenant."""
    size = call.query_number("size", default=default, lowest=1, highest=LARGEST)
    offset = call.query_number("offset", default=0, lowest=0, highest=_FURTHEST)
    token = call.header(CONTINUATION.lower().encode())
    try:
        after = call.ctx.runtime.page_tokens.open(query, call.ctx.caller.tenant_id, token.strip()) if token else None
    except BadPageToken:
        raise Malformed(
            f"{CONTINUATION}: this token is of another list; take it from the link next.", CONTINUATION
        ) from None
    return Page(query, size, 0 if after else offset, after)


def following(call: Call, page: Page, last: UUID | None, *parts: object, **query: str | None) -> Link | None:
    """The link to the page after the key `last`; None where nothing follows. `query` is repeated in it."""
    if last is None:
        return None
    token = call.ctx.runtime.page_tokens.seal(page.query, call.ctx.caller.tenant_id, last)
    pairs = [("size", str(page.size)), *((name, value) for name, value in query.items() if value)]
    found = link(*parts, query=[*pairs, ("seekOperation", "Next")])
    return Link(found.uri, "GET", (Header(CONTINUATION, token),))
