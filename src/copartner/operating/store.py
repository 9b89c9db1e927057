"""Tenants, businesses and what waits, as the operator reads them; which businesses are affiliated."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.delegation.model import AdminRelationship
from copartner.delegation.rules import NOTICES, TAKES, WAITS
from copartner.kernel.database import Pool
from copartner.kernel.functions import call
from copartner.operating.model import Affiliation, Denials, Pair, Queue
from copartner.policy.facts import Facts

_FACTS = msgspec.json.Decoder(Facts)


class Notice(msgspec.Struct):
    """A relationship of whose end both are to be told, so many days before."""

    relationship: AdminRelationship
    days: int


class Stood(msgspec.Struct):
    """How the database stands; of due things what the worker would take up next."""

    rulebook: int
    letters: Queue
    events: Queue
    checks: Queue
    step: AdminRelationship | None
    notice: Notice | None
    idle_since: datetime | None
    remind_at: datetime | None
    denied: int
    denials: tuple[Denials, ...]


_STOOD = msgspec.json.Decoder(Stood)
_PAIR = msgspec.json.Decoder(Pair | None)


@cache
def tenants() -> str:
    """Caller, text or null, kind or null, key to start after, size; answers one item more than the size."""
    return call("fn_find_tenants", 8, "facts", "shapes", "body")


@cache
def tenant() -> str:
    """Caller, tenant; answers facts and tenant."""
    return call("fn_read_tenant", 5, "facts", "shapes", "body")


@cache
def waiting() -> str:
    """Caller, today, the last day that is near; answers what waits for the operator."""
    return call("fn_operator_home", 6, "facts", "shapes", "body")


@cache
def home() -> str:
    """Caller; answers the facts of its own tenant, and nothing."""
    return call("fn_read_home", 4, "facts", "shapes", "body")


async def tenant_facts(db: Connection, ctx: Context, tenant_id: UUID) -> Facts:
    """The acting operator and a tenant, whether or not there is one."""
    return _FACTS.decode(await db.fetchval(call("fn_enrol_facts", 5), *ctx.who, tenant_id))


async def pair(db: Connection, tenant_id: UUID, affiliate: str) -> Pair | None:
    """Two tenants, the other by its domain or identifier; None when one of them is not there."""
    found: str | None = await db.fetchval(call("fn_affiliate_pair", 2), tenant_id, affiliate)
    return None if found is None else _PAIR.decode(found)


async def add(db: Connection, made: Affiliation) -> bool:
    """Make two businesses affiliated, either way; whether they were not."""
    return await _changed(
        db,
        """INSERT INTO affiliation (organisation_id, affiliate_id) VALUES ($1, $2), ($2, $1)
        ON CONFLICT DO NOTHING""",
        made,
    )


async def remove(db: Connection, gone: Affiliation) -> bool:
    """Make two businesses affiliated no more, either way; whether they were."""
    return await _changed(
        db,
        """DELETE FROM affiliation
        WHERE (organisation_id, affiliate_id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))""",
        gone,
    )


async def standing(pool: Pool, *, now: datetime, since: datetime, idle: timedelta) -> Stood:
    """How the deployment stands; not inside a transaction that acts, and for whoever was decided to read it.

    `since` is from when on denials are counted, `idle` how long privileges may be unused.
    """
    asked: tuple[Any, ...] = (now, since, WAITS, TAKES, list(NOTICES), now - idle)
    async with pool.acquire() as db:
        return _STOOD.decode(await db.fetchval(call("fn_deployment_standing", 6), *asked))


async def _changed(db: Connection, sql: str, of: Affiliation) -> bool:
    done: str = await db.execute(sql, of.id, of.affiliate_id)
    return not done.endswith(" 0")
