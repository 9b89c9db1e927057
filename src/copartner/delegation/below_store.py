"""Rows of what belongs to one granular relationship: assignments, operations, requests; and of its customers."""

from functools import cache
from uuid import UUID

import asyncpg
import msgspec
from asyncpg.connection import Connection

from copartner.delegation.assignment_rules import AlreadyAssigned
from copartner.delegation.below import AccessAssignment, AssignmentStatus, Operation, Request
from copartner.delegation.model import Key
from copartner.kernel.functions import call

_ROWS = msgspec.json.Decoder(tuple[AccessAssignment, ...])
_OVER = (AssignmentStatus.DELETING, AssignmentStatus.DELETED)


@cache
def below() -> str:
    """Caller, partner, relationship, what of it, the one wanted, order, whether to count, key to start after, size."""
    return call("fn_read_below_admin_relationship", 12, "facts", "shapes", "body")


@cache
def standing() -> str:
    """Caller, partner, relationship, beginning of groups, size of each kind, moment; answers all that belongs to it."""
    return call("fn_read_admin_standing", 9, "facts", "shapes", "body")


@cache
def asking() -> str:
    """Caller, customer or none, moment; answers whom the caller could ask, and for whom besides itself."""
    return call("fn_read_admin_asking", 6, "facts", "shapes", "body")


@cache
def customer() -> str:
    """Caller, customer, moment; answers facts, customer and services."""
    return call("fn_read_admin_customer", 6, "facts", "shapes", "body")


@cache
def customers() -> str:
    """Caller, moment, order, whether to count, key to start after, size; one item more than the size."""
    return call("fn_list_admin_customers", 9, "facts", "shapes", "body")


async def open_assignments(db: Connection, key: Key) -> tuple[AccessAssignment, ...]:
    """The assignments of a relationship that are not over; the relationship is locked already."""
    return _ROWS.decode(await db.fetchval(call("fn_access_assignments", 3), key.partner_tenant_id, key.id, None))


async def assignment(db: Connection, key: Key, assignment_id: UUID) -> AccessAssignment | None:
    """One assignment of a relationship, which is locked already."""
    text = await db.fetchval(call("fn_access_assignments", 3), key.partner_tenant_id, key.id, assignment_id)
    return next(iter(_ROWS.decode(text)), None)


async def has_group(db: Connection, tenant_id: UUID, group_id: UUID) -> bool:
    """Whether the acting tenant has the group."""
    found: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM directory_group WHERE tenant_id = $1 AND id = $2)", tenant_id, group_id
    )
    return found


async def add_assignment(db: Connection, made: AccessAssignment) -> None:
    """Insert an assignment of the acting partner; raises AlreadyAssigned."""
    try:
        await db.execute(
            """INSERT INTO access_assignment (partner_tenant_id, id, relationship_id, customer_tenant_id, group_id,
                status, created_at, modified_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            made.partner_tenant_id,
            made.id,
            made.relationship_id,
            made.customer_tenant_id,
            made.group_id,
            made.status,
            made.created_at,
            made.modified_at,
            made.version,
        )
    except asyncpg.UniqueViolationError as error:
        raise AlreadyAssigned(
            "accessContainer: this group has roles of the relationship already; change that assignment.",
            str(made.group_id),
        ) from error
    await _give(db, made)


async def save_assignment(db: Connection, made: AccessAssignment) -> None:
    """Write what the acting partner or the system changed, with the roles it now gives."""
    await db.execute(
        "UPDATE access_assignment SET activated_at = $3 WHERE partner_tenant_id = $1 AND id = $2",
        *(made.partner_tenant_id, made.id, made.activated_at),
    )
    await end_assignment(db, made)
    if made.status not in _OVER:
        await _give(db, made)


async def end_assignment(db: Connection, made: AccessAssignment) -> None:
    """Write how an assignment stands, and take the roles that it no longer gives; a customer may do as much."""
    await db.execute(
        """UPDATE access_assignment SET status = $3, modified_at = $4, deleted_at = $5, version = $6
        WHERE partner_tenant_id = $1 AND id = $2""",
        *(made.partner_tenant_id, made.id, made.status, made.modified_at, made.deleted_at, made.version),
    )
    await db.execute(
        """UPDATE access_assignment_role SET taken_at = $3
        WHERE partner_tenant_id = $1 AND assignment_id = $2 AND taken_at IS NULL AND NOT role_id = ANY ($4)""",
        *(made.partner_tenant_id, made.id, made.modified_at, () if made.status in _OVER else made.roles),
    )


async def _give(db: Connection, made: AccessAssignment) -> None:
    """Open what the assignment gives and did not give; a role taken at this very moment was never gone."""
    await db.execute(
        """INSERT INTO access_assignment_role (partner_tenant_id, assignment_id, customer_tenant_id, role_id, given_at)
        SELECT $1, $2, $3, given.role_id, $4 FROM unnest($5::uuid[]) AS given(role_id)
        WHERE NOT EXISTS (SELECT FROM access_assignment_role o WHERE o.partner_tenant_id = $1 AND o.assignment_id = $2
            AND o.role_id = given.role_id AND o.taken_at IS NULL)
        ON CONFLICT (partner_tenant_id, assignment_id, role_id, given_at) DO UPDATE SET taken_at = NULL""",
        *(made.partner_tenant_id, made.id, made.customer_tenant_id, made.modified_at, made.roles),
    )


async def add_operation(db: Connection, made: Operation) -> None:
    """Insert an operation of the acting partner."""
    await db.execute(
        """INSERT INTO admin_operation (partner_tenant_id, id, relationship_id, operation_type, status, data,
            created_at, modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        made.partner_tenant_id,
        made.id,
        made.relationship_id,
        made.operation_type,
        made.status,
        msgspec.json.encode(made.data).decode(),
        made.created_at,
        made.modified_at,
    )


async def save_operation(db: Connection, made: Operation) -> None:
    """Write how far an operation is."""
    await db.execute(
        "UPDATE admin_operation SET status = $3, modified_at = $4 WHERE partner_tenant_id = $1 AND id = $2",
        *(made.partner_tenant_id, made.id, made.status, made.modified_at),
    )


async def add_request(db: Connection, made: Request) -> None:
    """Insert what the acting partner asked of a relationship."""
    await db.execute(
        """INSERT INTO admin_request (partner_tenant_id, id, relationship_id, action, status, created_at, modified_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        made.partner_tenant_id,
        made.id,
        made.relationship_id,
        made.action,
        made.status,
        made.created_at,
        made.modified_at,
    )
