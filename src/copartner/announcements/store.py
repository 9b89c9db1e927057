"""Rows of announcements, and what the worker finds due among them."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.announcements.model import Announcement
from copartner.command.context import Context
from copartner.command.runtime import Runtime
from copartner.kernel.functions import call
from copartner.policy.facts import Facts

_FACTS = msgspec.json.Decoder(Facts)
_ROW = msgspec.json.Decoder(Announcement)
_MANY = msgspec.json.Decoder(tuple[Announcement, ...])


class Told(msgspec.Struct):
    """What a reader finds in a month, and when something was published before and after it."""

    items: tuple[Announcement, ...]
    before: datetime | None
    after: datetime | None


_TOLD = msgspec.json.Decoder(Told)


@cache
def read() -> str:
    """Caller, announcement; answers facts and announcement."""
    return call("fn_read_announcement", 5, "facts", "shapes", "body")


@cache
def listed() -> str:
    """Caller, from, to, audience, key to go on after, size; answers a page."""
    return call("fn_list_announcements", 9, "facts", "shapes", "body")


@cache
def month() -> str:
    """Caller, from, to, how many at most; answers a month."""
    return call("fn_announced_month", 7, "facts", "shapes", "body")


async def public_month(runtime: Runtime, since: datetime, until: datetime, most: int) -> Told:
    """What everybody reads of a month."""
    async with runtime.pool.acquire() as db:
        return _TOLD.decode(await db.fetchval(call("fn_public_month", 3), since, until, most))


async def public(runtime: Runtime, most: int) -> tuple[Announcement, ...]:
    """The newest that everybody reads, by their last change."""
    async with runtime.pool.acquire() as db:
        return _MANY.decode(await db.fetchval(call("fn_public_announcements", 1), most))


async def home_facts(db: Connection, ctx: Context) -> Facts:
    """The actor and its own tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_home_facts", 4), *ctx.who))


async def facts(db: Connection, ctx: Context, announcement_id: UUID) -> Facts:
    """The actor and an announcement, there or not."""
    return _FACTS.decode(await db.fetchval(call("fn_announcement_facts", 5), *ctx.who, announcement_id))


async def lock(db: Connection, announcement_id: UUID) -> Announcement | None:
    """The announcement, locked; None where the acting role sees none."""
    row = await db.fetchval(call("fn_lock_announcement", 1), announcement_id)
    return None if row is None else _ROW.decode(row)


async def insert(db: Connection, made: Announcement) -> None:
    """Insert a draft."""
    await db.execute(
        """INSERT INTO announcement (state, workspace, audience, markets, begins_on, texts, contact, reminders,
            supersedes, rule_version, updated_at, id, operator_tenant_id, drafted_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
        made.state,
        *_said(made),
        made.updated_at,
        made.id,
        made.operator_tenant_id,
        made.drafted_at,
    )


async def save(db: Connection, made: Announcement) -> None:
    """Write what changes."""
    await db.execute(
        """UPDATE announcement SET state = $1, workspace = $2, audience = $3, markets = $4, begins_on = $5, texts = $6,
            contact = $7, reminders = $8, supersedes = $9, rule_version = $10, updated_at = $11, published_at = $13,
            dated_at = $14, delayed = $15, superseded_by = $16, revisions = $17, remind_at = $18, version = $19
        WHERE id = $12""",
        made.state,
        *_said(made),
        made.updated_at,
        made.id,
        made.published_at,
        made.dated_at,
        made.delayed,
        made.superseded_by,
        msgspec.json.encode(made.revisions).decode(),
        made.remind_at,
        made.version,
    )


def _said(made: Announcement) -> tuple[Any, ...]:
    said = made.content
    return (
        said.workspace,
        said.audience,
        said.markets,
        said.begins_on,
        msgspec.json.encode(said.texts).decode(),
        said.contact,
        said.reminders,
        said.supersedes,
        said.rule_version,
    )


async def next_reminder(db: Connection, until: datetime) -> Announcement | None:
    """The announcement whose readers are reminded first, up to a moment."""
    row = await db.fetchval(call("fn_next_reminder", 1), until)
    return None if row is None else _ROW.decode(row)


async def save_reminded(db: Connection, announcement_id: UUID, remind_at: datetime | None) -> None:
    """Remember when the next reminder is due."""
    await db.execute("UPDATE announcement SET remind_at = $2 WHERE id = $1", announcement_id, remind_at)
