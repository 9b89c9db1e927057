"""The authorize endpoint: where an application sends a browser, and where the pages of a sign-in send their forms."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from copartner.api.authority import wire
from copartner.api.authority.errors import code_of, page_status
from copartner.api.authority.pages import refusal_page
from copartner.api.authority.paths import segment_of
from copartner.api.authority.returning import sent_back
from copartner.api.authority.speaking import language_of
from copartner.api.authority.way import Way
from copartner.kernel.errors import Refusal
from copartner.signin import asking
from copartner.signin.provider.errors import ProviderUnavailable
from copartner.signin.service import Authority

_ENDPOINTS = {1: "oauth2/authorize", 2: "oauth2/v2.0/authorize"}


def authorize_routes(authority: Authority, way: Way) -> list[HTTPRouteHandler]:
    """`/{tenant}/oauth2/[v2.0/]authorize`: GET begins a sign-in, POST takes what was typed."""
    return [handler for version in _ENDPOINTS for handler in _of_version(authority, way, version)]


def _of_version(authority: Authority, way: Way, version: int) -> list[HTTPRouteHandler]:
    path = f"/{{tenant:str}}/{_ENDPOINTS[version]}"

    @get(path, status_code=200, name=f"show_sign_in_v{version}", include_in_schema=False)
    async def show(request: Request[Any, Any, Any], tenant: FromPath[str]) -> Response[bytes]:
        try:
            return await _show(authority, way, version, request, segment_of(tenant))
        except Refusal as refusal:
            return refusal_page(request, refusal, page_status(refusal))

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
            return await way.take(request, segment_of(tenant), body)
        except Refusal as refusal:
            return refusal_page(request, refusal, page_status(refusal))

    return [show, take]


async def _show(
    authority: Authority, way: Way, version: int, request: Request[Any, Any, Any], segment: str
) -> Response[bytes]:
    """The page for a request that is in order; back to the application, or a page that says why, otherwise."""
    form = wire.query_of(request.scope["query_string"])
    directory = await authority.directory(segment)
    redirect_uri = form.get("redirect_uri", "")
    application = await asking.returning_client(authority, directory, form.get("client_id", ""), redirect_uri)
    try:
        return await way.enter(request, asking.authorize(authority, application, directory, version, form))
    except ProviderUnavailable:
        raise
    except Refusal as refusal:
        code, _ = code_of(refusal)
        state, mode = form.get("state"), form.get("response_mode")
        said, language = refusal.message, language_of(request)
        return sent_back(language, redirect_uri, mode, 302, error=code, error_description=said, state=state)


def _too_large(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    return refusal_page(request, "The form is too large.", error.status_code)
