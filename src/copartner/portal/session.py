"""Who looks at a page: a token, sealed into a cookie that scripts cannot read and other sites cannot use."""

import base64
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

from copartner.kernel.clock import Clock
from copartner.kernel.secrets import KeyFile, KeyFileError
from copartner.policy.facts import Side
from copartner.signin.model import Issued, Verified
from copartner.signin.service import Authority
from copartner.signin.tokens import TokenRefused


class _Sealed(msgspec.Struct, frozen=True, tag="portal session"):
    token: str
    secret: str
    side: Side


class _Note(msgspec.Struct, frozen=True, tag="portal note"):
    text: str
    session: str


_decoder = msgspec.json.Decoder(_Sealed)
_notes = msgspec.json.Decoder(_Note)
_LONGEST_NOTE = 500
# What a note is told apart by: it is no address, so no form carries the key of it.
_NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person with a session that holds; `side` is that of their tenant when they signed in."""

    verified: Verified
    side: Side
    secret: str = field(repr=False)

    @property
    def name(self) -> str:
        """The name the person signed in by."""
        return self.verified.user_principal_name or ""

    def form_key(self, path: str) -> str:
        """What a form of this session carries to an address, and a form of another site cannot know."""
        digest = hmac.digest(self.secret.encode(), path.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def owns(self, key: str | None, path: str) -> bool:
        """Whether a form that came to an address was made for this session."""
        return key is not None and hmac.compare_digest(key.encode(), self.form_key(path).encode())


class Sessions:
    """Seals tokens into cookies and opens them; nothing is stored, and a session ends with its token."""

    def __init__(self, authority: Authority, key_file: KeyFile, clock: Clock) -> None:
        self._authority = authority
        self._key_file = key_file
        self._clock = clock
        self._secure = authority.root.startswith("https:")
        self._name = self.cookie_name("session")

    def cookie_name(self, purpose: str) -> str:
        """The name of a cookie; over https browsers refuse one of this prefix from elsewhere."""
        return f"__Host-copartner-{purpose}" if self._secure else f"copartner-{purpose}"

    def cookie(self, purpose: str, value: str, seconds: int) -> Cookie:
        """A cookie that no script reads and no other site sends with its forms."""
        return Cookie(
            key=self.cookie_name(purpose),
            value=value,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="lax",
            max_age=max(seconds, 0),
        )

    def begin(self, issued: Issued, side: Side) -> Cookie:
        """The cookie of a new session, with a secret of its own; it lives as long as the token."""
        sealed = _Sealed(issued.access_token, secrets.token_urlsafe(32), side)
        value = self._key_file.encrypt(msgspec.json.encode(sealed)).decode()
        left = issued.expires_at - self._clock.now()
        return self.cookie("session", value, int(left.total_seconds()))

    def end(self) -> Cookie:
        """The cookie that takes a session away."""
        return self.cookie("session", "", 0)

    def keep(self, visitor: Visitor, note: str) -> Cookie:
        """The cookie by which the next page of this session says what was done."""
        made = _Note(note[:_LONGEST_NOTE], visitor.form_key(_NOTES))
        return self.cookie("note", self._key_file.encrypt(msgspec.json.encode(made)).decode(), 60)

    def kept(self, request: Request[Any, Any, Any], visitor: Visitor) -> str:
        """What was done at the page before; nothing, if this site did not write it down in this session."""
        value = request.cookies.get(self.cookie_name("note"), "")
        try:
            note = _notes.decode(self._key_file.decrypt(value.encode())) if value else None
        except (KeyFileError, msgspec.DecodeError, ValueError):
            return ""
        return note.text if note is not None and visitor.owns(note.session, _NOTES) else ""

    def said(self) -> Cookie:
        """The cookie that takes a note away."""
        return self.cookie("note", "", 0)

    async def visitor(self, request: Request[Any, Any, Any]) -> Visitor | None:
        """Who sent the request; None without a session, or when it was altered or has ended."""
        value = request.cookies.get(self._name, "")
        if not value:
            return None
        try:
            sealed = _decoder.decode(self._key_file.decrypt(value.encode()))
            verified = await self._authority.tokens.verify(sealed.token)
        except (KeyFileError, msgspec.DecodeError, TokenRefused, ValueError):
            return None
        return None if verified.app_only else Visitor(verified, sealed.side, sealed.secret)
