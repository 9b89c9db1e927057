"""Reads accounts and applications, keeps signing keys and codes; every transaction acts as the sign-in side."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.kernel.database import Pool
from copartner.kernel.functions import call
from copartner.signin.model import Application, Redemption, Secret, SigningKeyRow, User

_KEYS_LOCK = 0x7369676E
_USED_CODES_KEPT = timedelta(days=1)
_USED_TO = timedelta(minutes=1)
_roles = msgspec.json.Decoder(tuple[str, ...])
_secrets = msgspec.json.Decoder(tuple[Secret, ...])


@asynccontextmanager
async def acting(pool: Pool, tenant: UUID | None = None) -> AsyncIterator[Connection]:
    """A transaction under the sign-in side's database role; `tenant` is whose audit it writes."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT act_as('signin', $1)", tenant)
        yield connection


async def lock_keys(db: Connection) -> None:
    """One process at a time makes a signing key."""
    await db.execute("SELECT pg_advisory_xact_lock($1)", _KEYS_LOCK)


async def signing_keys(db: Connection) -> list[SigningKeyRow]:
    """All signing keys, the one that signs last first."""
    rows = await db.fetch(
        "SELECT kid, private_key, signs_from, ends_at FROM signing_key ORDER BY signs_from DESC, created_at DESC, kid"
    )
    return [SigningKeyRow(**row) for row in rows]


async def add_signing_key(db: Connection, key: SigningKeyRow, *, now: datetime) -> None:
    """Keep a new key."""
    await db.execute(
        "INSERT INTO signing_key (kid, private_key, created_at, signs_from) VALUES ($1, $2, $3, $4)",
        key.kid,
        key.private_key,
        now,
        key.signs_from,
    )


async def withdraw_signing_keys(db: Connection, *, except_kid: str, now: datetime) -> None:
    """Every other key ends now."""
    await db.execute("UPDATE signing_key SET ends_at = $2 WHERE kid <> $1 AND ends_at IS NULL", except_kid, now)


async def tenant_id(db: Connection, *, identifier: UUID | None, domain: str) -> UUID | None:
    """The tenant of that identifier or domain."""
    found: UUID | None = await db.fetchval("SELECT id FROM tenant WHERE id = $1 OR domain = $2", identifier, domain)
    return found


async def application(db: Connection, identifier: UUID, *, now: datetime) -> Application | None:
    """An application with its secrets that are neither removed nor expired; one that ever had a secret needs one."""
    row = await db.fetchrow(
        """
        SELECT a.tenant_id, a.id, a.name, a.redirect_uris, a.enabled, count(s.id) > 0 AS confidential,
            coalesce(json_agg(json_build_object('id', s.id, 'hash', s.secret_hash, 'expires_at', s.expires_at)) FILTER (
                WHERE s.removed_at IS NULL AND coalesce(s.expires_at > $2, true) AND s.id IS NOT NULL), '[]') AS secrets
        FROM application a LEFT JOIN application_secret s ON s.tenant_id = a.tenant_id AND s.application_id = a.id
        WHERE a.id = $1 GROUP BY a.tenant_id, a.id
        """,
        identifier,
        now,
    )
    if row is None:
        return None
    return Application(
        id=row["id"],
        tenant_id=row["tenant_id"],
        name=row["name"],
        redirect_uris=tuple(row["redirect_uris"]),
        enabled=row["enabled"],
        secrets=_secrets.decode(row["secrets"]),
        confidential=row["confidential"],
    )


async def used_secret(db: Connection, application: Application, secret: Secret, *, now: datetime) -> None:
    """Keep when the secret was used last, to the minute."""
    await db.execute(
        """UPDATE application_secret SET last_used_at = $4 WHERE tenant_id = $1 AND application_id = $2 AND id = $3
            AND coalesce(last_used_at <= $5, true)""",
        *(application.tenant_id, application.id, secret.id, now, now - _USED_TO),
    )


_USER = """SELECT tenant_id, id, user_principal_name, display_name, enabled, password_hash, must_change_password
    FROM user_account"""


async def user_by_name(db: Connection, name: str) -> User | None:
    """The user of a sign-in name in lower case."""
    row = await db.fetchrow(f"{_USER} WHERE user_principal_name = $1", name)
    return User(**row) if row else None


async def user_by_id(db: Connection, tenant: UUID, identifier: UUID) -> User | None:
    """The user of a tenant by identifier."""
    row = await db.fetchrow(f"{_USER} WHERE tenant_id = $1 AND id = $2", tenant, identifier)
    return User(**row) if row else None


@cache
def _token_roles() -> str:
    return call("fn_token_roles", 2)


async def roles(db: Connection, user: User) -> tuple[str, ...]:
    """The roles the user holds now; none when disabled."""
    return _roles.decode(await db.fetchval(_token_roles(), user.tenant_id, user.id))


async def add_code(db: Connection, code_hash: bytes, code: Redemption, *, now: datetime) -> None:
    """Keep a code by its hash, and drop those that ended a day ago."""
    await db.execute("DELETE FROM authorization_code WHERE expires_at < $1", now - _USED_CODES_KEPT)
    await db.execute(
        """
        INSERT INTO authorization_code (code_hash, tenant_id, user_id, application_id, redirect_uri, code_challenge,
            audience, methods, expires_at, scopes, nonce, session_id, signed_in_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        code_hash,
        code.tenant_id,
        code.user_id,
        code.application_id,
        code.redirect_uri,
        code.code_challenge,
        code.audience,
        code.methods,
        code.expires_at,
        code.scopes,
        code.nonce,
        code.session_id,
        code.signed_in_at,
    )


async def spend_code(db: Connection, code_hash: bytes, *, now: datetime) -> Redemption | None:
    """What an unspent code stands for; it is spent from now on, whatever becomes of this attempt. None otherwise."""
    row = await db.fetchrow(
        """
        UPDATE authorization_code SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL
        RETURNING tenant_id, user_id, application_id, redirect_uri, code_challenge, audience, methods, expires_at,
            scopes, nonce, session_id, signed_in_at
        """,
        code_hash,
        now,
    )
    return Redemption(**{**row, "methods": tuple(row["methods"]), "scopes": tuple(row["scopes"])}) if row else None
