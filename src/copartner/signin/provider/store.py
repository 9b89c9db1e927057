"""Rows of people whom the provider signs in, and of browsers that are there."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from asyncpg.connection import Connection

from copartner.kernel.database import Pool
from copartner.kernel.functions import call
from copartner.policy.facts import Role
from copartner.signin.model import User
from copartner.signin.provider.model import Identity

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('copartner identity ' || $1 || ' ' || $2, 0))"


@asynccontextmanager
async def admitting(pool: Pool, tenant_id: UUID) -> AsyncIterator[Connection]:
    """A transaction under the sign-in side's database role, whose audit is of this tenant."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT act_as('signin', $1)", tenant_id)
        yield connection


async def lock(db: Connection, issuer: str, subject: str) -> None:
    """One sign-in of a subject after the other, until the transaction ends."""
    await db.execute(_ONE_AT_A_TIME, issuer, subject)


async def identity(db: Connection, issuer: str, subject: str) -> Identity | None:
    """Which user a subject of an issuer is."""
    row = await db.fetchrow(
        """SELECT i.tenant_id, i.user_id, i.said_at,
            ARRAY(SELECT r.role FROM provider_role r WHERE r.tenant_id = i.tenant_id AND r.user_id = i.user_id
                ORDER BY r.role) AS roles
        FROM provider_identity i WHERE i.issuer = $1 AND i.subject = $2""",
        issuer,
        subject,
    )
    if row is None:
        return None
    return Identity(row["tenant_id"], row["user_id"], row["said_at"], tuple(map(Role, row["roles"])))


async def domain(db: Connection, tenant_id: UUID) -> str:
    """The domain of a tenant."""
    found: str = await db.fetchval("SELECT domain FROM tenant WHERE id = $1", tenant_id)
    return found


async def add_user(db: Connection, user: User) -> bool:
    """Insert a user without roles; whether the sign-in name was free."""
    added = await db.fetchval(
        """INSERT INTO user_account (tenant_id, id, user_principal_name, display_name, password_hash)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_principal_name) DO NOTHING RETURNING id""",
        *(user.tenant_id, user.id, user.user_principal_name, user.display_name, user.password_hash),
    )
    return added is not None


async def add_identity(db: Connection, issuer: str, subject: str, known: Identity, *, now: datetime) -> None:
    """From now on the subject is that user."""
    await db.execute(
        """INSERT INTO provider_identity (issuer, subject, tenant_id, user_id, said_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)""",
        *(issuer, subject, known.tenant_id, known.user_id, known.said_at, now),
    )


async def save_roles(
    db: Connection, issuer: str, subject: str, known: Identity, roles: Iterable[Role], *, said_at: datetime
) -> None:
    """Exactly these roles by the provider's word, as of a moment by the provider's clock."""
    await db.execute(
        "UPDATE provider_identity SET said_at = $3 WHERE issuer = $1 AND subject = $2", issuer, subject, said_at
    )
    who, wanted = (known.tenant_id, known.user_id), list(roles)
    await db.execute(
        "DELETE FROM provider_role WHERE tenant_id = $1 AND user_id = $2 AND role <> ALL ($3)", *who, wanted
    )
    await db.execute(
        """INSERT INTO provider_role (tenant_id, user_id, role) SELECT $1, $2, unnest($3::text[])
        ON CONFLICT DO NOTHING""",
        *who,
        wanted,
    )


async def record(db: Connection, rows: str) -> None:
    """Write audit rows, a JSON array."""
    await db.execute(call("fn_write_audit", 1), rows)


async def add_visit(db: Connection, state_hash: bytes, sealed: bytes, *, now: datetime, expires_at: datetime) -> None:
    """Keep what a browser comes back for, and drop what nobody came back for in time."""
    await db.execute("DELETE FROM provider_visit WHERE expires_at <= $1", now)
    await db.execute(
        "INSERT INTO provider_visit (state_hash, sealed, expires_at) VALUES ($1, $2, $3)",
        state_hash,
        sealed,
        expires_at,
    )


async def take_visit(db: Connection, state_hash: bytes, *, now: datetime) -> bytes | None:
    """What the browser came back for, which it does once; None for an unknown, used or old state."""
    found: bytes | None = await db.fetchval(
        "DELETE FROM provider_visit WHERE state_hash = $1 RETURNING CASE WHEN expires_at > $2 THEN sealed END",
        state_hash,
        now,
    )
    return found
