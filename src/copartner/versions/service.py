"""The operator proposes versions of the rules, has them checked, approves, withdraws them and takes them back."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.command.denial import objection
from copartner.kernel.errors import Busy
from copartner.kernel.paging import Listed, Page
from copartner.policy.actions import Action
from copartner.policy.amending import Amendment
from copartner.policy.explain import Explanation
from copartner.policy.rulebook import Rulebook
from copartner.versions import building, rules, store
from copartner.versions.model import RuleVersion

PAGE_LIMIT = 100
_LISTED = Listed[RuleVersion]
_ACTS = (
    Action.RULE_VERSION_CHECK,
    Action.RULE_VERSION_APPROVE,
    Action.RULE_VERSION_WITHDRAW,
    Action.RULE_VERSION_TAKE_BACK,
)


@dataclass(frozen=True, slots=True)
class Examined:
    """A version, and why the caller may not do something with it: None where it may."""

    version: RuleVersion
    objections: Mapping[Action, Explanation | None]


async def propose_version(
    ctx: Context, *, title: str, reason: str, text: str, ends: Iterable[str], begins: date
) -> RuleVersion:
    """The operator proposes rules that come, are stated anew and end from a day on; a check is waited for at once.

    Raises Denied, Invalid, Misfit.
    """
    async with ctx.command("rule_version.propose") as cmd:
        cmd.require(Action.RULE_VERSION_PROPOSE, await store.home_facts(cmd.db, ctx))
        if (earlier := cmd.replay(RuleVersion)) is not None:
            return earlier
        title, reason, ends = rules.check_title(title), rules.check_reason(reason), rules.check_ends(ends)
        text, begins = rules.check_rules(text), rules.check_begins(begins, today=cmd.now.date())
        book = await _locked(ctx, cmd)
        number = await store.next_number(cmd.db)
        wanted = Amendment(f"version {number}", text, ends, begins)
        made = RuleVersion(
            id=ctx.runtime.ids.new(),
            tenant_id=ctx.caller.tenant_id,
            number=number,
            title=title,
            reason=reason,
            text=text,
            ends=ends,
            begins=begins,
            difference=await asyncio.to_thread(building.fitted, book, wanted),
            check_wanted_at=ctx.runtime.machine_clock.now(),
            proposed_at=cmd.now,
            proposed_by=ctx.caller.subject_id,
            proposed_by_name=await store.actor_name(cmd.db, ctx),
        )
        await store.add(cmd.db, made)
        cmd.record(None, made)
        return cmd.remember(made)


async def list_versions(
    ctx: Context,
    *,
    number: int | None = None,
    newest: bool = False,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Page[RuleVersion]:
    """At most `size` (1 to 100) versions in the order of their numbers or the newest first, or the one of a number.

    Raises Denied.
    """
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.RULE_VERSION_LIST,
        store.page(),
        *(number, newest, after, size),
        body=_LISTED,
        each=Action.RULE_VERSION_READ,
    )
    return found.page(size, lambda it: it.id)


async def read_version(ctx: Context, *, version_id: UUID) -> RuleVersion:
    """One version, with what it changes and what its check found; raises Denied, UnknownVersion."""
    found = await ctx.find(
        Action.RULE_VERSION_READ, store.read(), version_id, _digest(ctx), ctx.moment.date(), body=RuleVersion
    )
    return _existing(found, version_id)


async def examine_version(ctx: Context, *, version_id: UUID) -> Examined:
    """One version, and what the rules say to the caller's doing something with it; raises Denied, UnknownVersion."""
    found, facts = await store.examine(ctx, version_id, _digest(ctx))
    facts = await ctx.require(Action.RULE_VERSION_READ, facts)
    return Examined(_existing(found, version_id), {action: objection(ctx, action, facts) for action in _ACTS})


