"""Decisions made again by the rules of their day, from all that was judged then."""

from dataclasses import replace
from uuid import UUID

from copartner.command.context import Context
from copartner.policy.actions import Action
from copartner.policy.decide import decide_cold
from copartner.policy.facts import Side
from copartner.programme import kept, rules, store
from copartner.programme.model import Repeated


async def repeat_decision(ctx: Context, *, decision_id: UUID) -> Repeated:
    """The operator repeats any decision that counted, a tenant one that it has a record of, as far as it may know it.

    Raises Denied, UnknownDecision, NotKept.
    """
    if ctx.caller.side is Side.OPERATOR:
        found = await ctx.find(Action.DECISION_REPEAT, store.decided(), decision_id, body=store.DecidedRow)
        return await _repeated(ctx, _known(found, decision_id))
    record = await ctx.find(Action.DECISION_READ, store.decision(), decision_id, body=store.DecisionRow)
    if record is None:
        raise rules.UnknownDecision("There is no such decision in your tenant.", str(decision_id))
    async with ctx.runtime.pool.acquire() as connection:
        found = await store.decided_row(connection, decision_id)
    again = await _repeated(ctx, _known(found, decision_id))
    # Of what else stood in the way, or of the thing, the record told nothing.
    concealed = record.caller_text is not None
    told = () if concealed else record.rules
    return replace(again, rules=tuple(rule for rule in again.rules if rule in told), concealed=concealed)


async def _repeated(ctx: Context, row: store.DecidedRow) -> Repeated:
    ruleset = await kept.rules_of(ctx.runtime, row.digest)
    if ruleset is None:
        raise rules.NotKept("The rules that decided this were never kept here.", str(row.id))
    if row.action not in set(Action):
        raise rules.NotKept(f"This release does not know the action {row.action} any more.", str(row.id))
    again = decide_cold(ruleset, Action(row.action), row.facts)
    return Repeated(
        id=row.id,
        at=row.at,
        action=row.action,
        digest=row.digest,
        allowed=again.allowed,
        same=(again.allowed, again.rules) == (row.allowed, row.rules),
        rules=again.rules,
        doubt=again.doubt,
    )


def _known(found: store.DecidedRow | None, decision_id: UUID) -> store.DecidedRow:
    if found is None:
        raise rules.NotKept(
            "What was judged is kept whole for a time, and of the caller's own requests; this decision is not.",
            str(decision_id),
        )
    return found
