"""A customer reads and answers what a partner asks: a request, or a partner's standing link."""

from dataclasses import replace as changed
from uuid import UUID

import msgspec
from msgspec.structs import replace

from copartner.agreements import service as agreements
from copartner.command.command import Command
from copartner.command.context import Context
from copartner.command.denial import would_say
from copartner.partners.model import Partner
from copartner.policy import facts as policy_facts
from copartner.policy.actions import Action
from copartner.policy.decide import Decision, decide
from copartner.policy.facts import Actor, Facts, Role, Side
from copartner.relationships import rules, store
from copartner.relationships.model import Acceptance, Consent, RelationshipRequest, RequestState


class _Invitation(msgspec.Struct):
    state: RequestState
    reason: str


class _Found(msgspec.Struct):
    facts: Facts
    partner: Partner | None = None
    invitation: _Invitation | None = None


async def read_consent(ctx: Context, *, request_id: UUID) -> Consent:
    """What a request asks of the acting customer, by today's rules; raises Denied, UnknownRequest."""
    found = await ctx.read(Action.CONSENT_READ, store.consent(), request_id, body=_Found)
    if found.invitation is None:
        raise _unknown(request_id)
    return _consent(ctx, found, request_id)


async def read_standing_consent(ctx: Context, *, partner_tenant_id: UUID) -> Consent:
    """What a partner's standing link asks of the acting customer; raises Denied, UnknownRequest."""
    found = await ctx.read(Action.CONSENT_READ, store.standing(), partner_tenant_id, body=_Found)
    found.facts = _standing(ctx, found.facts)
    return _consent(ctx, found, None)


async def accept_request(ctx: Context, *, request_id: UUID, accept_agreement: bool) -> Acceptance:
    """The acting customer accepts a request: agreement, relationship, privileges and answer in one transaction.

    Raises Denied, UnknownRequest, RequestClosed, RelationshipExists.
    """
    async with ctx.command("relationship_request.accept") as cmd:
        facts = await store.consent_facts(cmd.db, ctx, request_id)
        cmd.require(Action.CONSENT_ACCEPT, facts)
        if (earlier := cmd.replay(Acceptance)) is not None:
            return earlier
        before, after = await _answer(ctx, cmd, request_id, RequestState.ACCEPTED)
        made = await _form(ctx, cmd, facts, before.partner_tenant_id, request_id, accept_agreement=accept_agreement)
        cmd.record(before, after)
        return cmd.remember(changed(made, request=after))


async def accept_standing(ctx: Context, *, partner_tenant_id: UUID, accept_agreement: bool) -> Acceptance:
    """The acting customer accepts a partner's standing link; raises Denied, UnknownRequest, RelationshipExists."""
    async with ctx.command("relationship_link.accept") as cmd:
        facts = _standing(ctx, await store.standing_facts(cmd.db, ctx, partner_tenant_id))
        cmd.require(Action.CONSENT_ACCEPT, facts)
        if (earlier := cmd.replay(Acceptance)) is not None:
            return earlier
        if getattr(facts.resource, "partner", None) is None:
            raise _unknown(partner_tenant_id)
        return cmd.remember(await _form(ctx, cmd, facts, partner_tenant_id, None, accept_agreement=accept_agreement))


async def decline_request(ctx: Context, *, request_id: UUID) -> RelationshipRequest:
    """The acting customer declines a request, an open one for all; raises Denied, UnknownRequest, RequestClosed."""
    async with ctx.command("relationship_request.decline") as cmd:
        cmd.require(Action.CONSENT_DECLINE, await store.consent_facts(cmd.db, ctx, request_id))
        if (earlier := cmd.replay(RelationshipRequest)) is not None:
            return earlier
        before, after = await _answer(ctx, cmd, request_id, RequestState.DECLINED)
        cmd.record(before, after)
        return cmd.remember(after)


async def decline_standing(ctx: Context, *, partner_tenant_id: UUID) -> None:
    """The acting customer leaves a standing link alone; nothing is kept of it. Raises Denied."""
    async with ctx.command("relationship_link.decline") as cmd:
        cmd.require(Action.CONSENT_DECLINE, await store.standing_facts(cmd.db, ctx, partner_tenant_id))
        if cmd.replay(str) is None:
            cmd.unchanged()
            cmd.remember("declined")


