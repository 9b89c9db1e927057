"""Rows of relationships that time changes, as the worker reads and writes them; and the mark of use."""

from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Record
from asyncpg.connection import Connection

from copartner.kernel.functions import call
from copartner.relationships.model import Relationship

_RELATIONSHIP = msgspec.json.Decoder(Relationship)


async def longest_idle(db: Connection, before: datetime) -> tuple[Relationship, datetime] | None:
    """The relationship whose privileges were not used for longest, up to a moment, and when they last were."""
    return _with_use(await db.fetchrow(call("fn_longest_idle", 1, "relationship", "used_at"), before))


async def lock(db: Connection, found: Relationship) -> tuple[Relationship, datetime] | None:
    """The relationship, locked, and when its privileges were last used; None once it ended."""
    return _with_use(
        await db.fetchrow(
            call("fn_lock_idle", 2, "relationship", "used_at"), found.partner_tenant_id, found.customer_tenant_id
        )
    )


async def mark_privileges_used(db: Connection, partner_tenant_id: UUID, customer_id: UUID, *, now: datetime) -> None:
    """Remember that a partner's privileges at a customer were used; written once a day at most."""
    await db.execute(call("fn_mark_privileges_used", 3), partner_tenant_id, customer_id, now)


def _with_use(row: Record) -> tuple[Relationship, datetime] | None:
    return None if row["relationship"] is None else (_RELATIONSHIP.decode(row["relationship"]), row["used_at"])
