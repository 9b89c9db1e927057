"""In and out: the portal as a client of the authority, by the code flow with PKCE, bound to one browser."""

import base64
import hmac
import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from copartner.kernel.clock import Clock
from copartner.kernel.errors import Refusal
from copartner.kernel.languages import Language
from copartner.kernel.secrets import KeyFile, KeyFileError
from copartner.portal import form
from copartner.portal.guard import CorrelationId, guarded
from copartner.portal.html import notice, render, see_other
from copartner.portal.navigation import HOMES
from copartner.portal.page import SIGN_OUT
from copartner.portal.session import Sessions, Visitor
from copartner.portal.speaking import choice, language_of
from copartner.signin import sessions as authority_sessions
from copartner.signin.asking import MFA
from copartner.signin.model import ClientCredentials, Issued, TokenRequest
from copartner.signin.service import Authority
from copartner.tenants.service.tenants import side_of

LIFETIME = timedelta(minutes=30)
_IN = "/portal/sign-in"
_BACK = "/portal/signed-in"
_OUT = "/portal/signed-out"
_START = "/portal"
_LANGUAGE = "/portal/language"
_TENANT = "common"
_OTHER = "other"
_LONGEST_PATH = 500
# A page of the portal and nothing else: no host, no scheme, no way up, nothing of the path to be decoded.
_PAGE = re.compile(
    r"/(?:portal|(?:customer|partner|operator|settings|audit|decisions|announcements|partners/invitation)"
    r"(?:/(?!\.{1,2}(?:/|\?|\Z))[A-Za-z0-9._~-]+)*)(?:\?[A-Za-z0-9._~%+=&-]*)?",
    re.ASCII,
)


class _Pending(msgspec.Struct, frozen=True, tag="portal sign-in"):
    browser: bytes
    verifier: str
    page: str
    expires_at: datetime


_decoder = msgspec.json.Decoder(_Pending)


