"""What a browser carries for the authority: the cookie its forms are bound to, and the token of its session."""

import base64
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie

from copartner.kernel.secrets import KeyFileError
from copartner.signin import forms, sessions
from copartner.signin.agents import family_of
from copartner.signin.model import Browser
from copartner.signin.rules import FormStale
from copartner.signin.service import Authority

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_FORMS, _SESSION, _KNOWN = "signin", "sso", "known"
_KNOWN_FOR = timedelta(days=365)
_MOST_ACCOUNTS = 10
_LONGEST = 4000


class _Known(msgspec.Struct, frozen=True, tag="known browser"):
    """What a browser keeps for a year of who signed in at it, sealed: their guesses are counted apart."""

    device: UUID
    accounts: tuple[UUID, ...]
    expires_at: datetime


_decoder = msgspec.json.Decoder(_Known)


class Browsers:
    """Reads and sets the authority's cookies: none for scripts, none for other sites' forms, over https of one host."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._secure = authority.root.startswith("https:")

    async def of(self, request: Request[Any, Any, Any]) -> Browser:
        """The browser that sent a request, with the session it shows if that holds."""
        known = self._known(request)
        return Browser(
            family=family_of(request.headers.get("user-agent", "")),
            address=request.client.host if request.client else "",
            held=await sessions.find(self._authority, self.session_token(request)),
            device=known.device if known else None,
            accounts=known.accounts if known else (),
        )

    def form_secret(self, request: Request[Any, Any, Any]) -> str:
        """What forms of this browser are bound to; empty when it has none."""
        return self._read(request, _FORMS)

    def session_token(self, request: Request[Any, Any, Any]) -> str:
        """The token of the session the browser shows; empty without one."""
        return self._read(request, _SESSION)

    def with_form_secret(self, request: Request[Any, Any, Any]) -> str:
        """What forms of this browser are bound to, made for it when it has none."""
        return self.form_secret(request) or secrets.token_urlsafe(32)

    def form_key(self, request: Request[Any, Any, Any], path: str) -> str:
        """What a form of this session carries to an address, and a form of another site cannot know."""
        digest = hmac.digest(self.session_token(request).encode(), path.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def check_form(self, request: Request[Any, Any, Any], path: str, key: str | None) -> None:
        """Raise FormStale unless a form that came to an address was made for this session."""
        own = self.session_token(request) != "" and key is not None
        if not own or not hmac.compare_digest((key or "").encode(), self.form_key(request, path).encode()):
            raise FormStale("The form was not made for your present session, and nothing was changed. Open it again.")

    def bind(self, answer: Response[bytes], form_secret: str) -> Response[bytes]:
        """The answer, with the cookie its form is bound to."""
        answer.set_cookie(self._cookie(_FORMS, form_secret, forms.LIFETIME))
        return answer

    def signed_in(self, answer: Response[bytes], browser: Browser, user_id: UUID, token: str) -> Response[bytes]:
        """The answer with the token of a session that began or goes on, and this browser known to the account."""
        answer.set_cookie(self._cookie(_SESSION, token, sessions.LONGEST))
        others = tuple(each for each in browser.accounts if each != user_id)
        known = _Known(
            device=browser.device or self._authority.ids.new(),
            accounts=(user_id, *others)[:_MOST_ACCOUNTS],
            expires_at=self._authority.clock.now() + _KNOWN_FOR,
        )
        sealed = self._authority.key_file.encrypt(msgspec.json.encode(known)).decode()
        answer.set_cookie(self._cookie(_KNOWN, sealed, _KNOWN_FOR))
        return answer

    def signed_out(self, answer: Response[bytes]) -> Response[bytes]:
        """The answer, which takes the session's token away."""
        answer.set_cookie(self._cookie(_SESSION, "", timedelta()))
        return answer

    def _known(self, request: Request[Any, Any, Any]) -> "_Known | None":
        sealed = request.cookies.get(self._name(_KNOWN), "")
        if not sealed or len(sealed) > _LONGEST:
            return None
        try:
            known = _decoder.decode(self._authority.key_file.decrypt(sealed.encode()))
        except (KeyFileError, msgspec.DecodeError, ValueError):
            return None
        return known if self._authority.clock.now() < known.expires_at else None

    def _read(self, request: Request[Any, Any, Any], purpose: str) -> str:
        value = request.cookies.get(self._name(purpose), "")
        return value if _TOKEN.fullmatch(value) else ""

    def _name(self, purpose: str) -> str:
        # The prefix makes browsers refuse the cookie from another host or over plain HTTP.
        return f"__Host-copartner-{purpose}" if self._secure else f"copartner-{purpose}"

    def _cookie(self, purpose: str, value: str, age: timedelta) -> Cookie:
        return Cookie(
            key=self._name(purpose),
            value=value,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="lax",
            max_age=int(age.total_seconds()),
        )
