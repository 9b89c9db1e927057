"""The statements by which a command begins, ends and keeps its denials."""

from datetime import datetime
from functools import cache

from asyncpg.connection import Connection

from copartner.kernel.functions import call

ACT_AS = "SELECT act_as($1, $2)"


@cache
def begin() -> str:
    """Side, tenant, caller, method, path, request id, digest, machine time; answers what an earlier request left."""
    return call("fn_begin", 8, "claimed", "earlier_digest", "earlier_result")


@cache
def finish() -> str:
    """Audit rows and decisions as JSON, tenant, caller, method, path, request id and the result as JSON."""
    return call("fn_finish", 8)


@cache
def act_on_behalf() -> str:
    """A customer, programme time; answers whether the transaction now reaches that customer's directory."""
    return call("fn_act_on_behalf", 2)


@cache
def act_in_own_name() -> str:
    """Ends what act_on_behalf began."""
    return call("fn_act_in_own_name", 0)


@cache
def record_denial() -> str:
    """One decision row as JSON; answers the id it is kept under and whether it is new."""
    return call("fn_record_denial", 1, "id", "is_new")


@cache
def write_audit() -> str:
    """Audit rows as a JSON array."""
    return call("fn_write_audit", 1)


def one_at_a_time() -> str:
    """Waits until no other transaction lets time pass; held until this one ends."""
    return "SELECT pg_advisory_xact_lock(hashtextextended('copartner.passing', 0))"


async def forget_requests(db: Connection, *, before: datetime) -> int:
    """Delete request ids claimed before that machine moment; answers how many."""
    tag = await db.execute("DELETE FROM idempotency_key WHERE created_at < $1", before)
    return int(tag.split()[-1])


async def forget_decisions(db: Connection, *, before: datetime, most: int) -> int:
    """Delete the oldest kept decisions before a moment of programme time, at most so many; answers how many."""
    tag = await db.execute(
        """DELETE FROM decided WHERE (at, id) IN (
            SELECT d.at, d.id FROM decided d WHERE d.at < $1 ORDER BY d.at, d.id LIMIT $2)""",
        before,
        most,
    )
    return int(tag.split()[-1])