async def _answer(
    ctx: Context, cmd: Command, request_id: UUID, state: RequestState
) -> tuple[RelationshipRequest, RelationshipRequest]:
    found, was_open = await store.claim_request(cmd.db, request_id)
    if found is None:
        raise _unknown(request_id)
    after = rules.answer(found, state, now=cmd.now)
    await store.save_answer(cmd.db, after, await store.caller_name(cmd.db, ctx))
    return changed(found, customer_tenant_id=None) if was_open else found, after


async def _form(
    ctx: Context, cmd: Command, facts: Facts, partner: UUID, request_id: UUID | None, *, accept_agreement: bool
) -> Acceptance:
    rules.refuse_own_tenant(partner, ctx.caller.tenant_id)
    asked = isinstance(facts.resource, policy_facts.RelationshipRequest) and facts.resource.includes_privileges
    come = ctx.judge(Action.CONSENT_GRANT_PRIVILEGES, facts)
    agreement = await agreements.accept_agreement(ctx, cmd) if accept_agreement else None
    relationship = await store.form_relationship(
        cmd.db,
        relationship_id=ctx.runtime.ids.new(),
        partner_tenant_id=partner,
        request_id=request_id,
        privileges=come.allowed,
        formed_at=cmd.now,
    )
    cmd.record(None, relationship)
    return Acceptance(
        relationship=relationship,
        request=None,
        agreement_id=agreement.id if agreement else None,
        agreement_accepted=agreement is not None or (facts.context.agreement is not None),
        privileges_withheld=_said(ctx, Action.CONSENT_GRANT_PRIVILEGES, facts, come)
        if asked and not come.allowed
        else None,
    )


def _consent(ctx: Context, found: _Found, request_id: UUID | None) -> Consent:
    facts, resource = found.facts, found.facts.resource
    if found.partner is None or not isinstance(resource, policy_facts.RelationshipRequest):
        raise _unknown(request_id)
    come = ctx.judge(Action.CONSENT_GRANT_PRIVILEGES, facts)
    acceptance = ctx.judge(Action.CONSENT_ACCEPT, facts)
    return Consent(
        request_id=request_id,
        state=found.invitation.state if found.invitation else None,
        partner=found.partner,
        reason=found.invitation.reason if found.invitation else "",
        includes_privileges=bool(resource.includes_privileges),
        privileges_come=come.allowed,
        powers=rules.powers(privileges=come.allowed, language=ctx.language),
        agreement_needed=agreements.has_agreements(ctx.runtime.cloud) and facts.context.agreement is None,
        relationship_exists=facts.context.relationship is not None,
        obstacles=() if acceptance.allowed else (_said(ctx, Action.CONSENT_ACCEPT, facts, acceptance),),
        privileges_withheld=_said(ctx, Action.CONSENT_GRANT_PRIVILEGES, facts, come)
        if resource.includes_privileges and not come.allowed
        else None,
    )


def _standing(ctx: Context, facts: Facts) -> Facts:
    """A standing link asks for privileges only where the rules let no partner leave them out."""
    resource = facts.resource
    if not isinstance(resource, policy_facts.RelationshipRequest) or resource.partner is None:
        return facts
    anybody = Actor(
        id=resource.partner, tenant=resource.partner, roles=tuple(Role), side=Side.PARTNER, multi_factor=True
    )
    as_partner = replace(facts, principal=anybody)
    omitted = decide(ctx.rules, Action.RELATIONSHIP_REQUEST_OMIT_PRIVILEGES, as_partner, ctx.moment).allowed
    return replace(facts, resource=replace(resource, includes_privileges=not omitted))


def _said(ctx: Context, action: Action, facts: Facts, decision: Decision) -> str:
    return would_say(ctx, action, ctx.asked(facts), decision).summary


def _unknown(request_id: UUID | None) -> rules.UnknownRequest:
    return rules.UnknownRequest("There is no such relationship request for your tenant.", str(request_id or ""))
