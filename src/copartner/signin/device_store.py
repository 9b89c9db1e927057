"""Keeps devices that wait for a person, by the hash of what they ask with and the code a person types."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg.connection import Connection

_ENDED_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A device that waits, or was answered; `directory_tenant_id` None when any tenant's user may answer."""

    device_hash: bytes
    application_id: UUID
    directory_tenant_id: UUID | None
    audience: str | None
    scopes: tuple[str, ...]
    state: str
    tenant_id: UUID | None
    user_id: UUID | None
    methods: tuple[str, ...]
    session_id: UUID | None
    signed_in_at: datetime | None
    polled_at: datetime | None
    expires_at: datetime


async def add(db: Connection, waiting: Waiting, user_code: str, *, now: datetime) -> None:
    """Keep a device that begins to wait, and drop those that ended a day ago."""
    await db.execute("DELETE FROM device_authorization WHERE expires_at < $1", now - _ENDED_KEPT)
    await db.execute(
        """
        INSERT INTO device_authorization (device_hash, user_code, application_id, directory_tenant_id, audience, scopes,
            state, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        waiting.device_hash,
        user_code,
        waiting.application_id,
        waiting.directory_tenant_id,
        waiting.audience,
        waiting.scopes,
        waiting.state,
        waiting.expires_at,
    )


async def lock(db: Connection, *, device_hash: bytes | None = None, user_code: str | None = None) -> Waiting | None:
    """The device of either code, held until the end of the transaction."""
    row = await db.fetchrow(
        """
        SELECT device_hash, application_id, directory_tenant_id, audience, scopes, state, tenant_id, user_id, methods,
            session_id, signed_in_at, polled_at, expires_at
        FROM device_authorization WHERE device_hash = $1 OR user_code = $2 FOR UPDATE
        """,
        device_hash,
        user_code,
    )
    return Waiting(**{**row, "scopes": tuple(row["scopes"]), "methods": tuple(row["methods"])}) if row else None


async def polled(db: Connection, device_hash: bytes, *, now: datetime) -> None:
    """The device asked just now."""
    await db.execute("UPDATE device_authorization SET polled_at = $2 WHERE device_hash = $1", device_hash, now)


async def answer(
    db: Connection,
    device_hash: bytes,
    *,
    state: str,
    tenant_id: UUID | None = None,
    user_id: UUID | None = None,
    methods: tuple[str, ...] = (),
    session_id: UUID | None = None,
    signed_in_at: datetime | None = None,
) -> None:
    """A person said yes, or no."""
    await db.execute(
        """
        UPDATE device_authorization SET state = $2, tenant_id = $3, user_id = $4, methods = $5, session_id = $6,
            signed_in_at = $7
        WHERE device_hash = $1
        """,
        device_hash,
        state,
        tenant_id,
        user_id,
        methods,
        session_id,
        signed_in_at,
    )


async def spend(db: Connection, device_hash: bytes) -> None:
    """The device got its token."""
    await db.execute("UPDATE device_authorization SET state = 'spent' WHERE device_hash = $1", device_hash)
