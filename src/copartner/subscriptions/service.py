"""A partner's work on the subscriptions it sold, and the customer's view of all it holds."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg.connection import Connection
from msgspec.structs import replace

from copartner.catalogue import rules as catalogue_rules
from copartner.catalogue import service as catalogue
from copartner.catalogue.model import Item
from copartner.command.command import Command
from copartner.command.context import Context
from copartner.kernel.errors import StaleTag
from copartner.policy.actions import Action
from copartner.policy.facts import Facts, Pool
from copartner.subscriptions import rules, store
from copartner.subscriptions.model import HeldSubscription, Patch, Status, Subscription

PAGE_LIMIT = 500


async def read_subscription(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> Subscription:
    """One subscription that the acting partner sold; raises Denied, UnknownSubscription."""
    found = await ctx.find(Action.SUBSCRIPTION_READ, store.read(), customer_id, subscription_id, body=Subscription)
    return _existing(found, subscription_id)


async def list_subscriptions(
    ctx: Context,
    *,
    customer_id: UUID,
    order_id: UUID | None = None,
    parent_id: UUID | None = None,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> tuple[Subscription, ...]:
    """At most `size` (1 to 500) subscriptions the acting partner sold to the customer, by id; raises Denied."""
    return await ctx.read(
        Action.SUBSCRIPTION_LIST,
        store.page(),
        *(customer_id, order_id, parent_id, after, min(max(size, 1), PAGE_LIMIT)),
        body=tuple[Subscription, ...],
        each=Action.SUBSCRIPTION_READ,
    )


async def list_held(ctx: Context, *, after: UUID | None = None, size: int = PAGE_LIMIT) -> tuple[HeldSubscription, ...]:
    """What the acting customer holds, of all sellers and of the vendor directly, by id; raises Denied."""
    return await ctx.read(
        Action.OWN_SUBSCRIPTION_LIST,
        store.held(),
        *(after, min(max(size, 1), PAGE_LIMIT)),
        body=tuple[HeldSubscription, ...],
        each=Action.OWN_SUBSCRIPTION_LIST,
    )


async def change_subscription(
    ctx: Context, *, customer_id: UUID, subscription_id: UUID, patch: Patch, expected_version: int | None = None
) -> Subscription:
    """The selling partner changes state, quantity, name or renewal; what the purchase settled stays.

    A foreign or unknown subscription is denied for all that the patch names. Raises Denied, UnknownSubscription,
    StaleTag and what subscriptions.rules and catalogue.rules raise.
    """
    async with ctx.command("subscription.change") as cmd:
        facts = await store.facts(cmd.db, ctx, customer_id, subscription_id)
        before = await store.lock(cmd.db, customer_id, subscription_id)
        asked = rules.actions(before, patch)
        for action in asked or (Action.SUBSCRIPTION_READ,):
            cmd.require(action, facts)
        before = _existing(before, subscription_id)
        if expected_version not in (None, before.version):
            raise StaleTag("The subscription was changed meanwhile; read it again.", str(subscription_id))
        if not asked:
            cmd.unchanged()
            return before
        after = rules.apply(before, patch)
        if after.quantity != before.quantity:
            await _check_quantity(cmd, facts, before, after)
        await store.save(cmd.db, after)
        cmd.record(before, after)
    return after


async def activate_subscription(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> Subscription:
    """The selling partner activates a pending subscription; raises Denied, UnknownSubscription, IllegalTransition."""
    async with ctx.command("subscription.activate") as cmd:
        facts = await store.facts(cmd.db, ctx, customer_id, subscription_id)
        cmd.require(Action.SUBSCRIPTION_REACTIVATE, facts)
        if (earlier := cmd.replay(Subscription)) is not None:
            return earlier
        before = _existing(await store.lock(cmd.db, customer_id, subscription_id), subscription_id)
        if before.status is not Status.PENDING:
            raise rules.IllegalTransition(
                f"Only a pending subscription is activated; this one is {before.status}.", before.status, Status.ACTIVE
            )
        after = rules.apply(before, Patch(status=Status.ACTIVE))
        await store.save(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)


async def add(cmd: Command, made: Sequence[Subscription]) -> None:
    """Keep the subscriptions that an order made and audit each; the order has been decided and written before."""
    await store.add(cmd.db, made)
    for subscription in made:
        cmd.record(None, subscription)


async def own(cmd: Command, *, customer_id: UUID, subscription_id: UUID) -> Subscription:
    """The acting partner's own subscription, locked; raises UnknownSubscription."""
    return _existing(await store.lock(cmd.db, customer_id, subscription_id), subscription_id)


async def check_pool(
    cmd: Command, facts: Facts, *, customer_id: UUID, item: Item, requested: int, without: UUID | None = None
) -> None:
    """Raise Denied when the seats of all partners together would pass the SKU's maximum for this customer."""
    if item.sku.pooled_maximum is None:
        return
    held = await store.pool_held(
        cmd.db,
        customer_id=customer_id,
        product_id=item.product.id,
        sku_id=item.sku.id,
        without=without,
    )
    pool = Pool(maximum=item.sku.pooled_maximum, held=held, requested=requested)
    cmd.require(Action.SEATS_TAKE, replace(facts, context=replace(facts.context, pool=pool)))


async def _check_quantity(cmd: Command, facts: Facts, before: Subscription, after: Subscription) -> None:
    item = await _item(cmd.db, after)
    parent = await _parent_quantity(cmd.db, after)
    catalogue_rules.check_quantity(item.sku, after.quantity, parent_quantity=parent)
    if after.quantity > before.quantity:
        await check_pool(
            cmd,
            facts,
            customer_id=after.customer_tenant_id,
            item=item,
            requested=after.quantity,
            without=after.id,
        )


async def _item(db: Connection, subscription: Subscription) -> Item:
    name = f"{subscription.product_id}:{subscription.sku_id}:{subscription.availability_id}"
    return (await catalogue.resolve(db, [name], country=None))[0]


async def _parent_quantity(db: Connection, subscription: Subscription) -> int | None:
    if subscription.parent_id is None:
        return None
    parent = await store.lock(db, subscription.customer_tenant_id, subscription.parent_id)
    return parent.quantity if parent else None


def _existing(found: Subscription | None, subscription_id: UUID) -> Subscription:
    if found is None:
        raise rules.UnknownSubscription("There is no such subscription among yours.", str(subscription_id))
    return found
