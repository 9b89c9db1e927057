"""What time does to announcements: reminds those concerned, so many days before a change begins."""

from datetime import datetime
from functools import partial

from asyncpg.connection import Connection

from copartner.announcements import rules, store
from copartner.announcements.model import Announcement, Telling
from copartner.announcements.telling import Occasion, tell
from copartner.command.passing import Due, Passing, System, Turn


async def next_reminder(_: System, db: Connection, until: datetime) -> Due | None:
    """The announcement that is reminded of next."""
    found = await store.next_reminder(db, until)
    return Due(found.remind_at, partial(_remind, found)) if found and found.remind_at else None


async def _remind(found: Announcement, turn: Turn) -> None:
    if await store.lock(turn.db, found.id) == found:
        await store.save_reminded(turn.db, found.id, rules.reminder_after(found, turn.at))
        letters = await tell(turn.db, found, Occasion.REMINDER, root=turn.system.public_url, at=turn.at)
        days = rules.days_before(found, turn.at)
        told = Telling(found.id, found.operator_tenant_id, found.content.begins_on, days, letters)
        turn.record("announcement.remind", None, told)


PASSINGS: tuple[Passing, ...] = (next_reminder,)
