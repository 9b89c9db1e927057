"""What a seller reads and settles beside a subscription: add-ons, support, registration, activation, term ends."""

from dataclasses import replace
from uuid import UUID

from copartner.command.context import Context
from copartner.policy.actions import Action
from copartner.subscriptions import rules, store
from copartner.subscriptions.model import Activation, Registration, Subscription, SupportContact, TermEnd
from copartner.subscriptions.service import PAGE_LIMIT, existing, list_subscriptions


async def list_addons(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> tuple[Subscription, ...]:
    """What the acting partner sold below a subscription of its own, by id; raises Denied."""
    return await ctx.read(
        Action.SUBSCRIPTION_READ,
        store.addons(),
        *(customer_id, subscription_id),
        body=tuple[Subscription, ...],
        each=Action.SUBSCRIPTION_READ,
    )


async def read_support_contact(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> SupportContact:
    """Who supports a subscription that the acting partner sold; raises Denied, UnknownSubscription."""
    found = await ctx.find(
        Action.SUBSCRIPTION_READ, store.support_contact(), customer_id, subscription_id, body=SupportContact
    )
    return existing(found, subscription_id)


async def set_support_contact(
    ctx: Context, *, customer_id: UUID, subscription_id: UUID, support_tenant_id: UUID, mpn_id: str
) -> SupportContact:
    """The seller names itself or another enrolled partner; tenant and number have to belong together.

    The partner named learns nothing of the customer by it. Raises Denied, UnknownSubscription, UnknownSupport.
    """
    async with ctx.command("subscription.set_support_contact") as cmd:
        facts = await store.facts(cmd.db, ctx, customer_id, subscription_id)
        cmd.require(Action.SUBSCRIPTION_SET_SUPPORT_CONTACT, facts)
        found, named = await store.lock_support(cmd.db, customer_id, subscription_id, support_tenant_id)
        before = existing(found, subscription_id)
        if named is None or named.mpn_id != mpn_id.strip():
            raise rules.UnknownSupport(
                "supportTenantId and supportMpnId do not name one enrolled partner; send both of the same partner.",
                "supportTenantId",
            )
        after = replace(before, support_tenant_id=named.tenant_id, mpn_id=named.mpn_id, name=named.company_name)
        if after == before:
            cmd.unchanged()
            return before
        await store.save_support(cmd.db, after)
        cmd.record(before, after)
    return after


async def read_registration(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> Registration:
    """The registration of a subscription that the acting partner sold; raises Denied, UnknownSubscription."""
    found = await ctx.find(
        Action.SUBSCRIPTION_READ, store.registration(), customer_id, subscription_id, body=Registration
    )
    return existing(found, subscription_id)


async def register_subscription(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> Registration:
    """The seller registers an active Azure subscription for reservations, once; a second time changes nothing.

    Raises Denied, UnknownSubscription, NotRegistrable.
    """
    async with ctx.command("subscription.register") as cmd:
        facts = await store.facts(cmd.db, ctx, customer_id, subscription_id)
        cmd.require(Action.SUBSCRIPTION_REGISTER, facts)
        if (earlier := cmd.replay(Registration)) is not None:
            return earlier
        before = existing(await store.lock_registration(cmd.db, customer_id, subscription_id), subscription_id)
        after = rules.register(before, now=cmd.now)
        if after == before:
            cmd.unchanged()
            return cmd.remember(before)
        await store.save_registration(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)


async def read_activation(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> Activation:
    """Where a subscription that the acting partner sold is activated; raises Denied, UnknownSubscription."""
    found = await ctx.find(Action.SUBSCRIPTION_READ, store.activation(), customer_id, subscription_id, body=Activation)
    return existing(found, subscription_id)


async def list_term_ends(
    ctx: Context, *, customer_id: UUID, term: str, subscription_id: UUID | None = None
) -> tuple[TermEnd, ...]:
    """When a term that begins now could end early, to end with the month or with what the partner sold already.

    With `subscription_id` the ends of that subscription alone. Raises Denied, Invalid.
    """
    rules.check_term(term)
    found: list[Subscription] = []
    while True:
        page = await list_subscriptions(ctx, customer_id=customer_id, after=found[-1].id if found else None)
        found += page
        if len(page) < PAGE_LIMIT:
            break
    return rules.term_ends(found, term, subscription_id=subscription_id, now=ctx.moment)
