"""Rows of second factors and recovery codes, and the audit of their changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from asyncpg.connection import Connection

from copartner.kernel.functions import call
from copartner.signin.model import User


@dataclass(frozen=True, slots=True)
class Kept:
    """A second factor as stored: the seed encrypted, and the latest step whose code was used."""

    seed: bytes = field(repr=False)
    last_step: int
    added_at: datetime
    codes_left: int


async def find(db: Connection, user: User) -> Kept | None:
    """The second factor of a user."""
    row = await db.fetchrow(
        """SELECT f.seed, f.last_step, f.added_at, (SELECT count(*) FROM recovery_code c
            WHERE c.tenant_id = f.tenant_id AND c.user_id = f.user_id AND c.used_at IS NULL) AS codes_left
        FROM second_factor f WHERE f.tenant_id = $1 AND f.user_id = $2""",
        *(user.tenant_id, user.id),
    )
    return Kept(**row) if row else None


async def add(db: Connection, user: User, seed: bytes, step: int, *, now: datetime) -> bool:
    """Keep a second factor, its first code used; False when the user has one already."""
    status: str = await db.execute(
        """INSERT INTO second_factor (tenant_id, user_id, seed, last_step, added_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING""",
        *(user.tenant_id, user.id, seed, step, now),
    )
    return status == "INSERT 0 1"


async def use_step(db: Connection, user: User, step: int) -> bool:
    """The code of a step is used from now on; False when it or a later one was used before."""
    status: str = await db.execute(
        "UPDATE second_factor SET last_step = $3 WHERE tenant_id = $1 AND user_id = $2 AND last_step < $3",
        *(user.tenant_id, user.id, step),
    )
    return status == "UPDATE 1"


async def use_recovery_code(db: Connection, user: User, code_hash: bytes, *, now: datetime) -> bool:
    """A recovery code is used from now on; False when it is none or was used before."""
    status: str = await db.execute(
        """UPDATE recovery_code SET used_at = $4
        WHERE tenant_id = $1 AND user_id = $2 AND code_hash = $3 AND used_at IS NULL""",
        *(user.tenant_id, user.id, code_hash, now),
    )
    return status == "UPDATE 1"


async def replace_recovery_codes(db: Connection, user: User, hashes: Iterable[bytes]) -> None:
    """These are the recovery codes from now on; those before hold no more."""
    await db.execute("DELETE FROM recovery_code WHERE tenant_id = $1 AND user_id = $2", user.tenant_id, user.id)
    await db.executemany(
        "INSERT INTO recovery_code (tenant_id, user_id, code_hash) VALUES ($1, $2, $3)",
        [(user.tenant_id, user.id, each) for each in hashes],
    )


async def remove(db: Connection, user: User) -> None:
    """The user has no second factor from now on, nor recovery codes."""
    await db.execute("DELETE FROM second_factor WHERE tenant_id = $1 AND user_id = $2", user.tenant_id, user.id)


async def write_audit(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep what changed for the user's tenant."""
    await db.execute(call("fn_write_audit", 1), msgspec.json.encode(rows).decode())
