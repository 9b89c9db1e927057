"""A customer reads what a partner asks to be in its tenant, approves, refuses or counters it, and ends it."""

from dataclasses import replace as changed

import msgspec
from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.delegation import consent_store, receipts, rules, settling, store, terms
from copartner.delegation.consent_model import Countered, CounterProposal, Offer, RoleCap
from copartner.delegation.model import AdminRelationship, Invitation, Key, Party
from copartner.delegation.passing import changing
from copartner.delegation.roles import described
from copartner.delegation.service import existing
from copartner.kernel.languages import Language
from copartner.partners.model import Partner
from copartner.policy.actions import Action
from copartner.policy.facts import Facts


class _Found(msgspec.Struct):
    relationship: AdminRelationship | None = None
    partner: Partner | None = None
    cap: RoleCap | None = None


async def read_invitation(ctx: Context, *, key: Key) -> Invitation:
    """What a relationship gives at the acting customer, and to whom; raises Denied, UnknownAdminRelationship."""
    found = await ctx.read(Action.ADMIN_CONSENT_READ, store.consent(), key.partner_tenant_id, key.id, body=_Found)
    relationship = rules.passed(existing(found.relationship, key), now=ctx.moment)
    if found.partner is None:
        raise rules.UnknownAdminRelationship("There is no such delegated admin relationship.", str(key.id))
    return Invitation(
        relationship,
        found.partner,
        described(relationship.roles, ctx.language),
        terms.shown(relationship, found.partner, ctx.language).text,
        terms.beyond(found.cap, relationship.roles) if found.cap else (),
    )


async def approve_relationship(
    ctx: Context, *, key: Key, reason: str = "", read_in: Language | None = None
) -> AdminRelationship:
    """The acting customer approves, and gets its receipt with the text that it read, in the language it was `read_in`.

    Raises Denied, UnknownAdminRelationship, IllegalStep, Invalid.
    """
    await receipts.signing(ctx)
    async with changing(ctx, "admin_relationship.approve", key) as cmd:
        facts = await store.facts(cmd.db, ctx, key)
        found, was_open = await _claimed(cmd, key)
        cmd.require(Action.ADMIN_CONSENT_APPROVE, await _granting(ctx, cmd, facts, found))
        if (earlier := cmd.replay(AdminRelationship)) is not None:
            return rules.passed(earlier, now=cmd.now)
        before = rules.passed(existing(found, key), now=cmd.now)
        approver = await consent_store.approver(cmd.db, ctx.caller.tenant_id, ctx.caller.subject_id)
        after = changed(
            rules.approved(before, now=cmd.now),
            answer_reason=rules.check_reason(reason),
            customer_name=before.customer_name or approver.company_name,
        )
        await receipts.issue(
            ctx,
            cmd,
            rules.passed(after, now=cmd.now),
            approver=approver,
            partner=await consent_store.partner(cmd.db, key.partner_tenant_id),
            reason=after.answer_reason,
            language=read_in or ctx.language,
        )
        return await _answered(cmd, before, after, was_open=was_open)


async def counter_relationship(ctx: Context, *, key: Key, offer: Offer, reason: str = "") -> Countered:
    """The acting customer refuses what is asked and offers less, which it approves in advance.

    Raises Denied, UnknownAdminRelationship, IllegalStep, Invalid.
    """
    async with changing(ctx, "admin_relationship.counter", key) as cmd:
        facts = await store.facts(cmd.db, ctx, key)
        found, was_open = await _claimed(cmd, key)
        wanted = (
            changed(found, roles=offer.roles or found.roles, duration=offer.duration or found.duration)
            if found
            else None
        )
        cmd.require(Action.ADMIN_CONSENT_COUNTER, await _granting(ctx, cmd, facts, wanted))
        if (earlier := cmd.replay(Countered)) is not None:
            return earlier
        before = rules.passed(existing(found, key), now=cmd.now)
        refused = rules.rejected(before, rules.check_reason(reason), now=cmd.now)
        roles, duration, auto_extend = terms.offered(before, offer)
        proposal = CounterProposal(
            id=ctx.runtime.ids.new(),
            partner_tenant_id=key.partner_tenant_id,
            counters=before.id,
            roles=roles,
            duration=duration,
            auto_extend=auto_extend,
            reason=refused.answer_reason,
            approver=await consent_store.approver(cmd.db, ctx.caller.tenant_id, ctx.caller.subject_id),
            made_at=cmd.now,
        )
        await _answered(cmd, before, refused, was_open=was_open)
        name = await consent_store.offer(cmd.db, proposal, terms.names_for(before))
        if name is None:
            raise rules.DisplayNameTaken("The partner has used up every name for an offer; reject the request.")
        offered = existing(await store.lock(cmd.db, Key(key.partner_tenant_id, proposal.id)), key)
        cmd.record(None, offered)
        return cmd.remember(Countered(refused, offered))


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
        return rules.passed(cmd.remember(await _ended(cmd, key)), now=cmd.now)


async def end_relationships(cmd: Command, keys: tuple[Key, ...]) -> None:
    """End what the acting customer approved within a change that was allowed already; raises IllegalStep."""
    for key in keys:
        await _ended(cmd, key)


async def _ended(cmd: Command, key: Key) -> AdminRelationship:
    before = rules.passed(existing(await store.lock(cmd.db, key), key), now=cmd.now)
    after = rules.terminated(before, Party.CUSTOMER, now=cmd.now)
    await settling.end_assignments(cmd, after)
    await store.save_answer(cmd.db, after)
    cmd.record(before, after)
    return after


async def _granting(ctx: Context, cmd: Command, facts: Facts, wanted: AdminRelationship | None) -> Facts:
    """The facts of letting these roles in for this long; without a relationship nothing else stands in the way."""
    within_cap = wanted is None or await consent_store.within_cap(cmd.db, ctx.caller.tenant_id, wanted.roles)
    within = wanted is None or rules.within_limits(wanted.duration)
    return replace(facts, resource=replace(facts.resource, within_limits=within, within_cap=within_cap))


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
