"""The contract's shapes that every resource shares: attributes, links, collections, entity tags."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from msgspec import UNSET, Struct, UnsetType

from copartner.api.call import Call
from copartner.api.registry import Query
from copartner.kernel.errors import StaleTag

T = TypeVar("T")

IF_MATCH = Query("If-Match", "The etag of the version to change; another version is refused.")
_PREFIX = "/v1/"
_TAG = re.compile(r"v([0-9]{1,9})")


class Header(Struct, frozen=True, rename="camel"):
    """A header a client has to send along when it follows a link."""

    key: str
    value: str


class Link(Struct, frozen=True, rename="camel"):
    """Where something is; `uri` is relative to `/v1` and begins without a slash."""

    uri: str
    method: str = "GET"
    headers: tuple[Header, ...] = ()


class Links(Struct, frozen=True, rename="camel"):
    """The links of a resource or of a page."""

    self: Link | UnsetType = UNSET
    next: Link | UnsetType = UNSET
    previous: Link | UnsetType = UNSET


class Attributes(Struct, frozen=True, rename="camel"):
    """What kind of thing this is, and the tag of its present version."""

    object_type: str
    etag: str | UnsetType = UNSET


class Collection(Struct, Generic[T], frozen=True, kw_only=True, rename="camel"):
    """A list: `total_count` counts all of it on every page, and is left out where nobody counts so far."""

    total_count: int | UnsetType = UNSET
    items: Sequence[T]
    links: Links
    attributes: Attributes = Attributes("Collection")


def given(value: T | None) -> T | UnsetType:
    """The value, or nothing at all in place of None: the contract leaves out what is not there."""
    return UNSET if value is None else value


@lru_cache(4096)
def attributes(kind: str, version: int | None = None) -> Attributes:
    """The attributes of a resource of a kind; with a version it has an entity tag."""
    return Attributes(kind, UNSET if version is None else tag(version))


def link(*parts: object, query: Sequence[tuple[str, str]] = (), method: str = "GET") -> Link:
    """A link to a place below `/v1`, such as `customers/{id}`."""
    path = "/".join(_safe(str(part)) for part in parts)
    return Link(f"{path}?{urlencode(query)}" if query else path, method)


def _safe(part: str) -> str:
    # Nearly every part is a GUID or a catalogue key, which needs no quoting; quote costs twenty times as much.
    return part if part.replace("-", "").isalnum() and part.isascii() else quote(part, safe="")


def here(call: Call) -> Link:
    """The link of the address that was asked for."""
    return Link(quote(call.path.removeprefix(_PREFIX)))


def self_link(*parts: object) -> Links:
    """The links of a resource that has only its own."""
    return Links(self=link(*parts))


def collection(items: Iterable[T], call: Call) -> Collection[T]:
    """A whole list, with the link of the address asked for."""
    rows = tuple(items)
    return Collection(total_count=len(rows), items=rows, links=Links(self=here(call)))


def tag(version: int) -> str:
    """The entity tag of a version; opaque to clients."""
    return urlsafe_b64encode(b"v%d" % version).decode()


def wanted_version(call: Call) -> int | None:
    """The version that `If-Match` names, None where it names none or any; raises StaleTag for a foreign one."""
    text = call.header(b"if-match")
    if text is None or text.strip() in ("", "*"):
        return None
    text = text.strip().removeprefix("W/").strip('"')
    try:
        found = _TAG.fullmatch(urlsafe_b64decode(text).decode("ascii"))
    except ValueError:
        found = None
    if found is None:
        raise StaleTag("If-Match is no entity tag of this service; read the resource again and send its etag.")
    return int(found[1])


def amount(value: Decimal) -> Decimal:
    """An amount of money with two places, or more where the price has them."""
    cents = value.quantize(Decimal("0.01"))
    return cents if cents == value else value.normalize()


def text_of(value: object) -> str:
    """JSON in a string, as audit records carry values."""
    return msgspec.json.encode(value).decode()
