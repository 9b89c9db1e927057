"""What a list can be asked for in OData's words, declared once a list; whatever else is asked is refused.

Source: tenantrelationship-list-delegatedadminrelationships, 2025-02-21; query-parameters, 2025-02-21.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.graph.filtering import Compared, Condition, conditions
from copartner.api.registry import Query
from copartner.kernel.paging import BadPageToken, Page, Place

T = TypeVar("T")
B = TypeVar("B", bound=Struct)

LARGEST = 300
CHOICE = Query("$select", "The properties to answer with, by comma.")
_OFFERED = frozenset({"$filter", "$select", "$orderby", "$top", "$count", "$skiptoken"})
# What a following page is asked for again; what it goes on after stands beside it.
_KEPT = ("$filter", "$select", "$orderby", "$top", "$count")


class Collection(Struct, Generic[B], frozen=True, kw_only=True):
    """A page of a list."""

    context: str = field(name="@odata.context")
    count: int | UnsetType = field(default=UNSET, name="@odata.count")
    next_link: str | UnsetType = field(default=UNSET, name="@odata.nextLink")
    value: tuple[B, ...]


@dataclass(frozen=True, slots=True)
class Listing(Generic[T, B]):
    """What one list takes, and the shape of what it answers.

    `compared` are the properties that `$filter` takes. `orders` are those that `$orderby` takes, the first where
    nothing is asked; each gives the value by which an item has its place.
    """

    shape: type[B]
    orders: Mapping[str, Callable[[T], str]]
    compared: Mapping[str, Compared] = dataclasses.field(default_factory=dict)

    @property
    def query(self) -> tuple[Query, ...]:
        """The options for the OpenAPI document."""
        filters = "; ".join(one.offer(name) for name, one in self.compared.items())
        return (
            *((Query("$filter", f"Joined by and: {filters}."),) if filters else ()),
            CHOICE,
            Query("$orderby", f"One of {', '.join(self.orders)}, with asc or desc."),
            Query("$top", f"How many a page has, at most {LARGEST}.", int),
            Query("$count", "With true, how many there are in all.", bool),
            Query("$skiptoken", "Where the page begins; stands in @odata.nextLink."),
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of a list; `query` names the list, its conditions and its order for page tokens."""

    query: str
    conditions: Mapping[str, Condition]
    order: str
    descending: bool
    chosen: frozenset[str] | None
    count: bool
    size: int
    after: Place | None

    def among(self, name: str) -> list[Any] | None:
        """The values that a property may have; None for any."""
        found = self.conditions.get(name)
        return None if found is None else list(found.values)

    def text(self, name: str, operator: str) -> str | None:
        """The text that a property is compared with by this operator; None where it is not."""
        found = self.conditions.get(name)
        return None if found is None or found.operator != operator else str(found.values[0])


def asked(call: Call, listing: Listing[Any, Any]) -> Asked:
    """What the request asks for; raises Malformed."""
    _refuse_others(call, _OFFERED)
    found = conditions(call.query("$filter"), listing.compared)
    order, descending = _order(call.query("$orderby"), listing)
    said = sorted(f"{name} {one.operator} {[str(value) for value in one.values]}" for name, one in found.items())
    query = f"{call.path}?{said}&{order} {descending}"
    return Asked(
        query=query,
        conditions=found,
        order=order,
        descending=descending,
        chosen=_chosen(call.query("$select"), listing.shape),
        count=_flag(call.query("$count")),
        size=call.query_number("$top", default=LARGEST, lowest=1, highest=LARGEST),
        after=_after(call, query),
    )


def chosen(call: Call, shape: type[Struct]) -> frozenset[str] | None:
    """The properties of a single thing that `$select` names, None for all; raises Malformed."""
    _refuse_others(call, frozenset({"$select"}))
    return _chosen(call.query("$select"), shape)


def only(body: B, names: frozenset[str] | None) -> B:
    """The body with the chosen properties alone, its id and its annotations."""
    if names is None:
        return body
    keys = zip(type(body).__struct_fields__, type(body).__struct_encode_fields__, strict=True)
    left_out: dict[str, Any] = {name: UNSET for name, key in keys if key in _properties(type(body)) - names}
    return msgspec.structs.replace(body, **left_out)


def collection(
    call: Call, listing: Listing[T, B], wanted: Asked, found: Page[T], shaped: Callable[[T], B], context: str
) -> Collection[B]:
    """The page in Graph's shape, with the address of the following one."""
    following: str | UnsetType = UNSET
    if found.next_after is not None:
        value = listing.orders[wanted.order](found.items[-1])
        token = call.ctx.runtime.page_tokens.seal(wanted.query, call.ctx.caller.tenant_id, found.next_after, value)
        pairs = [*((name, kept) for name in _KEPT if (kept := call.query(name))), ("$skiptoken", token)]
        below = call.path.strip("/").partition("/")[2]
        following = f"{root(call)}/{below}?{urlencode(pairs, quote_via=quote, safe='$')}"
    properties = "" if wanted.chosen is None else f"({','.join(sorted(wanted.chosen | {'id'}))})"
    return Collection(
        context=f"{root(call)}/$metadata#{context}{properties}",
        count=UNSET if found.total is None else found.total,
        next_link=following,
        value=tuple(only(shaped(one), wanted.chosen) for one in found.items),
    )


def root(call: Call) -> str:
    """Where the version that was asked is, as an absolute address."""
    version = call.path.strip("/").partition("/")[0]
    return f"{call.ctx.runtime.public_url.rstrip('/')}/{version}"


def _refuse_others(call: Call, offered: frozenset[str]) -> None:
    others = sorted(name for name in call.query_names() if name.startswith("$") and name not in offered)
    if others:
        raise Malformed(f"{others[0]}: this address takes {', '.join(sorted(offered))}; leave it out.", others[0])


def _properties(shape: type[Struct]) -> frozenset[str]:
    names = msgspec.structs.fields(shape)
    return frozenset(one.encode_name for one in names if not one.encode_name.startswith("@")) - {"id"}


def _chosen(text: str | None, shape: type[Struct]) -> frozenset[str] | None:
    if text is None:
        return None
    known = {name.lower(): name for name in (*_properties(shape), "id")}
    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        raise Malformed(
            f"$select: {unknown[0][:60]!r} is none of id, {', '.join(sorted(_properties(shape)))}.", "$select"
        )
    return frozenset(known[name.lower()] for name in names) - {"id"}


def _order(text: str | None, listing: Listing[Any, Any]) -> tuple[str, bool]:
    if text is None:
        return next(iter(listing.orders)), False
    known = {name.lower(): name for name in listing.orders}
    name, _, direction = text.strip().partition(" ")
    found, way = known.get(name.lower()), direction.strip().lower() or "asc"
    if found is None or way not in ("asc", "desc"):
        raise Malformed(f"$orderby: send one of {', '.join(listing.orders)}, with asc or desc after it.", "$orderby")
    return found, way == "desc"


def _flag(text: str | None) -> bool:
    if text is None:
        return False
    if text.lower() not in ("true", "false"):
        raise Malformed("$count: send true or false.", "$count")
    return text.lower() == "true"


def _after(call: Call, query: str) -> Place | None:
    token = call.query("$skiptoken")
    if token is None:
        return None
    try:
        return call.ctx.runtime.page_tokens.place(query, call.ctx.caller.tenant_id, token)
    except BadPageToken:
        raise Malformed("$skiptoken: this token is of another list; follow @odata.nextLink.", "$skiptoken") from None
