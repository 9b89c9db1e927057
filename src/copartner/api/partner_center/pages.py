"""Pages of the contract: size, offset, continuation token, and the link to the next page."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center.wire import Header, Link, here
from copartner.api.registry import Query
from copartner.kernel.paging import BadPageToken

CONTINUATION = "MS-ContinuationToken"
QUERY = (
    Query("size", "How many items a page has, at most 500.", int),
    Query("seekOperation", "Next, together with the header MS-ContinuationToken."),
)
HEADERS = (Query(CONTINUATION, "The token of the link `next`."),)
LARGEST = 500
_FURTHEST = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list is asked for: `after` a key; `query` names the list for its tokens."""

    query: str
    size: int
    after: UUID | None


def wanted(call: Call, query: str, *, default: int = 100) -> Page:
    """The page a request asks for; raises Malformed, also for a token of another list or tenant."""
    size = call.query_number("size", default=default, lowest=1, highest=LARGEST)
    if call.query_number("offset", default=0, lowest=0, highest=_FURTHEST):
        raise Malformed("offset: this list is read page by page; follow the link next.", "offset")
    token = call.header(CONTINUATION.lower().encode())
    try:
        after = call.ctx.runtime.page_tokens.open(query, call.ctx.caller.tenant_id, token.strip()) if token else None
    except BadPageToken:
        raise Malformed(
            f"{CONTINUATION}: this token is of another list; take it from the link next.", CONTINUATION
        ) from None
    return Page(query, size, after)


def following(call: Call, page: Page, last: UUID | None, **query: str | None) -> Link | None:
    """The link to the page after the key `last`; None where nothing follows. `query` is repeated in it."""
    if last is None:
        return None
    token = call.ctx.runtime.page_tokens.seal(page.query, call.ctx.caller.tenant_id, last)
    pairs = [("size", str(page.size)), *((name, value) for name, value in query.items() if value)]
    uri = f"{here(call).uri}?{urlencode([*pairs, ('seekOperation', 'Next')])}"
    return Link(uri, "GET", (Header(CONTINUATION, token),))
