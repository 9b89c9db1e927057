"""Rows of browser sessions, by the hashes of their tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asyncpg.connection import Connection

from copartner.signin.model import Held, Session, User

_ENDED_KEPT = timedelta(days=1)
# What ended its user ended its sessions too.
_HOLDING = """
    FROM browser_session s JOIN user_account u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
    WHERE s.ended_at IS NULL AND s.used_at > $2 AND s.ends_at > $3 AND u.enabled AND NOT EXISTS (
        SELECT FROM revocation r
        WHERE r.tenant_id = s.tenant_id AND r.ground_id IN (s.user_id, s.id) AND r.not_before > s.signed_in_at)
"""
_SESSION = "s.id, s.methods, s.browser, s.begun_at, s.signed_in_at, s.used_at, s.ends_at"


@dataclass(frozen=True, slots=True)
class Alive:
    """Which sessions hold: last used after one moment, ending after another; machine time."""

    used_after: datetime
    ends_after: datetime


async def find(db: Connection, token_hash: bytes, alive: Alive) -> Held | None:
    """The session of that token, if it holds, with its user."""
    row = await db.fetchrow(
        f"""SELECT {_SESSION}, u.tenant_id, u.id AS user_id, u.user_principal_name, u.display_name, u.enabled,
            u.password_hash, u.must_change_password {_HOLDING} AND s.token_hash = $1""",
        token_hash,
        alive.used_after,
        alive.ends_after,
    )
    if row is None:
        return None
    user = User(
        tenant_id=row["tenant_id"],
        id=row["user_id"],
        user_principal_name=row["user_principal_name"],
        display_name=row["display_name"],
        enabled=row["enabled"],
        password_hash=row["password_hash"],
        must_change_password=row["must_change_password"],
    )
    return Held(_session(row), user)


async def of_user(db: Connection, user: User, alive: Alive) -> list[Session]:
    """The sessions of a user that hold, the one used last first."""
    rows = await db.fetch(
        f"SELECT {_SESSION} {_HOLDING} AND s.user_id = $1 AND s.tenant_id = $4 ORDER BY s.used_at DESC, s.id DESC",
        *(user.id, alive.used_after, alive.ends_after, user.tenant_id),
    )
    return [_session(row) for row in rows]


async def add(db: Connection, session: Session, user: User, token_hash: bytes) -> None:
    """Keep a session that begins, and drop those that ended a day ago."""
    await db.execute(
        """DELETE FROM browser_session WHERE id IN (
            SELECT id FROM browser_session WHERE ends_at < $1 FOR UPDATE SKIP LOCKED)""",
        session.begun_at - _ENDED_KEPT,
    )
    await db.execute(
        """
        INSERT INTO browser_session (id, token_hash, tenant_id, user_id, methods, browser, begun_at, signed_in_at,
            used_at, ends_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        session.id,
        token_hash,
        user.tenant_id,
        user.id,
        session.methods,
        session.browser,
        session.begun_at,
        session.signed_in_at,
        session.used_at,
        session.ends_at,
    )


async def rotate(db: Connection, session: Session, token_hash: bytes) -> bool:
    """The session goes on under another token, as it is now; False when it has ended meanwhile."""
    status: str = await db.execute(
        """UPDATE browser_session SET token_hash = $2, methods = $3, signed_in_at = $4, used_at = $5, ends_at = $6
        WHERE id = $1 AND ended_at IS NULL""",
        session.id,
        token_hash,
        session.methods,
        session.signed_in_at,
        session.used_at,
        session.ends_at,
    )
    return status == "UPDATE 1"


async def used(db: Connection, session_id: UUID, *, now: datetime) -> None:
    """The session led to something just now."""
    await db.execute("UPDATE browser_session SET used_at = $2 WHERE id = $1 AND used_at < $2", session_id, now)


async def forget_methods(db: Connection, user: User, methods: tuple[str, ...]) -> None:
    """The sessions of a user show these methods no more."""
    await db.execute(
        """UPDATE browser_session
        SET methods = (SELECT array_agg(shown) FROM unnest(methods) AS shown WHERE shown <> ALL ($3))
        WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL""",
        *(user.tenant_id, user.id, methods),
    )


async def end(db: Connection, *, tenant_id: UUID, user_id: UUID, session_id: UUID, now: datetime) -> bool:
    """End one session of a user; False when there is none that could end."""
    status: str = await db.execute(
        """UPDATE browser_session SET ended_at = $4
        WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND ended_at IS NULL""",
        *(tenant_id, user_id, session_id, now),
    )
    return status == "UPDATE 1"


async def end_all(
    db: Connection, *, tenant_id: UUID, user_id: UUID, now: datetime, but: UUID | None = None
) -> list[UUID]:
    """End the sessions of a user, but for one; which they were."""
    rows = await db.fetch(
        """UPDATE browser_session SET ended_at = $3
        WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL AND id IS DISTINCT FROM $4 RETURNING id""",
        *(tenant_id, user_id, now, but),
    )
    return [row["id"] for row in rows]


def _session(row: Any) -> Session:
    found = {name: row[name] for name in Session.__dataclass_fields__}
    return Session(**{**found, "methods": tuple(found["methods"])})
