"""Rows of versions of the rules, and the number of the rulebook that they make."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from uuid import UUID

import asyncpg
import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.policy.facts import Facts
from copartner.proof.verdict import Names
from copartner.versions.building import Approved
from copartner.versions.model import RuleVersion
from copartner.versions.rules import OwnApproval

CHANNEL = "copartner_rulebook"
_FACTS = msgspec.json.Decoder(Facts)
_ROW = msgspec.json.Decoder(RuleVersion)
_ROW_OR_NONE = msgspec.json.Decoder(RuleVersion | None)
_APPROVED = msgspec.json.Decoder(tuple[Approved, ...])


@cache
def read() -> str:
    """Caller, version, digest of the rulebook, today; answers facts and version."""
    return call("fn_read_rule_version", 7, "facts", "shapes", "body")


@cache
def page() -> str:
    """Caller, number or null, whether newest first, key to start after, size; answers one item more than the size."""
    return call("fn_list_rule_versions", 8, "facts", "shapes", "body")


async def examine(ctx: Context, version_id: UUID, rulebook: str) -> tuple[RuleVersion | None, Facts]:
    """A version and the facts that decide what the caller may do with it, in one trip; see read."""
    async with ctx.runtime.pool.acquire() as db:
        row = await db.fetchrow(read(), *ctx.who, version_id, rulebook, ctx.moment.date())
    return _ROW_OR_NONE.decode(row["body"]), _FACTS.decode(row["facts"])


async def home_facts(db: Connection, ctx: Context) -> Facts:
    """The caller and its own tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_home_facts", 4), *ctx.who))


async def facts(db: Connection, ctx: Context, version_id: UUID, rulebook: str) -> Facts:
    """A version, for the rules alone; proved when it was checked with the rulebook of that digest."""
    row = await db.fetchval(call("fn_rule_version_facts", 7), *ctx.who, version_id, rulebook, ctx.moment.date())
    return _FACTS.decode(row)


async def lock_rulebook(db: Connection) -> int:
    """Let nobody else change the rules until the transaction ends; answers the rulebook's number."""
    number: int = await db.fetchval(call("fn_lock_rulebook", 0))
    return number


async def change_rulebook(db: Connection) -> None:
    """Give the rulebook its next number; known everywhere as soon as the transaction is committed."""
    await db.execute(call("fn_change_rulebook", 0))


async def next_number(db: Connection) -> int:
    """The number of a new version; the rulebook has to be locked."""
    number: int = await db.fetchval("SELECT coalesce(max(number), 0) + 1 FROM rule_version")
    return number


async def actor_name(db: Connection, ctx: Context) -> str | None:
    """The sign-in name of the caller."""
    name: str | None = await db.fetchval(call("fn_actor_name", 2), ctx.caller.subject_id, ctx.caller.app_only)
    return name


async def lock(db: Connection, version_id: UUID) -> RuleVersion | None:
    """A version, locked, when it is the acting operator's; the worker's is any."""
    row = await db.fetchval(call("fn_lock_rule_version", 1), version_id)
    return None if row is None else _ROW.decode(row)


async def add(db: Connection, made: RuleVersion) -> None:
    """Insert a version that was just proposed."""
    await db.execute(
        """INSERT INTO rule_version (tenant_id, id, number, title, reason, text, ends, begins, state, difference,
            check_wanted_at, proposed_at, proposed_by, proposed_by_name)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
        *(made.tenant_id, made.id, made.number, made.title, made.reason, made.text, made.ends, made.begins, made.state),
        msgspec.json.encode(made.difference).decode(),
        *(made.check_wanted_at, made.proposed_at, made.proposed_by, made.proposed_by_name),
    )


async def save(db: Connection, after: RuleVersion) -> None:
    """Write what an operator does with a version; raises OwnApproval, which the rules let nobody come to."""
    try:
        await db.execute(
            """UPDATE rule_version SET until = $3, state = $4, check_wanted_at = $5, approved_at = $6, approved_by = $7,
                approved_by_name = $8, place = $9, ended_at = $10, ended_by = $11, ended_by_name = $12,
                ended_because = $13
            WHERE tenant_id = $1 AND id = $2""",
            *(after.tenant_id, after.id, after.until, after.state, after.check_wanted_at),
            *(after.approved_at, after.approved_by, after.approved_by_name, after.place),
            *(after.ended_at, after.ended_by, after.ended_by_name, after.ended_because),
        )
    except asyncpg.CheckViolationError as error:
        if error.constraint_name != "rule_version_by_two":
            raise
        raise OwnApproval("Nobody approves its own version.", str(after.id)) from error


async def claim(db: Connection, *, machine_now: datetime, given_up: datetime) -> RuleVersion | None:
    """The version that has waited longest to be checked, for this worker; None when none waits."""
    row = await db.fetchval(call("fn_claim_rule_version", 2), machine_now, given_up)
    return None if row is None else _ROW.decode(row)


async def save_check(db: Connection, after: RuleVersion) -> None:
    """Write what a check found."""
    await db.execute(
        """UPDATE rule_version SET state = $3, difference = $4, findings = $5, check_wanted_at = NULL,
            checked_rulebook = $6
        WHERE tenant_id = $1 AND id = $2""",
        *(after.tenant_id, after.id, after.state, msgspec.json.encode(after.difference).decode()),
        *(msgspec.json.encode(after.findings).decode(), after.checked_rulebook),
    )


async def rulebook(db: Connection) -> tuple[int, tuple[Approved, ...]]:
    """The rulebook's number and its versions in the order in which they count; not inside a transaction that acts."""
    row = await db.fetchrow(call("fn_rulebook", 0, "number", "versions"))
    return row["number"], _APPROVED.decode(row["versions"])


async def number(db: Connection) -> int:
    """The rulebook's number; not inside a transaction that acts."""
    found: int = await db.fetchval(call("fn_present_rulebook", 0))
    return found


async def listen(connection: Connection, wake: Callable[..., None]) -> None:
    """Call `wake` whenever a transaction that changed the rulebook was committed."""
    await connection.add_listener(CHANNEL, wake)


async def parties(db: Connection) -> Names | None:
    """Two partners of one customer, to tell a story of, those that came first; None where no customer has two."""
    row = await db.fetchrow(
        """SELECT p.company_name AS other, q.company_name AS actor, c.company_name AS customer
        FROM reseller_relationship a JOIN reseller_relationship b ON b.customer_tenant_id = a.customer_tenant_id
            AND b.state = 'active' AND b.partner_tenant_id > a.partner_tenant_id
        JOIN tenant p ON p.id = a.partner_tenant_id JOIN tenant q ON q.id = b.partner_tenant_id
        JOIN tenant c ON c.id = a.customer_tenant_id
        WHERE a.state = 'active' LIMIT 1"""
    )
    return None if row is None else Names(row["actor"], row["other"], row["customer"])