class Entrance:
    """Sends people to the authority and takes them back; the state on the way is sealed, not stored."""

    def __init__(
        self, client_id: UUID, authority: Authority, sessions: Sessions, key_file: KeyFile, clock: Clock
    ) -> None:
        self.sessions = sessions
        self._client_id = client_id
        self._authority = authority
        self._key_file = key_file
        self._clock = clock

    @staticmethod
    def callback(public_url: str) -> str:
        """The address to which the authority sends people back."""
        return public_url.rstrip("/") + _BACK

    @staticmethod
    def address(page: str, *, other: bool = False, second_factor: bool = False) -> str:
        """The address at which a sign-in for a page begins; a query that no sign-in leads back to is left out.

        `other` lets the person choose another account, `second_factor` has the same one show more.
        """
        if page_of(page) is None:
            page = page.partition("?")[0]
        more = {"account": _OTHER} if other else {"factor": MFA} if second_factor else {}
        return f"{_IN}?{urlencode({'page': page, **more})}"

    def way_in(self, page: str) -> str:
        """That address at the deployment's public host, whatever host the person used: cookies belong to one host."""
        return self._authority.root + self.address(page)

    def begin(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """On to the authority, with a state that holds for this browser alone."""
        page = page_of(request.query_params.get("page", ""))
        if page is None:
            return notice("no_such_page", status=404, language=language_of(request))
        cookie = self.sessions.cookie_name("browser")
        browser, verifier = request.cookies.get(cookie) or secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        pending = _Pending(_digest(browser), verifier, page, self._clock.now() + LIFETIME)
        root = self._authority.root
        query = {
            "client_id": str(self._client_id),
            "response_type": "code",
            "redirect_uri": self.callback(root),
            "scope": f"{root}/.default",
            "state": self._key_file.encrypt(msgspec.json.encode(pending)).decode(),
            "code_challenge": base64.urlsafe_b64encode(_digest(verifier)).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if request.query_params.get("account") == _OTHER:
            query["prompt"] = "select_account"
        if request.query_params.get("factor") == MFA:
            query["acr_values"] = MFA
        answer = see_other(f"{root}/{_TENANT}/oauth2/v2.0/authorize?{urlencode(query)}")
        answer.set_cookie(self.sessions.cookie("browser", browser, int(LIFETIME.total_seconds())))
        return answer

    async def finish(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Back from the authority: a session, and the page the person wanted."""
        query = request.query_params
        pending = self._pending(query.get("state", ""), request.cookies.get(self.sessions.cookie_name("browser"), ""))
        language = language_of(request)
        if pending is None:
            return notice("foreign_state", status=400, language=language)
        code, again = query.get("code", ""), self.address(pending.page)
        if not code:
            return notice("not_signed_in", status=400, language=language, message=query.get("error", ""), back=again)
        try:
            issued = await self._redeem(code, pending.verifier)
        except Refusal as refusal:
            # Somebody who went back in the history still has the session that the code was spent on.
            if await self.sessions.visitor(request) is not None:
                return see_other(pending.page)
            return notice("not_signed_in", status=400, language=language, refusal=refusal, back=again)
        verified = await self._authority.tokens.verify(issued.access_token)
        side = await side_of(self._authority.runtime, verified.tenant_id)
        answer = see_other(pending.page)
        answer.set_cookie(self.sessions.begin(issued, side))
        return answer

    async def start(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Home for whoever is signed in, the way in for others."""
        visitor = await self.sessions.visitor(request)
        if visitor is not None:
            return see_other(HOMES[visitor.side])
        return render("start.html", {"enter": self.address(_START)}, language=language_of(request))

    def speak(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """From now on in the language named, on the page the person came from."""
        page = page_of(request.query_params.get("page", "")) or _START
        answer = see_other(page)
        asked = request.query_params.get("to")
        if asked in set(Language):
            answer.set_cookie(choice(Language(asked), secure=self._authority.root.startswith("https:")))
        return answer

    async def leave(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """End the session, here and at the authority, if its own form asks for it."""
        sent = form.fields(request.headers.get("content-type", ""), await request.body())
        page = page_of(sent.get("page", ""))
        visitor = await self.sessions.visitor(request)
        if visitor is not None and not visitor.owns(sent.get("key"), SIGN_OUT):
            return notice("foreign_form", status=403, language=language_of(request), back=page)
        if visitor is None:
            # The page was older than its session. The authority's may last longer, and asks before it ends.
            answer = see_other(f"{self._authority.root}/{_TENANT}/oauth2/v2.0/logout")
        else:
            await self._end(visitor)
            answer = see_other(_OUT + (f"?{urlencode({'page': page})}" if page else ""))
        answer.set_cookie(self.sessions.end())
        return answer

    async def _end(self, visitor: Visitor) -> None:
        verified = visitor.verified
        if verified.session_id is not None:
            await authority_sessions.end(
                self._authority,
                tenant_id=verified.tenant_id,
                user_id=verified.subject_id,
                session_id=verified.session_id,
            )

    async def _redeem(self, code: str, verifier: str) -> Issued:
        root = self._authority.root
        request = TokenRequest(
            version=2,
            directory=await self._authority.directory(_TENANT),
            client=ClientCredentials(self._client_id),
            form={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.callback(root),
                "code_verifier": verifier,
                "scope": f"{root}/.default",
            },
        )
        return await self._authority.token(request)

    def _pending(self, state: str, browser: str) -> _Pending | None:
        try:
            pending = _decoder.decode(self._key_file.decrypt(state.encode()))
        except (KeyFileError, msgspec.DecodeError, ValueError):
            return None
        own = hmac.compare_digest(pending.browser, _digest(browser))
        return pending if own and self._clock.now() < pending.expires_at else None


def page_of(text: str) -> str | None:
    """The address of a page of the portal as it may be gone to after a sign-in; None for anything else."""
    return text if len(text) <= _LONGEST_PATH and _PAGE.fullmatch(text) else None


def entrance_routes(entrance: Entrance, correlation_id: CorrelationId) -> list[HTTPRouteHandler]:
    """`/`, `/portal` and what lies below it: sign-in, signed-in, sign-out, signed-out, language."""

    @get(_IN, status_code=303, operation_id="begin_portal_sign_in", include_in_schema=False, sync_to_thread=False)
    def begin(request: Request[Any, Any, Any]) -> Response[bytes]:
        return entrance.begin(request)

    @get(_BACK, status_code=303, operation_id="finish_portal_sign_in", include_in_schema=False)
    async def finish(request: Request[Any, Any, Any]) -> Response[bytes]:
        return await guarded("signed_in", request, correlation_id, entrance.finish)

    @post(
        SIGN_OUT,
        status_code=303,
        operation_id="end_portal_session",
        include_in_schema=False,
        request_max_body_size=form.LARGEST_BODY,
    )
    async def leave(request: Request[Any, Any, Any]) -> Response[bytes]:
        return await guarded("sign_out", request, correlation_id, entrance.leave)

    @get(_OUT, status_code=200, operation_id="show_portal_left", include_in_schema=False, sync_to_thread=False)
    def left(request: Request[Any, Any, Any]) -> Response[bytes]:
        page = page_of(request.query_params.get("page", ""))
        values = {"back": entrance.address(page) if page else None}
        return render("signed_out.html", values, language=language_of(request))

    @get("/", status_code=303, operation_id="find_portal", include_in_schema=False, sync_to_thread=False)
    def find() -> Response[bytes]:
        return see_other(_START)

    @get(_START, status_code=200, operation_id="start_portal", include_in_schema=False)
    async def start(request: Request[Any, Any, Any]) -> Response[bytes]:
        return await guarded("start", request, correlation_id, entrance.start)

    @get(_LANGUAGE, status_code=303, operation_id="choose_language", include_in_schema=False, sync_to_thread=False)
    def speak(request: Request[Any, Any, Any]) -> Response[bytes]:
        return entrance.speak(request)

    return [begin, finish, leave, left, find, start, speak]


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
