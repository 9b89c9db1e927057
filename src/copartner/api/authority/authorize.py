"""The authorize endpoint: a page to sign in on, and the way back to the application."""

import re
import secrets
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from copartner.api.authority import wire
from copartner.api.authority.errors import code_of
from copartner.api.authority.pages import refusal_page, sign_in_page
from copartner.api.authority.paths import segment_of
from copartner.api.authority.returning import sent_back
from copartner.kernel.errors import Refusal
from copartner.signin.forms import LIFETIME
from copartner.signin.rules import BadRequest, SignInFailed
from copartner.signin.service import Authority

_OWN_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ENDPOINTS = {1: "oauth2/authorize", 2: "oauth2/v2.0/authorize"}


def authorize_routes(authority: Authority) -> list[HTTPRouteHandler]:
    """`/{tenant}/oauth2/[v2.0/]authorize`: GET shows the page, POST takes what was typed."""
    return [handler for version in _ENDPOINTS for handler in _of_version(authority, version)]


def _of_version(authority: Authority, version: int) -> list[HTTPRouteHandler]:
    pages = _Pages(authority, version)
    path = f"/{{tenant:str}}/{_ENDPOINTS[version]}"

    @get(path, status_code=200, name=f"show_sign_in_v{version}", include_in_schema=False)
    async def show(request: Request[Any, Any, Any], tenant: FromPath[str]) -> Response[bytes]:
        try:
            return await pages.show(request, segment_of(tenant))
        except Refusal as refusal:
            return refusal_page(refusal.message, 400)

    @post(
        path,
        status_code=303,
        name=f"sign_in_v{version}",
        include_in_schema=False,
        exception_handlers={RequestEntityTooLarge: _too_large},
        request_max_body_size=wire.LARGEST_BODY,
    )
    async def take(request: Request[Any, Any, Any], tenant: FromPath[str], body: RawBody) -> Response[bytes]:
        try:
            return await pages.take(request, segment_of(tenant), body)
        except Refusal as refusal:
            return refusal_page(refusal.message, 400)

    return [show, take]


class _Pages:
    """Both sides of the page, at the v1 or the v2 address."""

    def __init__(self, authority: Authority, version: int) -> None:
        self._authority = authority
        self._version = version
        secure = authority.root.startswith("https:")
        self._secure = secure
        # The prefix makes browsers refuse the cookie from another host or over plain HTTP.
        self._cookie = "__Host-copartner-signin" if secure else "copartner-signin"

    async def show(self, request: Request[Any, Any, Any], segment: str) -> Response[bytes]:
        """The page for a request that is in order; back to the application, or a page that says why, otherwise."""
        form = wire.query_of(request.scope["query_string"])
        directory = await self._authority.directory(segment)
        redirect_uri = form.get("redirect_uri", "")
        application = await self._authority.returning_client(directory, form.get("client_id", ""), redirect_uri)
        try:
            wanted = self._authority.authorize(application, directory, self._version, form)
        except Refusal as refusal:
            code, _ = code_of(refusal)
            state, mode = form.get("state"), form.get("response_mode")
            return sent_back(redirect_uri, mode, 302, error=code, error_description=refusal.message, state=state)
        browser = request.cookies.get(self._cookie, "")
        if not _OWN_COOKIE.fullmatch(browser):
            browser = secrets.token_urlsafe(32)
        page = sign_in_page(
            action=self._action(segment),
            application=application.name,
            form=self._authority.forms.seal(wanted, browser),
            name=wanted.login_hint,
            redirect_uri=redirect_uri,
        )
        page.set_cookie(self._browser_cookie(browser))
        return page

    async def take(self, request: Request[Any, Any, Any], segment: str, body: bytes) -> Response[bytes]:
        """Back to the application with a code, or the page again."""
        form = wire.form_of(request, body)
        field, name, password = (form.get(key, "") for key in ("form", "username", "password"))
        wanted = self._authority.forms.open(field, request.cookies.get(self._cookie, ""))
        if wanted.segment != segment:
            raise BadRequest("The form was sent to another tenant's address.")
        try:
            returned = await self._authority.sign_in(wanted, name, password)
        except SignInFailed as failed:
            return sign_in_page(
                action=self._action(segment),
                application=wanted.application_name,
                form=field,
                name=name,
                redirect_uri=wanted.redirect_uri,
                failed=failed.message,
            )
        return sent_back(returned.redirect_uri, wanted.response_mode, 303, code=returned.code, state=returned.state)

    def _action(self, segment: str) -> str:
        return f"/{segment}/{_ENDPOINTS[self._version]}"

    def _browser_cookie(self, value: str) -> Cookie:
        return Cookie(
            key=self._cookie,
            value=value,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="lax",
            max_age=int(LIFETIME.total_seconds()),
        )


def _too_large(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    return refusal_page("The form is too large.", error.status_code)
