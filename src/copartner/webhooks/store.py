"""Rows of addresses for events, and of events that wait to be delivered."""

from datetime import datetime
from functools import cache
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.policy.facts import Facts
from copartner.webhooks.model import Broadcast, Event, EventAddress
from copartner.webhooks.rules import LEASE

_FACTS = msgspec.json.Decoder(Facts)
_ROW = msgspec.json.Decoder(EventAddress)


@cache
def read() -> str:
    """Caller; answers facts and address."""
    return call("fn_read_event_address", 4, "facts", "shapes", "body")


@cache
def looked_at() -> str:
    """Caller; answers facts, address and events that wait."""
    return call("fn_look_at_events", 4, "facts", "shapes", "body")


async def home_facts(db: Connection, ctx: Context) -> Facts:
    """The actor and its own tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_home_facts", 4), *ctx.who))


async def lock(db: Connection, tenant_id: UUID) -> EventAddress | None:
    """The address, locked."""
    row = await db.fetchval(call("fn_lock_event_address", 1), tenant_id)
    return None if row is None else _ROW.decode(row)


async def save(db: Connection, made: EventAddress) -> None:
    """Keep the one address of a tenant."""
    await db.execute(
        """INSERT INTO event_address (tenant_id, id, url, registered_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id) DO UPDATE
        SET id = EXCLUDED.id, url = EXCLUDED.url, registered_at = EXCLUDED.registered_at""",
        made.id,
        made.key_id,
        made.url,
        made.registered_at,
    )


async def remove(db: Connection, tenant_id: UUID) -> None:
    """Forget an address and the events that wait for it."""
    await db.execute("DELETE FROM event_address WHERE tenant_id = $1", tenant_id)


async def broadcast(db: Connection, event: Broadcast, data: str) -> int:
    """Put an event into the outbox for every tenant concerned; answers for how many."""
    written: int = await db.fetchval(
        call("fn_broadcast", 6), event.key, event.kind, event.sides, event.markets, data, event.at
    )
    return written


async def claim(db: Connection, *, now: datetime, most: int) -> list[Event]:
    """Events to be delivered next, leased to the caller; those that another has in hand are passed over."""
    rows = await db.fetch(
        """UPDATE event_outbox o SET attempts = o.attempts + 1, retry_at = $2
        FROM (SELECT w.id FROM event_outbox w WHERE NOT w.given_up AND (w.retry_at IS NULL OR w.retry_at <= $1)
            ORDER BY w.retry_at NULLS FIRST, w.id LIMIT $3 FOR UPDATE SKIP LOCKED) AS next, event_address a
        WHERE o.id = next.id AND a.tenant_id = o.tenant_id
        RETURNING o.id, o.tenant_id, o.kind, o.data, o.occurred_at, o.attempts, a.id AS key_id, a.url""",
        now,
        now + LEASE,
        most,
    )
    return [Event(**row) for row in rows]


async def delivered(db: Connection, event_id: UUID) -> None:
    """Remove an event that was taken."""
    await db.execute("DELETE FROM event_outbox WHERE id = $1", event_id)


async def postpone(db: Connection, event_id: UUID, *, retry_at: datetime | None, failure: str) -> None:
    """Keep an event that was not taken, until then or, without a time, for whoever looks after it."""
    await db.execute(
        "UPDATE event_outbox SET retry_at = $2, given_up = $2::timestamptz IS NULL, failure = $3 WHERE id = $1",
        event_id,
        retry_at,
        failure[:500],
    )
