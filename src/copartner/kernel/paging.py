"""Keyset pages: a page token is the last key seen, sealed for one tenant and one query."""

import base64
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar, overload
from uuid import UUID

import msgspec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Sequence[T]):
    """Part of a list, which is the sequence of its `items`.

    `total` counts the whole list, None where nobody counted so far; `next_after` is the key to go on after, None at
    the end.
    """

    items: tuple[T, ...]
    total: int | None
    next_after: UUID | None

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...

    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        return self.items[place]


class Listed(msgspec.Struct, Generic[T]):
    """What the function of a list answers: the items of a page, and one more where the list goes on."""

    total: int | None
    items: tuple[T, ...]

    def page(self, size: int, key: Callable[[T], UUID]) -> Page[T]:
        """The page of at most `size` items."""
        items = self.items[:size]
        return Page(items, self.total, key(items[-1]) if len(self.items) > size else None)


class BadPageToken(Exception):
    """The token was made for another tenant or query, or altered."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the last key, and `value`, by which the list is ordered where that is not the key."""

    key: UUID
    value: str = ""


class PageTokens:
    """Makes and opens page tokens; the same secret on every process and after a restart."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, query: str, tenant_id: UUID, last: UUID, value: str = "") -> str:
        """A token that continues `query` of `tenant_id` after the key `last`, and the value by which it is ordered."""
        place = last.bytes + value.encode()
        return base64.urlsafe_b64encode(self._mac(query, tenant_id, place) + place).decode()

    def open(self, query: str, tenant_id: UUID, token: str) -> UUID:
        """The key to continue after; raises BadPageToken."""
        return self.place(query, tenant_id, token).key

    def place(self, query: str, tenant_id: UUID, token: str) -> Place:
        """The place to continue after; raises BadPageToken."""
        try:
            raw = base64.urlsafe_b64decode(token)
        except ValueError as error:
            raise BadPageToken from error
        mac, place = raw[:16], raw[16:]
        # Exactly as it was sealed: the last letter has bits to spare, and a decoder passes over foreign letters.
        if (
            len(place) < 16
            or base64.urlsafe_b64encode(raw).decode() != token
            or not hmac.compare_digest(mac, self._mac(query, tenant_id, place))
        ):
            raise BadPageToken
        return Place(UUID(bytes=place[:16]), place[16:].decode())

    def _mac(self, query: str, tenant_id: UUID, last: bytes) -> bytes:
        return hmac.digest(self._secret, query.encode() + b"\0" + tenant_id.bytes + last, sha256)[:16]
