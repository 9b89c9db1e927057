"""Rows that count wrong guesses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from asyncpg.connection import Connection


@dataclass(frozen=True, slots=True)
class Count:
    """How many wrong guesses there were, and when the last one was; machine time."""

    guess_hash: bytes
    failures: int
    last_at: datetime


async def lock(db: Connection, guess_hash: bytes, *, now: datetime) -> Count:
    """The count, held until the end of the transaction; of zero at first."""
    await db.execute(
        "INSERT INTO guess_count (guess_hash, failures, last_at) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
        *(guess_hash, now),
    )
    row = await db.fetchrow(
        "SELECT guess_hash, failures, last_at FROM guess_count WHERE guess_hash = $1 FOR UPDATE", guess_hash
    )
    return Count(**row)


async def save(db: Connection, count: Count) -> None:
    """Write a locked count."""
    await db.execute(
        "UPDATE guess_count SET failures = $2, last_at = $3 WHERE guess_hash = $1",
        *(count.guess_hash, count.failures, count.last_at),
    )


async def drop_old(db: Connection, *, now: datetime, age: timedelta) -> None:
    """Forget counts to which nothing was added for so long."""
    await db.execute(
        """DELETE FROM guess_count WHERE guess_hash IN (
            SELECT guess_hash FROM guess_count WHERE last_at < $1 FOR UPDATE SKIP LOCKED)""",
        now - age,
    )
