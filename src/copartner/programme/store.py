"""Rows of enrolments, and a tenant's own records of decisions and changes."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.kernel.languages import Language
from copartner.policy.facts import Facts
from copartner.policy.rulebook import Source
from copartner.programme.model import AgentGroup, DecidingRule, Enrolment
from copartner.programme.rules import AlreadyEnrolled

_FACTS = msgspec.json.Decoder(Facts)
_SOURCE = msgspec.json.Decoder(Source)


class Explained(msgspec.Struct):
    """A denial in words of one language, as they were kept for its reader."""

    summary: str
    rules: tuple[DecidingRule, ...]
    steps: tuple[str, ...] = ()


class DecisionRow(msgspec.Struct):
    """A tenant's record of a decision, as it is kept."""

    id: UUID
    at: datetime
    last_at: datetime
    times: int
    actor_tenant_id: UUID | None
    actor_name: str | None
    action: str
    resource_type: str
    resource_id: str | None
    rules: tuple[str, ...]
    caller_text: str | None
    facts: dict[str, Any]
    explained: dict[Language, Explained] | None
    digest: str


@cache
def decision() -> str:
    """Caller, decision; answers facts and record."""
    return call("fn_read_decision", 5, "facts", "shapes", "body")


class DecidedRow(msgspec.Struct):
    """A decision that counted, with all that the rules judged."""

    id: UUID
    at: datetime
    action: str
    allowed: bool
    rules: tuple[str, ...]
    digest: str
    facts: Facts


_DECIDED = msgspec.json.Decoder(DecidedRow)


@cache
def decided() -> str:
    """Caller, decision; answers the operator's own tenant as facts, and the decision of whomever."""
    return call("fn_read_decided", 5, "facts", "shapes", "body")


async def decided_row(db: Connection, decision_id: UUID) -> DecidedRow | None:
    """A decision with all that was judged, for the rules alone; not inside a transaction that acts."""
    row = await db.fetchval(call("fn_decided", 1), decision_id)
    return None if row is None else _DECIDED.decode(row)


@cache
def audit() -> str:
    """Caller, from, to, customer, part of its name, resource type, key to start after, offset, size; answers a page."""
    return call("fn_list_audit", 12, "facts", "shapes", "body")


@cache
def audit_record() -> str:
    """Caller, record; answers facts and record."""
    return call("fn_read_audit", 5, "facts", "shapes", "body")


@cache
def searched() -> str:
    """Caller, from, to, operation, actor, about whom, customer, denials alone, key to start after, size; a page."""
    return call("fn_search_audit", 13, "facts", "shapes", "body")


@cache
def looked_at() -> str:
    """Caller, record; answers facts and record with names."""
    return call("fn_look_at_audit", 5, "facts", "shapes", "body")


async def keep_rulebook(db: Connection, source: Source, sets: Iterable[str], *, now: datetime) -> None:
    """Keep what a rulebook is made of, with the digests of its sets; not inside a transaction that acts."""
    text = msgspec.json.encode(source).decode()
    await db.execute(call("fn_keep_rulebook", 4), source.digest, text, sorted(set(sets)), now)


async def kept_rulebook(db: Connection, digest: str) -> Source | None:
    """What a rulebook was made of that had the set of rules of a digest; not inside a transaction that acts."""
    row = await db.fetchval(call("fn_kept_rulebook", 1), digest)
    return None if row is None else _SOURCE.decode(row)


async def enrol_facts(db: Connection, ctx: Context, tenant_id: UUID) -> Facts:
    """The acting operator and a tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_enrol_facts", 5), *ctx.who, tenant_id))


async def exists(db: Connection, tenant_id: UUID) -> bool:
    """Whether there is such a tenant; the operator sees all."""
    found: bool = await db.fetchval("SELECT EXISTS (SELECT FROM tenant WHERE id = $1)", tenant_id)
    return found


async def enrol(db: Connection, enrolment: Enrolment) -> None:
    """Insert an enrolment; raises AlreadyEnrolled."""
    try:
        await db.execute(
            "INSERT INTO enrolment (tenant_id, mpn_id, markets, state, enrolled_at) VALUES ($1, $2, $3, $4, $5)",
            enrolment.id,
            enrolment.mpn_id,
            enrolment.markets,
            enrolment.state,
            enrolment.enrolled_at,
        )
    except asyncpg.UniqueViolationError as error:
        raise AlreadyEnrolled(
            "This tenant is enrolled already, or its number belongs to another partner.", str(enrolment.id)
        ) from error


async def add_group(db: Connection, group: AgentGroup) -> bool:
    """Insert a group unless the tenant has one of that name; whether it was inserted."""
    made: bool = await db.fetchval(call("fn_found_agents", 4), group.tenant_id, group.id, group.name, group.role)
    return made