async def check_version(ctx: Context, *, version_id: UUID) -> RuleVersion:
    """The operator wants a version checked, again where it was; the worker does it. Raises Denied, WrongState."""
    async with ctx.command("rule_version.check") as cmd:
        before = await _begin(ctx, cmd, version_id, Action.RULE_VERSION_CHECK)
        if (earlier := cmd.replay(RuleVersion)) is not None:
            return earlier
        after = rules.want_check(before, machine_now=ctx.runtime.machine_clock.now())
        await store.save(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)


async def approve_version(ctx: Context, *, version_id: UUID) -> RuleVersion:
    """Another operator user approves a version; from its day on every process decides by it.

    Raises Denied, WrongState.
    """
    async with ctx.command("rule_version.approve") as cmd:
        await _locked(ctx, cmd)
        before = await _begin(ctx, cmd, version_id, Action.RULE_VERSION_APPROVE)
        if (earlier := cmd.replay(RuleVersion)) is not None:
            return earlier
        after = rules.approve(
            before,
            by=ctx.caller.subject_id,
            by_name=await store.actor_name(cmd.db, ctx),
            now=cmd.now,
            place=ctx.rules_number + 1,
        )
        await store.save(cmd.db, after)
        await store.change_rulebook(cmd.db)
        cmd.record(before, after)
        cmd.remember(after)
    ctx.runtime.rules.doubt()
    return after


async def withdraw_version(ctx: Context, *, version_id: UUID) -> RuleVersion:
    """The operator gives up a version that was not approved; raises Denied, WrongState."""
    async with ctx.command("rule_version.withdraw") as cmd:
        before = await _begin(ctx, cmd, version_id, Action.RULE_VERSION_WITHDRAW)
        if (earlier := cmd.replay(RuleVersion)) is not None:
            return earlier
        name = await store.actor_name(cmd.db, ctx)
        after = rules.withdraw(before, by=ctx.caller.subject_id, by_name=name, now=cmd.now)
        await store.save(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)


async def take_back_version(ctx: Context, *, version_id: UUID, reason: str) -> RuleVersion:
    """The operator takes an approved version back: it counts no more from today on, the days before keep it.

    Raises Denied, Invalid, WrongState, BuiltUpon.
    """
    async with ctx.command("rule_version.take_back") as cmd:
        book = await _locked(ctx, cmd)
        before = await _begin(ctx, cmd, version_id, Action.RULE_VERSION_TAKE_BACK)
        if (earlier := cmd.replay(RuleVersion)) is not None:
            return earlier
        after = rules.take_back(
            before,
            by=ctx.caller.subject_id,
            by_name=await store.actor_name(cmd.db, ctx),
            because=rules.check_reason(reason),
            now=cmd.now,
        )
        await asyncio.to_thread(building.without, book, before, cmd.now.date())
        await store.save(cmd.db, after)
        await store.change_rulebook(cmd.db)
        cmd.record(before, after)
        cmd.remember(after)
    ctx.runtime.rules.doubt()
    return after


async def _begin(ctx: Context, cmd: Command, version_id: UUID, action: Action) -> RuleVersion:
    """The version of a change the caller may make, as nobody else changes it meanwhile."""
    found = await store.lock(cmd.db, version_id)
    cmd.require(action, await store.facts(cmd.db, ctx, version_id, _digest(ctx)))
    return _existing(found, version_id)


async def _locked(ctx: Context, cmd: Command) -> Rulebook:
    """The rulebook, as no other version comes into force until the transaction ends; raises Busy when one did."""
    held = ctx.runtime.rules
    book, number = held.book, held.number
    if not await store.lock_rulebook(cmd.db) == ctx.rules_number == number:
        raise Busy("The rules have just been changed; send the request again.")
    return book


def _digest(ctx: Context) -> str:
    source = ctx.runtime.rulebook.source
    return "" if source is None else source.digest


def _existing(found: RuleVersion | None, version_id: UUID) -> RuleVersion:
    if found is None:
        raise rules.UnknownVersion("There is no such version of the rules.", str(version_id))
    return found
