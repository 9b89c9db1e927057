"""Rows that time moves on, as the worker reads and writes them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.delegation.model import AdminRelationship, Key, Notice, Reader
from copartner.delegation.rules import TAKES, WAITS
from copartner.kernel.functions import call

_ROW = msgspec.json.Decoder(AdminRelationship)


async def lock(db: Connection, key: Key) -> AdminRelationship | None:
    """The relationship of any partner, locked."""
    row = await db.fetchval(call("fn_lock_admin_relationship", 2), key.partner_tenant_id, key.id)
    return None if row is None else _ROW.decode(row)


async def next_due(db: Connection, until: datetime) -> AdminRelationship | None:
    """The relationship that the earliest thing, up to a moment, is due for."""
    row = await db.fetchval(call("fn_next_admin_relationship", 3), until, WAITS, TAKES)
    return None if row is None else _ROW.decode(row)


async def save(db: Connection, made: AdminRelationship) -> None:
    """Write what a step of the system changes; a new end has been told to nobody."""
    await db.execute(
        """UPDATE admin_relationship SET status = $3, modified_at = $4, activated_at = $5,
            noticed = CASE WHEN ends_at IS DISTINCT FROM $6 THEN 1000 ELSE noticed END, ends_at = $6, version = $7,
            ended_at = $8
        WHERE partner_tenant_id = $1 AND id = $2""",
        made.partner_tenant_id,
        made.id,
        made.status,
        made.modified_at,
        made.activated_at,
        made.ends_at,
        made.version,
        made.ended_at,
    )


async def next_notice(db: Connection, notices: Iterable[int], until: datetime) -> tuple[AdminRelationship, int] | None:
    """The relationship whose end has to be told of first, up to a moment, and how many days before it."""
    row = await db.fetchrow(call("fn_next_admin_notice", 2, "relationship", "days"), list(notices), until)
    return None if row["days"] is None else (_ROW.decode(row["relationship"]), row["days"])


async def save_noticed(db: Connection, notice: Notice) -> None:
    """Remember that the end was told of."""
    await db.execute(
        "UPDATE admin_relationship SET noticed = $3 WHERE partner_tenant_id = $1 AND id = $2",
        notice.partner_tenant_id,
        notice.id,
        notice.days,
    )


async def readers(db: Connection, tenant_id: UUID, role: str) -> tuple[Reader, ...]:
    """Who holds a role in a tenant, with the tenant's language."""
    rows = await db.fetch(
        """SELECT t.language, u.user_principal_name
        FROM actor a JOIN user_account u ON u.tenant_id = a.tenant_id AND u.id = a.subject_id
        JOIN tenant t ON t.id = a.tenant_id
        WHERE a.tenant_id = $1 AND NOT a.app_only AND $2 = ANY (a.roles) ORDER BY u.user_principal_name""",
        tenant_id,
        role,
    )
    return tuple(Reader(tenant_id, row["user_principal_name"], row["language"]) for row in rows)


async def company_name(db: Connection, tenant_id: UUID) -> str:
    """What a tenant is called."""
    found: str = await db.fetchval("SELECT company_name FROM tenant WHERE id = $1", tenant_id)
    return found
