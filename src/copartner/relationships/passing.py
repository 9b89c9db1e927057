"""What time does to reseller relationships: privileges that nobody uses are removed."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from asyncpg.connection import Connection

from copartner.command.passing import Due, Passing, System, Turn
from copartner.policy.obligations import obligations
from copartner.relationships import passing_store, rules, store
from copartner.relationships.model import Relationship


async def next_idle(system: System, db: Connection, until: datetime) -> Due | None:
    """The privileges that are removed next for want of use, where and when the rule dap-idle has it so."""
    found = await passing_store.longest_idle(db, until - rules.IDLE)
    if found is None:
        return None
    relationship, used_at = found
    at = obligations()["dap-idle"].first(system.cloud, used_at + rules.IDLE)
    return Due(at, partial(_remove, relationship, used_at)) if at is not None and at <= until else None


async def _remove(found: Relationship, used_at: datetime, turn: Turn) -> None:
    if await passing_store.lock(turn.db, found) == (found, used_at):
        after = replace(found, privileges=False)
        await store.save_without_privileges(turn.db, after, now=turn.at)
        turn.record("reseller_relationship.remove_idle_privileges", found, after)


PASSINGS: tuple[Passing, ...] = (next_idle,)
