"""A partner's work on the subscriptions it sold, and the customer's view of all it holds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from asyncpg.connection import Connection
from msgspec.structs import replace

from copartner.catalogue import rules as catalogue_rules
from copartner.catalogue import service as catalogue
from copartner.catalogue.model import Item
from copartner.command.command import Command
from copartner.command.context import Context
from copartner.kernel.errors import check_tag
from copartner.kernel.paging import Columns, Page
from copartner.policy.actions import Action
from copartner.policy.facts import Facts, Pool
from copartner.subscriptions import rules, store
from copartner.subscriptions.model import Family, HeldSubscription, NextTerm, Patch, Status, Subscription

PAGE_LIMIT = 500
_LISTED = Columns(Subscription)
T = TypeVar("T")


async def read_subscription(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> Subscription:
    """One subscription that the acting partner sold; raises Denied, UnknownSubscription."""
    found = await ctx.find(Action.SUBSCRIPTION_READ, store.read(), customer_id, subscription_id, body=Subscription)
    return existing(found, subscription_id)


async def list_subscriptions(
    ctx: Context,
    *,
    customer_id: UUID,
    order_id: UUID | None = None,
    parent_id: UUID | None = None,
    after: UUID | None = None,
    skip: int = 0,
    size: int = PAGE_LIMIT,
) -> Page[Subscription]:
    """At most `size` (1 to 500) subscriptions the acting partner sold to the customer, by id; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.SUBSCRIPTION_LIST,
        store.page(),
        *(customer_id, order_id, parent_id, after, skip, size),
        body=_LISTED.shape,
        each=Action.SUBSCRIPTION_READ,
    )
    return _LISTED.page(found, size, lambda it: it.id)


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

    Suspended or cancelled, a subscription takes its add-ons along, which have the same seller. A foreign or unknown
    subscription is denied for all that the patch names. Raises Denied, UnknownSubscription, StaleTag and what
    subscriptions.rules and catalogue.rules raise.
    """
    async with ctx.command("subscription.change") as cmd:
        if rules.needs_lasting_relationship(patch):
            await hold_relationship(cmd, ctx, customer_id=customer_id)
        facts = await store.facts(cmd.db, ctx, customer_id, subscription_id)
        family = await store.lock(cmd.db, customer_id, subscription_id)
        asked = rules.actions(family.own, patch)
        facts = _committed(facts, family.own, patch, cmd.now)
        for action in asked or (Action.SUBSCRIPTION_READ,):
            cmd.require(action, facts)
        before = existing(family.own, subscription_id)
        check_tag(before.version, expected_version, "subscription", str(subscription_id))
        if not asked:
            cmd.unchanged()
            return before
        after = rules.apply(before, patch)
        rules.check_above(before, after, family.above)
        if after.quantity != before.quantity:
            await _check_quantity(cmd, facts, family, before, after)
        if after.next_term not in (None, before.next_term):
            await _check_next_term(cmd.db, after, after.next_term)
        await save(cmd, before, after)
        for addon, taken in rules.taken_along(before, after, family.below):
            await save(cmd, addon, taken)
    return after


async def activate_subscription(ctx: Context, *, customer_id: UUID, subscription_id: UUID) -> Subscription:
    """The selling partner activates a pending subscription.

    Raises Denied, UnknownSubscription, IllegalTransition, ParentNotActive, QuantityOutOfRange.
    """
    async with ctx.command("subscription.activate") as cmd:
        await hold_relationship(cmd, ctx, customer_id=customer_id)
        facts = await store.facts(cmd.db, ctx, customer_id, subscription_id)
        cmd.require(Action.SUBSCRIPTION_REACTIVATE, facts)
        if (earlier := cmd.replay(Subscription)) is not None:
            return earlier
        family = await store.lock(cmd.db, customer_id, subscription_id)
        before = existing(family.own, subscription_id)
        if before.status is not Status.PENDING:
            raise rules.IllegalTransition(
                f"Only a pending subscription is activated; this one is {before.status}.", before.status, Status.ACTIVE
            )
        after = rules.apply(before, Patch(status=Status.ACTIVE))
        rules.check_above(before, after, family.above)
        await save(cmd, before, after)
        return cmd.remember(after)


async def add(cmd: Command, made: Sequence[Subscription]) -> None:
    """Keep the subscriptions that an order made and audit each; the order has been decided and written before."""
    await store.add(cmd.db, made)
    for subscription in made:
        cmd.record(None, subscription)


async def own(cmd: Command, *, customer_id: UUID, subscription_id: UUID) -> Subscription:
    """The acting partner's own subscription, locked; raises UnknownSubscription."""
    return existing((await store.lock(cmd.db, customer_id, subscription_id)).own, subscription_id)


async def family(cmd: Command, *, customer_id: UUID, subscription_id: UUID) -> Family:
    """The acting partner's own subscription with those above and below it, locked."""
    return await store.lock(cmd.db, customer_id, subscription_id)


async def hold_relationship(cmd: Command, ctx: Context, *, customer_id: UUID) -> None:
    """Keep the acting partner's relationship from ending meanwhile; comes before facts and before rows are locked."""
    await store.hold_relationship(cmd.db, customer_id=customer_id, partner_tenant_id=ctx.caller.tenant_id)


async def hold_skus(cmd: Command, *, customer_id: UUID, references: Iterable[str]) -> None:
    """Let nobody else sell these `product:sku` to the customer meanwhile; all take them in the same order."""
    for reference in sorted({*references}):
        await store.hold_sku(cmd.db, customer_id=customer_id, reference=reference)


async def check_pool(
    cmd: Command, facts: Facts, *, customer_id: UUID, item: Item, requested: int, without: UUID | None = None
) -> None:
    """Raise Denied when all partners together would pass the SKU's maximum for this customer."""
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


async def save(cmd: Command, before: Subscription, after: Subscription) -> None:
    """Write what may change of a subscription and audit it; the change has been decided before."""
    await store.save(cmd.db, after)
    cmd.record(before, after)


def _committed(facts: Facts, before: Subscription | None, patch: Patch, now: datetime) -> Facts:
    commitment = rules.commitment(before, status=patch.status, quantity=patch.quantity, term=patch.term, now=now)
    return replace(facts, context=replace(facts.context, commitment=commitment))


async def _check_next_term(db: Connection, after: Subscription, wanted: NextTerm) -> None:
    held = await _item(db, after)
    (target,) = await catalogue.resolve(db, [wanted.catalog_item_id], country=held.availability.country)
    rules.check_next_term(held.sku, target, wanted)


async def _check_quantity(
    cmd: Command, facts: Facts, family: Family, before: Subscription, after: Subscription
) -> None:
    item = await _item(cmd.db, after)
    parent = family.above.quantity if family.above else None
    catalogue_rules.check_quantity(item.sku, after.quantity, parent_quantity=parent)
    rules.check_below(before, after, family.below)
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
    return (await catalogue.resolve(db, [subscription.catalog_item_id], country=None))[0]


def existing(found: T | None, subscription_id: UUID) -> T:
    """What was found of a subscription; raises UnknownSubscription when that is nothing."""
    if found is None:
        raise rules.UnknownSubscription("There is no such subscription among yours.", str(subscription_id))
    return found
