"""OAuth's words: forms and Basic credentials in, token answers of the v1 and v2 kind out."""

import base64
import binascii
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

import msgspec
from litestar import Response
from litestar.connection import ASGIConnection

from copartner.signin.model import ClientCredentials, Issued
from copartner.signin.rules import OIDC_SCOPES, BadRequest, guid

FORM = "application/x-www-form-urlencoded"
LARGEST_BODY = 65_536
_LONGEST_QUERY = 16_384
_MOST_FIELDS = 50
_BEARER = "Bearer"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"}


class TokenAnswerV1(msgspec.Struct, omit_defaults=True):
    """The v1 answer, whose numbers are strings."""

    token_type: str
    expires_in: str
    ext_expires_in: str
    expires_on: str
    not_before: str
    resource: str
    access_token: str
    scope: str = ""
    refresh_token: str | None = None
    id_token: str | None = None
    client_info: str | None = None


class TokenAnswerV2(msgspec.Struct, omit_defaults=True):
    """The v2 answer."""

    token_type: str
    expires_in: int
    ext_expires_in: int
    access_token: str
    scope: str = ""
    refresh_token: str | None = None
    id_token: str | None = None
    client_info: str | None = None


def answer(issued: Issued, version: int) -> TokenAnswerV1 | TokenAnswerV2:
    """What the bearer of a new token is told."""
    seconds = int((issued.expires_at - issued.not_before).total_seconds())
    if version == 2:
        return TokenAnswerV2(
            token_type=_BEARER,
            expires_in=seconds,
            ext_expires_in=seconds,
            access_token=issued.access_token,
            scope="" if issued.app_only else _granted(issued),
            refresh_token=issued.refresh_token,
            id_token=issued.id_token,
            client_info=issued.client_info,
        )
    return TokenAnswerV1(
        token_type=_BEARER,
        expires_in=str(seconds),
        ext_expires_in=str(seconds),
        expires_on=str(int(issued.expires_at.timestamp())),
        not_before=str(int(issued.not_before.timestamp())),
        resource=issued.audience,
        access_token=issued.access_token,
        scope="" if issued.app_only else "user_impersonation",
        refresh_token=issued.refresh_token,
        id_token=issued.id_token,
        client_info=issued.client_info,
    )


def _granted(issued: Issued) -> str:
    """What was asked for, with the resource's default when no scope of it was named."""
    named = any(word not in OIDC_SCOPES for word in issued.scopes)
    return " ".join(issued.scopes if named else (*issued.scopes, f"{issued.audience}/.default"))


def form_of(connection: ASGIConnection[Any, Any, Any, Any], body: bytes) -> dict[str, str]:
    """The fields of a form body; raises BadRequest for another content type, bad encoding or a repeated field."""
    content_type = connection.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise BadRequest(f"The body must be of the content type {FORM}.")
    return _fields(body)


def query_of(query: bytes) -> dict[str, str]:
    """The parameters of an address; raises BadRequest."""
    if len(query) > _LONGEST_QUERY:
        raise BadRequest("The address is too long.")
    return _fields(query)


def _fields(encoded: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise BadRequest("The parameters are not form-encoded UTF-8.") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest("A parameter is given more than once.")
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise BadRequest("A parameter holds a NUL character.")
    return found


def credentials(authorization: str | None, form: dict[str, str]) -> ClientCredentials:
    """What the application said of itself, in the Basic header or in the form; raises BadRequest when in both."""
    name, secret = form.get("client_id"), form.get("client_secret")
    if authorization is not None and authorization[:6].lower() == "basic ":
        if secret is not None:
            raise BadRequest("Send the client secret in the Authorization header or in the body, not in both.")
        basic_name, secret = _basic(authorization[6:])
        if name is not None and name != basic_name:
            raise BadRequest("client_id differs from the one in the Authorization header.")
        name = basic_name
    if not name:
        return ClientCredentials(None, secret)
    identifier = guid(name)
    if identifier is None:
        raise BadRequest("client_id is not the identifier of an application.")
    return ClientCredentials(identifier, secret)


def _basic(encoded: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise BadRequest("The Authorization header is not Basic credentials.") from error
    name, colon, secret = text.partition(":")
    if not colon or "\0" in text:
        raise BadRequest("The Authorization header is not Basic credentials.")
    # RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
    return unquote_plus(name), unquote_plus(secret)


def returning(redirect_uri: str, **parameters: str | None) -> str:
    """The address a browser is sent back to, its own query kept."""
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{redirect_uri}{'&' if urlsplit(redirect_uri).query else '?'}{query}"


def redirect(location: str, status: int) -> Response[bytes]:
    """Send a browser on; what it comes from may hold a code and is told to nobody."""
    headers = {**NO_STORE, "Location": location, "Referrer-Policy": "no-referrer"}
    return Response(b"", status_code=status, media_type="text/plain", headers=headers)
