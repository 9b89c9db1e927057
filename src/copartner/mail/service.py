"""Letters are posted with the change they tell of, and sent afterwards, at least once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from asyncpg.connection import Connection

from copartner.command.passing import System, acting
from copartner.mail import rules, store
from copartner.mail.model import Circular, Letter, NotSent, Transport, Wording

_log = structlog.get_logger("copartner.mail")


async def post(db: Connection, letters: Sequence[Letter]) -> None:
    """Keep letters to be sent once the caller's transaction is committed; raises Invalid."""
    if letters:
        await store.add(db, [rules.checked(letter) for letter in letters])


async def post_circular(db: Connection, circular: Circular) -> int:
    """Keep a letter to many, written by the database in one statement; answers how many went into the outbox.

    Raises Invalid.
    """
    for wording in circular.wordings.values():
        rules.check_subject(wording.subject)
    return await store.add_circular(db, circular)


async def post_to_holders(
    db: Connection,
    *,
    tenant_id: UUID,
    role: str,
    key: str,
    wording: Wording,
    language: str,
    written_at: datetime,
) -> int:
    """Keep one letter to everybody in a tenant who holds a role; answers how many. `key` names it among all.

    Raises Invalid.
    """
    rules.check_subject(wording.subject)
    return await store.add_to_holders(db, tenant_id, role, key, wording, language, written_at)


async def send_waiting(system: System, transport: Transport, *, now: datetime, most: int = 100) -> int:
    """Send letters that wait, at most so many; answers how many went. `now` is machine time.

    A letter leaves the outbox in the transaction that sends it: one that was handed on just before a crash goes twice.
    """
    sent = 0
    for _ in range(most):
        letter: Letter | None = None
        try:
            async with acting(system) as db:
                letter = await store.take(db, now=now)
                if letter is None:
                    break
                await transport.send(letter)
            sent += 1
        except NotSent as failure:
            if letter is None:
                raise
            await _postpone(system, letter, failure, now=now)
            if failure.of_the_way:
                break
    return sent


async def _postpone(system: System, letter: Letter, failure: NotSent, *, now: datetime) -> None:
    attempts = letter.attempts + 1
    again = None if failure.for_good else rules.retry_at(attempts, now=now)
    async with acting(system) as db:
        await store.postpone(db, letter.id, attempts=attempts, retry_at=again, failure=str(failure))
    _log.warning(
        "letter.not.sent", letter=str(letter.id), attempts=attempts, given_up=again is None, error=str(failure)
    )
