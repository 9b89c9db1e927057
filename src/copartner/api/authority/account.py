"""What a person does with their own account: sessions, password, second factor; each a page without script."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody

from copartner.api.authority import wire
from copartner.api.authority.errors import page_status
from copartner.api.authority.pages import own_page, refusal_page
from copartner.api.authority.speaking import language_of, told
from copartner.api.authority.way import Way
from copartner.kernel.errors import Refusal
from copartner.kernel.ids import parse_id
from copartner.signin import account, second_factor, sessions
from copartner.signin.model import AuthorizeRequest, Browser, Held
from copartner.signin.rules import SignInFailed
from copartner.signin.service import Authority

SESSIONS, CHANGE, FACTOR = "/account/sessions", "/account/password", "/account/second-factor"
_NAME = "your account"


@dataclass(frozen=True, slots=True)
class _Visit:
    """A signed-in person before a page of their account."""

    authority: Authority
    way: Way
    request: Request[Any, Any, Any]
    path: str
    browser: Browser
    held: Held

    def page(
        self, template: str, *, failed: Refusal | None = None, done: str = "", **values: object
    ) -> Response[bytes]:
        """The page of a template, with what every page of an account needs."""
        key, language = self.way.browsers.form_key(self.request, self.path), language_of(self.request)
        said = told(done, language) if done else ""
        return own_page(
            language,
            template,
            {"action": self.path, "key": key, "user": self.held.user, "done": said, **values},
            redirect_uri=self.way.elsewhere,
            failed=told(failed, language) if failed else "",
        )


_Show = Callable[[_Visit], Awaitable[Response[bytes]]]
_Take = Callable[[_Visit, Mapping[str, str]], Awaitable[Response[bytes]]]


def account_routes(authority: Authority, way: Way) -> list[HTTPRouteHandler]:
    """`/account/sessions`, `/account/password`, `/account/second-factor`."""
    pages = (
        (SESSIONS, _show_sessions, _take_sessions),
        (CHANGE, _show_password, _take_password),
        (FACTOR, _show_factor, _take_factor),
    )
    return [handler for path, show, take in pages for handler in _page(authority, way, path, show, take)]


def _page(authority: Authority, way: Way, path: str, show: _Show, take: _Take) -> list[HTTPRouteHandler]:
    name = path.rpartition("/")[2].replace("-", "_")

    async def visit(request: Request[Any, Any, Any]) -> _Visit | Response[bytes]:
        own = await way.own(request, path, _NAME)
        return own if isinstance(own, Response) else _Visit(authority, way, request, path, *own)

    @get(path, status_code=200, name=f"show_account_{name}", include_in_schema=False)
    async def shown(request: Request[Any, Any, Any]) -> Response[bytes]:
        try:
            found = await visit(request)
            return found if isinstance(found, Response) else await show(found)
        except Refusal as refusal:
            return refusal_page(request, refusal, page_status(refusal))

    @post(
        path,
        status_code=200,
        name=f"change_account_{name}",
        include_in_schema=False,
        exception_handlers={RequestEntityTooLarge: _too_large},
        request_max_body_size=wire.LARGEST_BODY,
    )
    async def taken(request: Request[Any, Any, Any], body: RawBody) -> Response[bytes]:
        try:
            typed, found = wire.form_of(request, body), await visit(request)
            if isinstance(found, Response):
                return found
            way.browsers.check_form(request, path, typed.get("key"))
            return await take(found, typed)
        except Refusal as refusal:
            return refusal_page(request, refusal, page_status(refusal))

    return [shown, taken]


async def _show_sessions(visit: _Visit, done: str = "") -> Response[bytes]:
    found = await sessions.list_sessions(visit.authority, visit.held.user)
    return visit.page("account_sessions.html", sessions=found, here=visit.held.session.id, done=done)


async def _take_sessions(visit: _Visit, typed: Mapping[str, str]) -> Response[bytes]:
    user, here = visit.held.user, visit.held.session.id
    wanted = parse_id(typed.get("end", ""))
    if typed.get("answer") == "everywhere":
        await sessions.end_all(visit.authority, user)
    elif wanted is not None:
        await sessions.end(visit.authority, tenant_id=user.tenant_id, user_id=user.id, session_id=wanted)
        if wanted != here:
            return await _show_sessions(visit, done="That session has ended, with everything given in it.")
    else:
        return await _show_sessions(visit)
    return visit.way.browsers.signed_out(own_page(language_of(visit.request), "signed_out.html"))


async def _show_password(visit: _Visit) -> Response[bytes]:
    return visit.page("account_password.html")


async def _take_password(visit: _Visit, typed: Mapping[str, str]) -> Response[bytes]:
    old, new, again = (typed.get(name, "") for name in ("old", "new", "again"))
    try:
        token = await account.change_password(
            visit.authority, visit.held, old=old, new=new, again=again, browser=visit.browser
        )
    except SignInFailed as failed:
        return visit.page("account_password.html", failed=failed)
    # The form has nothing more to send, so the key of the old session in it is of no use and does no harm.
    page = visit.page("account_password.html", done="Your password is changed.")
    return visit.way.browsers.signed_in(page, visit.browser, visit.held.user.id, token)


async def _show_factor(visit: _Visit, *, failed: Refusal | None = None, done: str = "") -> Response[bytes]:
    factor = await second_factor.of(visit.authority, visit.held.user)
    return visit.page("account_factor.html", factor=factor, done=done, failed=failed)


async def _take_factor(visit: _Visit, typed: Mapping[str, str]) -> Response[bytes]:
    user, wish = visit.held.user, typed.get("answer")
    if wish == "add":
        return await visit.way.enter(visit.request, AuthorizeRequest("common", None, _NAME, FACTOR, second_factor=True))
    code = typed.get("code", "")
    try:
        if wish == "remove":
            await second_factor.remove(visit.authority, user, code, visit.browser)
            return await _show_factor(visit, done="The authenticator app is removed.")
        if wish == "codes":
            codes = await second_factor.renew_codes(visit.authority, user, code, visit.browser)
            return visit.page("account_codes.html", recovery_codes=codes)
    except SignInFailed as failed:
        return await _show_factor(visit, failed=failed)
    return await _show_factor(visit)


def _too_large(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    return refusal_page(request, "The form is too large.", error.status_code)
