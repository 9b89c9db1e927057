"""A customer reads what a partner asks to be in its tenant, approves or refuses it, and ends it."""

from dataclasses import replace as changed

import msgspec
from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.delegation import rules, settling, store
from copartner.delegation.model import AdminRelationship, Invitation, Key, Party
from copartner.delegation.passing import changing
from copartner.delegation.roles import described
from copartner.delegation.service import existing
from copartner.partners.model import Partner
from copartner.policy.actions import Action


class _Found(msgspec.Struct):
    relationship: AdminRelationship | None = None
    partner: Partner | None = None


async def read_invitation(ctx: Context, *, key: Key) -> Invitation:
    """What a relationship gives at the acting customer, and to whom; raises Denied, UnknownAdminRelationship."""
    found = await ctx.read(Action.ADMIN_CONSENT_READ, store.consent(), key.partner_tenant_id, key.id, body=_Found)
    relationship = rules.passed(existing(found.relationship, key), now=ctx.moment)
    if found.partner is None:
        raise rules.UnknownAdminRelationship("There is no such delegated admin relationship.", str(key.id))
    return Invitation(relationship, found.partner, described(relationship.roles))


async def approve_relationship(ctx: Context, *, key: Key) -> AdminRelationship:
    """The acting customer approves; raises Denied, UnknownAdminRelationship, IllegalStep."""
    async with changing(ctx, "admin_relationship.approve", key) as cmd:
        facts = await store.facts(cmd.db, ctx, key)
        found, was_open = await _claimed(cmd, key)
        within = rules.within_limits(found.duration) if found else True
        cmd.require(
            Action.ADMIN_CONSENT_APPROVE, replace(facts, resource=replace(facts.resource, within_limits=within))
        )
        if (earlier := cmd.replay(AdminRelationship)) is not None:
            return rules.passed(earlier, now=cmd.now)
        before = rules.passed(existing(found, key), now=cmd.now)
        return await _answered(cmd, before, rules.approved(before, now=cmd.now), was_open=was_open)


async def reject_relationship(ctx: Context, *, key: Key, reason: str = "") -> AdminRelationship:
    """The acting customer refuses; raises Denied, UnknownAdminRelationship, IllegalStep, Invalid."""
    async with changing(ctx, "admin_relationship.reject", key) as cmd:
        cmd.require(Action.ADMIN_CONSENT_REJECT, await store.facts(cmd.db, ctx, key))
        if (earlier := cmd.replay(AdminRelationship)) is not None:
            return rules.passed(earlier, now=cmd.now)
        found, was_open = await _claimed(cmd, key)
        before = rules.passed(existing(found, key), now=cmd.now)
        after = rules.rejected(before, rules.check_reason(reason), now=cmd.now)
        return await _answered(cmd, before, after, was_open=was_open)


async def end_relationship(ctx: Context, *, key: Key) -> AdminRelationship:
    """The acting customer ends what it approved; raises Denied, UnknownAdminRelationship, IllegalStep."""
    async with changing(ctx, "admin_relationship.end", key) as cmd:
        cmd.require(Action.ADMIN_CONSENT_END, await store.facts(cmd.db, ctx, key))
        if (earlier := cmd.replay(AdminRelationship)) is not None:
            return rules.passed(earlier, now=cmd.now)
        before = rules.passed(existing(await store.lock(cmd.db, key), key), now=cmd.now)
        after = rules.terminated(before, Party.CUSTOMER, now=cmd.now)
        await settling.end_assignments(cmd, after)
        return await _answered(cmd, before, after, was_open=False)


async def _claimed(cmd: Command, key: Key) -> tuple[AdminRelationship | None, bool]:
    """The relationship, locked, with the acting customer named in it, and whether it named nobody before."""
    was_open = await store.claim(cmd.db, key)
    return await store.lock(cmd.db, key), was_open


async def _answered(
    cmd: Command, before: AdminRelationship, after: AdminRelationship, *, was_open: bool
) -> AdminRelationship:
    await store.save_answer(cmd.db, after)
    cmd.record(changed(before, customer_tenant_id=None) if was_open else before, after)
    return rules.passed(cmd.remember(after), now=cmd.now)
