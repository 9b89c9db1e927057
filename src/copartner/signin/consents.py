"""What an application may do for those who sign in to it: agreed to once, by each or for all, listed and withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.command.denial import would_say
from copartner.kernel import paging
from copartner.kernel.paging import Page
from copartner.kernel.several import several
from copartner.policy.actions import Action
from copartner.signin import consent_store as store
from copartner.signin import revocation_store, rules
from copartner.signin.consent_store import Consent
from copartner.signin.grounds import consent_ground

PAGE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody is asked about an application; `obstacle` says why the answer cannot be theirs alone."""

    registered_by: str
    offline: bool
    obstacle: str | None
    for_all: bool


async def read_question(ctx: Context, *, application_id: UUID, offline: bool) -> Question:
    """What the caller is asked before an application of its tenant may act for it."""
    async with ctx.runtime.pool.acquire() as connection:
        facts, registered_by = await store.question(connection, ctx, application_id)
    own = ctx.judge(Action.APPLICATION_CONSENT, facts)
    return Question(
        registered_by=registered_by,
        offline=offline,
        obstacle=None if own.allowed else would_say(ctx, Action.APPLICATION_CONSENT, ctx.asked(facts), own).summary,
        for_all=ctx.judge(Action.APPLICATION_CONSENT_FOR_ALL, facts).allowed,
    )


async def consent(ctx: Context, *, application_id: UUID, offline: bool, for_all: bool = False) -> Consent:
    """The caller lets an application of its tenant act for it, or for every user; `offline` also while signed out.

    Raises Denied, UnknownApplication.
    """
    action = Action.APPLICATION_CONSENT_FOR_ALL if for_all else Action.APPLICATION_CONSENT
    async with ctx.command(action) as cmd:
        cmd.require(action, await store.application_facts(cmd.db, ctx, application_id))
        if (earlier := cmd.replay(Consent)) is not None:
            return earlier
        name = await store.lock_application(cmd.db, ctx.caller.tenant_id, application_id)
        if name is None:
            raise rules.UnknownConsent("There is no such application in your tenant.", str(application_id))
        user_id = None if for_all else ctx.caller.subject_id
        before = await store.held(cmd.db, ctx.caller.tenant_id, application_id, user_id)
        if before is not None and (before.offline or not offline):
            cmd.unchanged()
            return cmd.remember(before)
        after = Consent(
            id=before.id if before else ctx.runtime.ids.new(),
            tenant_id=ctx.caller.tenant_id,
            application_id=application_id,
            application_name=name,
            user_id=user_id,
            offline=offline,
            consented_at=cmd.now,
            consented_by=ctx.caller.subject_id,
        )
        await (store.save if before else store.add)(cmd.db, after)
        kept = await store.held(cmd.db, after.tenant_id, application_id, user_id) or after
        cmd.record(before, kept)
        return cmd.remember(kept)


async def list_consents(
    ctx: Context,
    *,
    of_all: bool = False,
    application_id: UUID | None = None,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Page[Consent]:
    """At most `size` (1 to 500) consents that hold: the caller's own and the tenant's, or all; raises Denied.

    With `application_id` those to one application.
    """
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.APPLICATION_CONSENT_LIST_ALL if of_all else Action.APPLICATION_CONSENT_LIST,
        store.page(),
        *(of_all, application_id, after, size),
        body=tuple[Consent, ...],
        each=Action.APPLICATION_CONSENT_READ,
    )
    return paging.Listed(None, found).page(size, lambda one: one.id)


async def withdraw_consent(ctx: Context, *, consent_id: UUID) -> Consent:
    """A consent holds no more, and what the application was given by it ends within a second.

    Raises Denied, UnknownConsent.
    """
    return (await withdraw_consents(ctx, consent_ids=(consent_id,)))[0]


async def withdraw_consents(ctx: Context, *, consent_ids: Iterable[UUID]) -> tuple[Consent, ...]:
    """Several consents hold no more, all or none of them; one that was withdrawn already stays as it is.

    Raises Denied, UnknownConsent, Invalid.
    """
    async with ctx.command(Action.APPLICATION_CONSENT_WITHDRAW) as cmd:
        wanted = several(consent_ids)
        for consent_id in wanted:
            cmd.require(Action.APPLICATION_CONSENT_WITHDRAW, await store.facts(cmd.db, ctx, consent_id))
        seen = [await _existing(ctx, cmd, consent_id) for consent_id in wanted]
        # In one order, so that two who withdraw several do not wait for each other.
        for application_id in sorted({one.application_id for one in seen}):
            await store.lock_application(cmd.db, ctx.caller.tenant_id, application_id)
        found = [await _existing(ctx, cmd, consent_id) for consent_id in wanted]
        if all(one.withdrawn_at is not None for one in found):
            cmd.unchanged()
        return tuple([await _withdraw(ctx, cmd, one) for one in found])


async def _existing(ctx: Context, cmd: Command, consent_id: UUID) -> Consent:
    found = await store.entry(cmd.db, ctx.caller.tenant_id, consent_id)
    if found is None:
        raise rules.UnknownConsent("There is no such consent in your tenant.", str(consent_id))
    return found


async def _withdraw(ctx: Context, cmd: Command, before: Consent) -> Consent:
    if before.withdrawn_at is not None:
        return before
    after = replace(before, withdrawn_at=cmd.now)
    await store.save(cmd.db, after)
    ground = consent_ground(before.user_id or before.tenant_id, before.application_id)
    await revocation_store.revoke(
        cmd.db, tenant_id=before.tenant_id, ground_id=ground, now=ctx.runtime.machine_clock.now()
    )
    cmd.record(before, after)
    return after
