"""What is announced, month by month, as a page and as a feed: for everybody, and for who signed in what is for them."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from copartner.announcements import rules, service
from copartner.announcements.model import Month
from copartner.announcements.texts import texts_in
from copartner.command.runtime import Runtime
from copartner.kernel.errors import Invalid
from copartner.kernel.languages import Language
from copartner.portal.entrance import Entrance
from copartner.portal.feed import feed
from copartner.portal.guard import CorrelationId, guarded
from copartner.portal.html import SAFE_HEADERS, notice, render, see_other
from copartner.portal.page import Visit
from copartner.portal.serving import context_of, say, visit_of
from copartner.portal.speaking import language_of

_ALL = "/announcements"
_FRESH = 300  # seconds in which whoever keeps copies need not ask again
_TEMPLATE = "announcements/month.html"


def announcement_routes(runtime: Runtime, entrance: Entrance, correlation_id: CorrelationId) -> list[HTTPRouteHandler]:
    """`/announcements`, `/announcements/{month}`, `/announcements.atom`; none of them needs a sign-in."""

    @get(_ALL, status_code=303, operation_id="find_announcements", include_in_schema=False, sync_to_thread=False)
    def newest(request: Request[Any, Any, Any]) -> Response[bytes]:
        query = urlencode([(name, value) for name, value in request.query_params.items() if name == "language"])
        return see_other(f"{_ALL}/{runtime.programme_clock.now():%Y-%m}" + (f"?{query}" if query else ""))

    @get(f"{_ALL}/{{month:str}}", status_code=200, operation_id="show_announcements", include_in_schema=False)
    async def show(request: Request[Any, Any, Any], month: FromPath[str]) -> Response[bytes]:
        async def answer(asked: Request[Any, Any, Any]) -> Response[bytes]:
            try:
                first = rules.month_of(month)
            except Invalid:
                return notice("no_such_page", status=404, language=language_of(request))
            return await _page(asked, first, runtime, entrance, correlation_id)

        return await guarded("announcements", request, correlation_id, answer)

    @get(f"{_ALL}.atom", status_code=200, operation_id="read_announcement_feed", include_in_schema=False)
    async def atom(request: Request[Any, Any, Any]) -> Response[bytes]:
        language = language_of(request)
        content = feed(await service.read_public(runtime), language, runtime.public_url)
        kind = "application/atom+xml; charset=utf-8"
        return _kept(request, Response(content, status_code=200, media_type=kind, headers=dict(SAFE_HEADERS)))

    return [newest, show, atom]


async def _page(
    request: Request[Any, Any, Any],
    first: date,
    runtime: Runtime,
    entrance: Entrance,
    correlation_id: CorrelationId,
) -> Response[bytes]:
    here, language = f"{_ALL}/{first:%Y-%m}", language_of(request)
    visitor = await entrance.sessions.visitor(request)
    if visitor is None:
        found = await service.read_public_month(runtime, month=first)
        enter = entrance.address(here)
        values = _values(found, language, runtime.programme_clock.now(), here)
        return _kept(request, render(_TEMPLATE, {**values, "enter": enter}, language=language))
    ctx = await context_of(request, visitor, visitor.side, runtime, correlation_id)

    async def answer(visit: Visit) -> Response[bytes]:
        found = await service.read_month(visit.ctx, month=first)
        return visit.page(_TEMPLATE, **_values(found, language, ctx.moment, here))

    return await say(visit_of(request, ctx, visitor, entrance.sessions, here, {}), answer)


def _values(found: Month, language: Language, now: datetime, here: str) -> Mapping[str, Any]:
    words = texts_in(language)
    return {
        "month": found,
        "told": words_in(language, now.date()),
        "most": service.MONTH_LIMIT,
        "other": next(one.value for one in Language if one is not language),
        "here": here,
        "words": words.PAGE,
        "name_of": lambda first: f"{words.MONTHS[first.month - 1]} {first.year}",
    }


def words_in(language: Language, today: date) -> Mapping[str, Any]:
    """What an announcement is told with in a language, on a day."""
    words = texts_in(language)
    return {
        "words": words.PAGE,
        "statuses": words.STATUS,
        "workspaces": words.WORKSPACE,
        "status_of": partial(rules.status, today=today),
        "day": words.DAY.format,
        "said_to": lambda sides: ", ".join(words.AUDIENCE[side] for side in sides),
    }


def _kept(request: Request[Any, Any, Any], made: Response[bytes]) -> Response[bytes]:
    """The answer as copies of it may be kept, or 304 to who has it already."""
    tag = f'"{sha256(made.content).hexdigest()[:32]}"'
    made.headers["Cache-Control"] = f"public, max-age={_FRESH}"
    made.headers["ETag"] = tag
    made.headers["Vary"] = "Accept-Language, Cookie"
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(b"", status_code=304, media_type=made.media_type, headers=dict(made.headers))
    return made
