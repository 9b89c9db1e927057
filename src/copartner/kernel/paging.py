"""Keyset pages: a page token is the last key seen, sealed for one tenant and one query."""

import base64
import hmac
from hashlib import sha256
from uuid import UUID


class BadPageToken(Exception):
    """The token was made for another tenant or query, or altered."""


class PageTokens:
    """Makes and opens page tokens; the same secret on every process and after a restart."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, query: str, tenant_id: UUID, last: UUID) -> str:
        """A token that continues `query` of `tenant_id` after the key `last`."""
        return base64.urlsafe_b64encode(last.bytes + self._mac(query, tenant_id, last.bytes)).decode()

    def open(self, query: str, tenant_id: UUID, token: str) -> UUID:
        """The key to continue after; raises BadPageToken."""
        try:
            raw = base64.urlsafe_b64decode(token)
        except ValueError as error:
            raise BadPageToken from error
        last, mac = raw[:16], raw[16:]
        if len(raw) != 32 or not hmac.compare_digest(mac, self._mac(query, tenant_id, last)):
            raise BadPageToken
        return UUID(bytes=last)

    def _mac(self, query: str, tenant_id: UUID, last: bytes) -> bytes:
        return hmac.digest(self._secret, query.encode() + b"\0" + tenant_id.bytes + last, sha256)[:16]
