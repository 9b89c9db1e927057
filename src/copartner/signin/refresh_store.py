"""Keeps families of refresh tokens by the hashes of their tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg.connection import Connection

from copartner.signin.model import Family

_ENDED_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A refresh token as stored, with its family."""

    family: Family
    expires_at: datetime
    used: bool
    revoked: bool


async def add_family(db: Connection, family: Family, *, code_hash: bytes | None, expires_at: datetime) -> None:
    """Keep a family that begins."""
    await db.execute(
        """
        INSERT INTO refresh_family (id, tenant_id, user_id, application_id, audience, scopes, methods, session_id,
            signed_in_at, code_hash, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        family.id,
        family.tenant_id,
        family.user_id,
        family.application_id,
        family.audience,
        family.scopes,
        family.methods,
        family.session_id,
        family.signed_in_at,
        code_hash,
        expires_at,
    )


async def add_token(db: Connection, token_hash: bytes, family_id: UUID, *, expires_at: datetime) -> None:
    """Keep a token by its hash; its family lasts as long as it."""
    await db.execute(
        "INSERT INTO refresh_token (token_hash, family_id, expires_at) VALUES ($1, $2, $3)",
        token_hash,
        family_id,
        expires_at,
    )
    await db.execute("UPDATE refresh_family SET expires_at = $2 WHERE id = $1", family_id, expires_at)


async def drop_ended(db: Connection, *, now: datetime) -> None:
    """Forget families whose last token ended a day ago, with all their tokens."""
    await db.execute("DELETE FROM refresh_family WHERE expires_at < $1", now - _ENDED_KEPT)


async def lock(db: Connection, token_hash: bytes) -> Held | None:
    """The token of that hash and its family, both held until the end of the transaction."""
    # Two statements: who waited for the token's row has to read what the other one wrote.
    token = await db.fetchrow(
        "SELECT family_id, expires_at, used_at FROM refresh_token WHERE token_hash = $1 FOR UPDATE", token_hash
    )
    if token is None:
        return None
    row = await db.fetchrow(
        """
        SELECT id, tenant_id, user_id, application_id, audience, scopes, methods, session_id, signed_in_at, revoked_at
        FROM refresh_family WHERE id = $1 FOR UPDATE
        """,
        token["family_id"],
    )
    found = dict(row)
    revoked = found.pop("revoked_at") is not None
    family = Family(**{**found, "scopes": tuple(found["scopes"]), "methods": tuple(found["methods"])})
    return Held(family, token["expires_at"], token["used_at"] is not None, revoked)


async def spend(db: Connection, token_hash: bytes, *, now: datetime) -> None:
    """A locked token is used from now on."""
    await db.execute("UPDATE refresh_token SET used_at = $2 WHERE token_hash = $1", token_hash, now)


async def revoke_family(db: Connection, family_id: UUID, *, now: datetime) -> None:
    """No token of the family leads to another from now on."""
    await db.execute("UPDATE refresh_family SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", family_id, now)


async def revoke_code(db: Connection, code_hash: bytes, *, now: datetime) -> None:
    """What began with that code ends."""
    await db.execute(
        "UPDATE refresh_family SET revoked_at = $2 WHERE code_hash = $1 AND revoked_at IS NULL", code_hash, now
    )


async def revoke(
    db: Connection,
    *,
    now: datetime,
    tenant_id: UUID | None = None,
    user_id: UUID | None = None,
    application_id: UUID | None = None,
    session_id: UUID | None = None,
) -> int:
    """End the families that fit every given identifier; how many ended."""
    status: str = await db.execute(
        """
        UPDATE refresh_family SET revoked_at = $1 WHERE revoked_at IS NULL
            AND ($2::uuid IS NULL OR tenant_id = $2) AND ($3::uuid IS NULL OR user_id = $3)
            AND ($4::uuid IS NULL OR application_id = $4) AND ($5::uuid IS NULL OR session_id = $5)
        """,
        now,
        tenant_id,
        user_id,
        application_id,
        session_id,
    )
    return int(status.rpartition(" ")[2])
