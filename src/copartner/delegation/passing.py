"""What time does to granular relationships: the system's steps, lapse, end and extension, and notices of the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from asyncpg.connection import Connection

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.command.passing import Due, Passing, System, Turn, acting
from copartner.delegation import assignment_rules, below_store, notices, passing_store, rules
from copartner.delegation.model import AdminRelationship, Key, Notice, Status
from copartner.mail import service as mail


@asynccontextmanager
async def changing(ctx: Context, operation: str, key: Key) -> AsyncIterator[Command]:
    """A command about a relationship: what is due for it passes first, and what the change makes due at once after it.

    So nobody's change depends on how late the worker is.
    """
    await _catch_up(ctx, key)
    async with ctx.command(operation) as cmd:
        yield cmd
    await _catch_up(ctx, key)


async def _catch_up(ctx: Context, key: Key) -> None:
    async with acting(ctx.runtime) as db:
        found = await passing_store.lock(db, key)
        while found is not None and (at := rules.due(found)) is not None and at <= ctx.moment:
            turn = Turn(ctx.runtime, db, at)
            found = await _move_on(turn, found)
            await turn.finish()


async def next_step(_: System, db: Connection, until: datetime) -> Due | None:
    """The relationship that time moves on next."""
    found = await passing_store.next_due(db, until)
    at = rules.due(found) if found else None
    return Due(at, partial(_take_step, found)) if found and at else None


async def _take_step(found: AdminRelationship, turn: Turn) -> None:
    if await passing_store.lock(turn.db, found.key) == found:
        await _move_on(turn, found)


async def _move_on(turn: Turn, before: AdminRelationship) -> AdminRelationship:
    after = rules.moved_on(before, at=turn.at)
    await passing_store.save(turn.db, after)
    turn.record(f"admin_relationship.{rules.named_step(before)}", before, after)
    if after.ended_at != before.ended_at:
        await _end_assignments(turn, after)
    if before.status is Status.EXPIRING:
        await mail.post(turn.db, await notices.written(turn, after, days=0))
    return after


async def _end_assignments(turn: Turn, relationship: AdminRelationship) -> None:
    """With a relationship that time ends go the assignments of its roles."""
    for assignment in await below_store.open_assignments(turn.db, relationship.key):
        done = assignment_rules.ended_with(assignment, relationship)
        await below_store.end_assignment(turn.db, done)
        turn.record("access_assignment.end", assignment, done)


async def next_notice(_: System, db: Connection, until: datetime) -> Due | None:
    """The relationship whose end is told of next."""
    found = await passing_store.next_notice(db, rules.NOTICES, until)
    if found is None:
        return None
    relationship, days = found
    notice = rules.notice(relationship, days)
    return Due(notice.due_at, partial(_give_notice, relationship, notice))


async def _give_notice(found: AdminRelationship, notice: Notice, turn: Turn) -> None:
    if await passing_store.lock(turn.db, found.key) == found:
        await passing_store.save_noticed(turn.db, notice)
        await mail.post(turn.db, await notices.written(turn, found, days=notice.days))
        turn.record("admin_relationship.notify", None, notice)


PASSINGS: tuple[Passing, ...] = (next_step, next_notice)
