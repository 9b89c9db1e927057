"""From declared pages to Litestar's handlers: session, form key, context, and a page for all that goes wrong."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method

from copartner.command.context import Caller, Context
from copartner.command.denial import Denied
from copartner.command.runtime import Runtime
from copartner.kernel.errors import Conflict, Illegal, NotFound, Refusal, RepeatedWithOtherBody, StaleTag
from copartner.kernel.ids import parse_id
from copartner.policy.facts import Door, Side
from copartner.portal import form
from copartner.portal.entrance import Entrance
from copartner.portal.guard import CorrelationId, guarded
from copartner.portal.html import notice, see_other
from copartner.portal.page import Page, Take, Visit
from copartner.portal.session import Sessions, Visitor
from copartner.portal.speaking import language_of

# Between the names of two identifiers in one segment of an address, where a router takes one name.
_BOTH = "__and__"
_Answer = Callable[[Request[Any, Any, Any], str, Mapping[str, UUID]], Awaitable[Response[bytes]]]


def serve(page: Page, runtime: Runtime, entrance: Entrance, correlation_id: CorrelationId) -> list[HTTPRouteHandler]:
    """The handlers of a page: one that shows it and, where it has a form, one that takes it."""

    sessions = entrance.sessions

    async def visit(request: Request[Any, Any, Any], visitor: Visitor, path: str, ids: Mapping[str, UUID]) -> Visit:
        ctx = await context_of(request, visitor, page.side or visitor.side, runtime, correlation_id)
        return visit_of(request, ctx, visitor, sessions, path, ids)

    async def show(request: Request[Any, Any, Any], path: str, ids: Mapping[str, UUID]) -> Response[bytes]:
        visitor = await sessions.visitor(request)
        if visitor is None:
            return see_other(entrance.way_in(f"{path}?{request.url.query}" if request.url.query else path))
        found = await visit(request, visitor, path, ids)
        answer = await say(found, page.show)
        if found.note and answer.status_code == 200:
            answer.set_cookie(sessions.said())
        return answer

    def taking(act: Take) -> _Answer:
        async def take(request: Request[Any, Any, Any], path: str, ids: Mapping[str, UUID]) -> Response[bytes]:
            sent = form.fields(request.headers.get("content-type", ""), await request.body())
            visitor, language = await sessions.visitor(request), language_of(request)
            if visitor is None:
                return notice("session_over", status=403, language=language, back=entrance.way_in(path))
            if not visitor.owns(sent.get("key"), path):
                return notice("foreign_form", status=403, language=language, back=path)
            return await say(await visit(request, visitor, path, ids), lambda found: act(found, sent))

        return take

    def handler(method: Method, answer: _Answer) -> HTTPRouteHandler:
        async def at_page(request: Request[Any, Any, Any]) -> Response[bytes]:
            ids = _identifiers(request.path_params)
            if ids is None:
                return notice("no_such_page", status=404, language=language_of(request))
            return await answer(request, page.path.format(**ids), ids)

        async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
            return await guarded(page.name, request, correlation_id, at_page)

        return HTTPRouteHandler(
            page.path.replace("}-{", _BOTH).replace("}", ":str}"),
            http_method=method,
            status_code=200,
            include_in_schema=False,
            name=f"{method.lower()}_{page.name}",
            request_max_body_size=form.LARGEST_BODY,
        )(handle)

    return [handler("GET", show)] + ([handler("POST", taking(page.take))] if page.take else [])


async def context_of(
    request: Request[Any, Any, Any], visitor: Visitor, side: Side, runtime: Runtime, correlation_id: CorrelationId
) -> Context:
    """What a person does at a page, on a side, in the language they read, by the rules that hold; raises Busy."""
    await runtime.rules.settled()
    verified = visitor.verified
    caller = Caller(
        side,
        verified.tenant_id,
        verified.subject_id,
        app_only=False,
        multi_factor=verified.multi_factor,
        door=Door.PAGE,
    )
    language = language_of(request)
    return Context(runtime, caller, correlation_id(request.scope), locale=language, language=language)


def visit_of(
    request: Request[Any, Any, Any],
    ctx: Context,
    visitor: Visitor,
    sessions: Sessions,
    path: str,
    ids: Mapping[str, UUID],
) -> Visit:
    """A visit with what the request says of it."""
    query = {name: value for name, value in request.query_params.items() if name != "language"}
    return Visit(ctx, visitor, path, ids, query, sessions.kept(request), sessions.keep)


def _identifiers(parts: Mapping[str, Any]) -> dict[str, UUID] | None:
    """The identifiers in an address by their names, None when something in it is none."""
    ids: dict[str, UUID] = {}
    for names, text in parts.items():
        found = _split(str(text)) if _BOTH in names else (str(text),)
        for name, one in zip(names.split(_BOTH), found, strict=True):
            identifier = parse_id(one)
            if identifier is None:
                return None
            ids[name] = identifier
    return ids


def _split(text: str) -> tuple[str, str]:
    """The two identifiers of one segment, each of 36 letters, with a dash between."""
    return (text[:36], text[37:]) if text[36:37] == "-" else ("", "")


async def say(visit: Visit, answer: Callable[[Visit], Awaitable[Response[bytes]]]) -> Response[bytes]:
    """The answer to a visit, or a page that says why there is none."""
    try:
        return await answer(visit)
    except Denied as denied:
        return visit.page(
            "denied.html",
            status=404 if denied.concealed else 403,
            decision_id=denied.decision_id,
            sentence=denied.said(visit.language),
            steps=denied.steps(visit.language),
            decision=denied.decision_id,
            of_bearer=denied.of_bearer,
            enter=Entrance.address(visit.link(), other=not denied.of_bearer, second_factor=denied.of_bearer),
        )
    except Refusal as refusal:
        enter = Entrance.address(visit.link(), other=True)
        return visit.page("refused.html", status=status_of(refusal), refusal=refusal, enter=enter)


def status_of(refusal: Refusal) -> int:
    """The status of a page on which something was refused."""
    if isinstance(refusal, NotFound):
        return 404
    return 409 if isinstance(refusal, Conflict | Illegal | StaleTag | RepeatedWithOtherBody) else 400
