"""From the bearer token and the headers of a request to the context its operation runs in."""

import re
from collections.abc import Awaitable
from functools import lru_cache
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from litestar.types import HTTPScope, Scope

from copartner.api.decoding import Malformed
from copartner.command.context import Caller, Context, RequestKey
from copartner.command.runtime import Runtime
from copartner.kernel.errors import Refusal
from copartner.kernel.ids import Ids
from copartner.kernel.languages import Language, preferred
from copartner.policy.facts import Door, Side
from copartner.signin.tokens import TokenRefused
from copartner.tenants.service.tenants import side_of

_IDENTIFIERS = "copartner.identifiers"
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_SIDE = re.compile(r"(?:^|&)side=(partner|customer|operator)(?:&|$)")
_LONGEST_TOKEN = 16_384
_LONGEST_REQUEST_ID = 128
_LONGEST_LANGUAGE = 200


class NoToken(Refusal):
    """There is no bearer token, or none that is valid here."""


class NotThisSide(Refusal):
    """The token is valid, but its tenant is not of the side that the address serves."""


class UserTokenNeeded(Refusal):
    """The operation needs a user's token and got an application's."""


class Verified(Protocol):
    """What a valid token says."""

    @property
    def tenant_id(self) -> UUID:
        """Tenant of the bearer."""
        ...

    @property
    def subject_id(self) -> UUID:
        """User, or application when `app_only`."""
        ...

    @property
    def app_only(self) -> bool:
        """Whether no user signed in."""
        ...

    @property
    def multi_factor(self) -> bool:
        """Whether a second factor was used at the sign-in."""
        ...


class Tokens(Protocol):
    """Verifies access tokens."""

    def verify(self, token: str) -> Awaitable[Verified]:
        """What the token says; raises TokenRefused."""
        ...


class Identifiers:
    """Headers by lower-case name, the last of those with one name, and what of them identifies the request.

    `request_given` when the caller chose the request id.
    """

    __slots__ = ("correlation_id", "headers", "request_given", "request_id")

    def __init__(self, headers: dict[bytes, bytes], ids: Ids) -> None:
        self.headers = headers
        request_id = headers.get(b"ms-requestid", b"").decode("latin-1").strip()
        given = headers.get(b"ms-correlationid") or headers.get(b"client-request-id", b"")
        correlation_id = given.decode("latin-1").strip()[:_LONGEST_REQUEST_ID]
        fresh = "" if request_id and correlation_id else str(ids.new())
        self.request_given = request_id != ""
        self.request_id = request_id or fresh
        self.correlation_id = correlation_id or fresh

    @property
    def language(self) -> Language:
        """The language asked for: by X-Locale, which the contract knows, else by Accept-Language; else English."""
        asked = self.headers.get(b"x-locale") or self.headers.get(b"accept-language")
        return (preferred(asked[:_LONGEST_LANGUAGE].decode("latin-1")) if asked else None) or Language.ENGLISH


def identified(scope: Scope) -> Identifiers:
    """The headers and identifiers that the outer layer put beside the request."""
    found: Identifiers = scope["state"][_IDENTIFIERS]
    return found


def identify(scope: HTTPScope, ids: Ids) -> Identifiers:
    """Read the headers, make the identifiers that are absent, and put them beside the request."""
    found = Identifiers(dict(scope["headers"]), ids)
    scope.setdefault("state", {})[_IDENTIFIERS] = found
    return found


async def context(
    scope: HTTPScope, body: bytes, *, tokens: Tokens, runtime: Runtime, side: Side | None, user_only: bool
) -> Context:
    """The context of a request; raises NoToken, UserTokenNeeded, Malformed.

    Without a side it is the one the tenant reads its own records on, or that of the query's `side`.
    """
    identifiers = identified(scope)
    headers = identifiers.headers
    try:
        verified = await tokens.verify(_bearer(headers.get(b"authorization")))
    except TokenRefused as error:
        raise NoToken(str(error)) from None
    if user_only and verified.app_only:
        raise UserTokenNeeded("This operation does not take app-only tokens; use a token that a user signed in for.")
    await runtime.rules.settled()
    if side is None:
        side = _asked_side(scope) or await side_of(runtime, verified.tenant_id)
    return Context(
        runtime=runtime,
        caller=Caller(
            side, verified.tenant_id, verified.subject_id, verified.app_only, verified.multi_factor, Door.API
        ),
        correlation_id=identifiers.correlation_id,
        request=_key(scope, identifiers, body),
        locale=_locale(headers.get(b"x-locale")),
        language=identifiers.language,
    )


def _asked_side(scope: HTTPScope) -> Side | None:
    found = _SIDE.search(scope["query_string"].decode("latin-1").lower())
    return Side(found[1]) if found else None


def _bearer(authorization: bytes | None) -> str:
    if authorization is None:
        raise NoToken("Send an access token in the header Authorization, as Bearer.")
    scheme, _, token = authorization.decode("latin-1").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _LONGEST_TOKEN:
        raise NoToken("The header Authorization has to be Bearer and an access token.")
    return token


def _key(scope: HTTPScope, identifiers: Identifiers, body: bytes) -> RequestKey | None:
    if scope["method"] != "POST" or not identifiers.request_given:
        return None
    if len(identifiers.request_id) > _LONGEST_REQUEST_ID or not identifiers.request_id.isprintable():
        message = f"MS-RequestId: send at most {_LONGEST_REQUEST_ID} printable characters, a GUID if you can."
        raise Malformed(message, "MS-RequestId")
    return RequestKey("POST", scope["path"], identifiers.request_id, sha256(body).digest())


@lru_cache(256)
def _locale(header: bytes | None) -> str:
    text = header.decode("latin-1").strip() if header else ""
    return text if _LOCALE.fullmatch(text) else "en"
