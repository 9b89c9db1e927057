"""A partner reads what belongs to one of its relationships: assignments, operations, requests."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from copartner.command.context import Context
from copartner.delegation import below_store
from copartner.delegation.assignment_rules import (
    UnknownAssignment,
    UnknownOperation,
    UnknownRelationshipRequest,
    ended_with,
)
from copartner.delegation.below import AccessAssignment, Operation, Request
from copartner.delegation.model import AdminRelationship, Key
from copartner.delegation.service import PAGE_LIMIT, visible
from copartner.kernel.errors import NotFound
from copartner.kernel.paging import Listed, Page
from copartner.policy.actions import Action


class _Named(Protocol):
    @property
    def id(self) -> UUID: ...


T = TypeVar("T", bound=_Named)


@dataclass(frozen=True, slots=True)
class _Kind(Generic[T]):
    """What belongs to a relationship: its name in the store, who may read it, and how one that is not there is told."""

    name: str
    action: Action
    body: type["_Below[T]"]
    unknown: type[NotFound]
    missing: str


class _Below(Listed[T], Generic[T]):
    relationship: AdminRelationship | None = None


_ASSIGNMENT = _Kind(
    "assignment",
    Action.ACCESS_ASSIGNMENT_READ,
    _Below[AccessAssignment],
    UnknownAssignment,
    "This relationship has no such assignment.",
)
_OPERATION = _Kind(
    "operation",
    Action.ADMIN_RELATIONSHIP_READ,
    _Below[Operation],
    UnknownOperation,
    "This relationship has no such operation.",
)
_REQUEST = _Kind(
    "request",
    Action.ADMIN_RELATIONSHIP_READ,
    _Below[Request],
    UnknownRelationshipRequest,
    "Nothing of this identifier was asked of the relationship.",
)


async def list_assignments(
    ctx: Context,
    *,
    key: Key,
    descending: bool = False,
    count: bool = False,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Page[AccessAssignment]:
    """At most `size` (1 to 300) assignments of one, oldest first; raises Denied, UnknownAdminRelationship."""
    relationship, page = await _page(ctx, _ASSIGNMENT, key, descending, count, after, size)
    return Page(tuple(ended_with(one, relationship) for one in page), page.total, page.next_after)


async def read_assignment(ctx: Context, *, key: Key, assignment_id: UUID) -> AccessAssignment:
    """One assignment of a relationship; raises Denied, UnknownAdminRelationship, UnknownAssignment."""
    relationship, found = await _one(ctx, _ASSIGNMENT, key, assignment_id)
    return ended_with(found, relationship)


async def list_operations(
    ctx: Context,
    *,
    key: Key,
    descending: bool = False,
    count: bool = False,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Page[Operation]:
    """At most `size` (1 to 300) operations of one, oldest first; raises Denied, UnknownAdminRelationship."""
    return (await _page(ctx, _OPERATION, key, descending, count, after, size))[1]


async def read_operation(ctx: Context, *, key: Key, operation_id: UUID) -> Operation:
    """One operation of a relationship; raises Denied, UnknownAdminRelationship, UnknownOperation."""
    return (await _one(ctx, _OPERATION, key, operation_id))[1]


async def list_requests(
    ctx: Context,
    *,
    key: Key,
    descending: bool = False,
    count: bool = False,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Page[Request]:
    """At most `size` (1 to 300) requests about one, oldest first; raises Denied, UnknownAdminRelationship."""
    return (await _page(ctx, _REQUEST, key, descending, count, after, size))[1]


async def read_request(ctx: Context, *, key: Key, request_id: UUID) -> Request:
    """One request about a relationship; raises Denied, UnknownAdminRelationship, UnknownRelationshipRequest."""
    return (await _one(ctx, _REQUEST, key, request_id))[1]


async def _page(
    ctx: Context, kind: _Kind[T], key: Key, descending: bool, count: bool, after: UUID | None, size: int
) -> tuple[AdminRelationship, Page[T]]:
    size = min(max(size, 1), PAGE_LIMIT)
    found = await _read(ctx, kind, key, None, descending, count, after, size)
    return visible(ctx, found.relationship, key), found.page(size, lambda one: one.id)


async def _one(ctx: Context, kind: _Kind[T], key: Key, wanted: UUID) -> tuple[AdminRelationship, T]:
    found = await _read(ctx, kind, key, wanted, False, False, None, 1)
    relationship = visible(ctx, found.relationship, key)
    if not found.items:
        raise kind.unknown(kind.missing, str(wanted))
    return relationship, found.items[0]


async def _read(ctx: Context, kind: _Kind[T], key: Key, *asked: UUID | bool | int | None) -> _Below[T]:
    sql, whose = below_store.below(), (key.partner_tenant_id, key.id)
    return await ctx.read(kind.action, sql, *whose, kind.name, *asked, body=kind.body)
