"""Rows of letters that wait to be sent."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.kernel.functions import call
from copartner.mail.model import Circular, Letter, Wording
from copartner.mail.rules import ADDRESS


async def add(db: Connection, letters: Iterable[Letter]) -> None:
    """Put letters into the outbox, in the transaction of whoever writes them."""
    await db.execute(call("fn_post_letters", 1), msgspec.json.encode(list(letters)).decode())


async def add_circular(db: Connection, circular: Circular) -> int:
    """Put a letter to many into the outbox; answers to how many. Nobody's address passes through this process."""
    written: int = await db.fetchval(
        call("fn_post_circular", 7),
        circular.key,
        circular.sides,
        circular.markets,
        circular.roles,
        f"^{ADDRESS}$",
        msgspec.json.encode(circular.wordings).decode(),
        circular.written_at,
    )
    return written


async def add_to_holders(
    db: Connection, tenant_id: UUID, role: str, key: str, wording: Wording, language: str, written_at: datetime
) -> int:
    """Put a letter to the holders of a role into the outbox; answers to how many, and nobody's address."""
    written: int = await db.fetchval(
        call("fn_post_to_holders", 8),
        *(key, tenant_id, role, f"^{ADDRESS}$"),
        *(wording.subject, wording.body, language, written_at),
    )
    return written


async def take(db: Connection, *, now: datetime) -> Letter | None:
    """Remove the letter to be sent next and answer it; one that another worker has in hand is passed over."""
    row = await db.fetchrow(
        """DELETE FROM mail_outbox o USING (
            SELECT w.id FROM mail_outbox w WHERE NOT w.given_up AND (w.retry_at IS NULL OR w.retry_at <= $1)
            ORDER BY w.retry_at NULLS FIRST, w.id LIMIT 1 FOR UPDATE SKIP LOCKED) AS next
        WHERE o.id = next.id
        RETURNING o.id, o.tenant_id, o.recipient, o.subject, o.body, o.language, o.written_at, o.attempts""",
        now,
    )
    return None if row is None else Letter(**row)


async def postpone(db: Connection, letter_id: UUID, *, attempts: int, retry_at: datetime | None, failure: str) -> None:
    """Keep a letter that did not go, until then or, without a time, for whoever looks after it."""
    await db.execute(
        """UPDATE mail_outbox SET attempts = $2, retry_at = $3, given_up = $3::timestamptz IS NULL, failure = $4
        WHERE id = $1""",
        letter_id,
        attempts,
        retry_at,
        failure[:500],
    )
