"""Signing out: the session at the authority ends, and the browser goes back to a registered address at most.

Source: OpenID Connect RP-Initiated Logout 1.0. An application that shows the id token of this very session ends it at
once; whoever else sends a browser here makes it ask the person.
"""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody

from copartner.api.authority import wire
from copartner.api.authority.pages import own_page, refusal_page
from copartner.api.authority.paths import segment_of
from copartner.api.authority.speaking import language_of
from copartner.api.authority.way import Way
from copartner.kernel.errors import Refusal
from copartner.signin import asking, sessions
from copartner.signin.claims import IdClaims
from copartner.signin.service import Authority

_ENDPOINTS = {1: "oauth2/logout", 2: "oauth2/v2.0/logout"}
_KEY = "sign out"
_KEPT = ("client_id", "post_logout_redirect_uri", "state")


def logout_routes(authority: Authority, way: Way) -> list[HTTPRouteHandler]:
    """`/{tenant}/oauth2/[v2.0/]logout`: GET by an application, POST from the page that asks."""
    return [handler for version in _ENDPOINTS for handler in _of_version(authority, way, version)]


def _of_version(authority: Authority, way: Way, version: int) -> list[HTTPRouteHandler]:
    path = f"/{{tenant:str}}/{_ENDPOINTS[version]}"

    @get(path, status_code=200, name=f"show_sign_out_v{version}", include_in_schema=False)
    async def show(request: Request[Any, Any, Any], tenant: FromPath[str]) -> Response[bytes]:
        try:
            wish = wire.query_of(request.scope["query_string"])
            return await _Leaving(authority, way, request, segment_of(tenant), wish).show(request.url.path)
        except Refusal as refusal:
            return refusal_page(request, refusal, 400)

    @post(
        path,
        status_code=303,
        name=f"sign_out_v{version}",
        include_in_schema=False,
        exception_handlers={RequestEntityTooLarge: _too_large},
        request_max_body_size=wire.LARGEST_BODY,
    )
    async def take(request: Request[Any, Any, Any], tenant: FromPath[str], body: RawBody) -> Response[bytes]:
        try:
            wish = wire.form_of(request, body)
            return await _Leaving(authority, way, request, segment_of(tenant), wish).take()
        except Refusal as refusal:
            return refusal_page(request, refusal, 400)

    return [show, take]


class _Leaving:
    """One request to sign out, as an application or a form made it."""

    def __init__(
        self, authority: Authority, way: Way, request: Request[Any, Any, Any], segment: str, wish: Mapping[str, str]
    ) -> None:
        self._authority = authority
        self._way = way
        self._request = request
        self._segment = segment
        self._wish = wish

    async def show(self, path: str) -> Response[bytes]:
        """Signed out at once when there is no session, or the application shows its id token; else the question."""
        held = (await self._way.browsers.of(self._request)).held
        hint = await self._hint()
        if held is not None and (hint is None or hint.sid != held.session.id):
            return own_page(
                language_of(self._request),
                "sign_out.html",
                {
                    "action": path,
                    "key": self._way.browsers.form_key(self._request, _KEY),
                    "user": held.user,
                    "wish": {name: self._wish.get(name, "") for name in _KEPT}
                    | ({"client_id": hint.aud} if hint else {}),
                },
                redirect_uri=await self._way_back(hint) or "",
            )
        return await self._left(hint, 302)

    async def take(self) -> Response[bytes]:
        """Signed out, if the form was made for this session; raises FormStale."""
        if (await self._way.browsers.of(self._request)).held is not None:
            self._way.browsers.check_form(self._request, _KEY, self._wish.get("key"))
        return await self._left(None, 303)

    async def _left(self, hint: IdClaims | None, status: int) -> Response[bytes]:
        held = (await self._way.browsers.of(self._request)).held
        if held is not None:
            await sessions.end(
                self._authority,
                tenant_id=held.user.tenant_id,
                user_id=held.user.id,
                session_id=held.session.id,
            )
        back = await self._way_back(hint)
        if back is None:
            return self._way.browsers.signed_out(own_page(language_of(self._request), "signed_out.html"))
        to = wire.returning(back, state=self._wish["state"]) if self._wish.get("state") else back
        return self._way.browsers.signed_out(wire.redirect(to, status))

    async def _way_back(self, hint: IdClaims | None) -> str | None:
        """The address to go back to, if the application registered it."""
        address = self._wish.get("post_logout_redirect_uri", "")
        client_id = self._wish.get("client_id") or (hint.aud if hint else "")
        if not address or (hint is not None and client_id.lower() != hint.aud):
            return None
        try:
            directory = await self._authority.directory(self._segment)
            await asking.returning_client(self._authority, directory, client_id, address)
        except Refusal:
            return None
        return address

    async def _hint(self) -> IdClaims | None:
        token = self._wish.get("id_token_hint", "")
        return await self._authority.tokens.identified(token) if token else None


def _too_large(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    return refusal_page(request, "The form is too large.", error.status_code)
