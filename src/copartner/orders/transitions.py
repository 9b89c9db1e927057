"""Upgrades and conversions: what a seller's subscription may become, and its becoming that."""

from uuid import UUID

from msgspec.structs import replace

from copartner.catalogue import rules as catalogue_rules
from copartner.catalogue import service as catalogue
from copartner.command.command import Command
from copartner.command.context import Context
from copartner.orders import delegated, rules, store
from copartner.orders import transition_rules as transitions
from copartner.orders.model import Change, Prospect, Transition
from copartner.policy.actions import Action
from copartner.policy.facts import Facts
from copartner.subscriptions import rules as subscription_rules
from copartner.subscriptions import service as subscriptions


async def read_targets(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> Prospect:
    """A subscription that the acting partner sold, with all it might become; raises Denied, UnknownSubscription."""
    found = await ctx.find(
        Action.SUBSCRIPTION_READ_TRANSITIONS, store.targets(), customer_id, subscription_id, body=Prospect
    )
    return subscriptions.existing(found, subscription_id)


async def list_transitions(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> tuple[Transition, ...]:
    """What became of a subscription that the acting partner sold, the oldest first; raises Denied."""
    return await ctx.read(
        Action.SUBSCRIPTION_READ_TRANSITIONS,
        store.transitions(),
        *(customer_id, subscription_id),
        body=tuple[Transition, ...],
    )


async def transition_subscription(
    ctx: Context, *, customer_id: UUID, subscription_id: UUID, change: Change
) -> Transition:
    """The seller makes another of its subscription, or of a part of it, by an order.

    Raises Denied, UnknownSubscription, NotTransitionable and what orders.rules and catalogue.rules raise.
    """
    async with ctx.command("subscription.transition") as cmd:
        await subscriptions.hold_relationship(cmd, ctx, customer_id=customer_id)
        facts = await store.transition_facts(cmd.db, ctx, customer_id, subscription_id)
        product = catalogue_rules.key(change.catalog_item_id.strip().partition(":")[0])
        facts = await delegated.told(cmd, ctx, Action.SUBSCRIPTION_TRANSITION, facts, customer_id, {product})
        facts = await _with_azure(cmd, ctx, facts, change)
        family = await subscriptions.family(cmd, customer_id=customer_id, subscription_id=subscription_id)
        commitment = subscription_rules.commitment(
            family.own, term=transitions.wanted_term(family.own, change), now=cmd.now
        )
        facts = replace(facts, context=replace(facts.context, commitment=commitment))
        cmd.require(Action.SUBSCRIPTION_TRANSITION, facts)
        if (earlier := cmd.replay(Transition)) is not None:
            return earlier
        before = subscriptions.existing(family.own, subscription_id)
        country = next((tenant.country for tenant in facts.tenants if tenant.id == str(customer_id)), None)
        (held,) = await catalogue.resolve(cmd.db, [before.catalog_item_id], country=None)
        (target,) = await catalogue.resolve(cmd.db, [change.catalog_item_id], country=country)
        term = transitions.check(before, held, target, change, has_addons=bool(family.below))
        quantity, reference = transitions.wanted_quantity(before, change), target.sku.reference
        await subscriptions.hold_skus(cmd, customer_id=customer_id, references=[reference])
        needed = [*target.sku.prerequisites, *target.sku.seller_prerequisites, reference]
        holdings = await store.holdings(cmd.db, customer_id=customer_id, references=needed)
        rules.check_prerequisites(
            [target], in_tenant=holdings.in_tenant, own=holdings.own, drafted=frozenset({reference})
        )
        await subscriptions.check_pool(cmd, facts, customer_id=customer_id, item=target, requested=quantity)
        relationship = facts.context.relationship
        step = transitions.step(
            before,
            target,
            term,
            quantity,
            new_id=ctx.runtime.ids.new,
            relationship_id=UUID(relationship.id) if relationship else None,
            placed_by=str(ctx.caller.subject_id),
            now=cmd.now,
        )
        await store.add_orders(cmd.db, (step.order,))
        if step.new is not None:
            await subscriptions.add(cmd, [step.new])
        else:
            await store.settle(cmd.db, step.source, step.order.id)
        await subscriptions.save(cmd, before, step.source)
        await store.add_transition(cmd.db, step.transition)
        cmd.record(None, step.order)
        cmd.record(None, step.transition)
        return cmd.remember(step.transition)


async def _with_azure(cmd: Command, ctx: Context, facts: Facts, change: Change) -> Facts:
    """The facts with whether the subscription is to become Azure, asked only where the rules want to know."""
    if not ctx.rules.reads(Action.SUBSCRIPTION_TRANSITION, "azure"):
        return facts
    found = await catalogue.lookup(cmd.db, [change.catalog_item_id])
    return replace(facts, context=replace(facts.context, azure=rules.has_azure(found.values())))
