"""A partner's first page: what needs attention, its customers searched as one types, and what is announced."""

from datetime import timedelta

from litestar import Response

from copartner.announcements.service import list_announcements
from copartner.attention.service import read_attention
from copartner.customers.service import search_customers
from copartner.policy.facts import Side
from copartner.portal.page import Page, Visit

_FOUND = 8
_NEWS = 3


async def show(visit: Visit) -> Response[bytes]:
    """All that waits, ends, renews and was denied, as far as the visitor may see it."""
    ctx, text = visit.ctx, visit.query.get("q", "")
    attention = await read_attention(ctx)
    found = None if attention.customers else await search_customers(ctx, text=text, size=_FOUND)
    news = await list_announcements(ctx, size=_NEWS)
    return visit.page(
        "partner/home/home.html",
        attention=attention,
        # A week ends before its last moment, which is the next Monday.
        weeks=[(week, week.ends - timedelta(microseconds=1)) for week in attention.weeks],
        found=found,
        most=_FOUND,
        text=text,
        news=news.items,
    )


PAGES = (Page("/partner", "partner_home", Side.PARTNER, show),)
