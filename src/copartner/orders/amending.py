"""Changing what was ordered: add-ons to it, another billing cycle, lines cancelled.

Sources: purchase-an-add-on-to-a-subscription, 2023-08-23; change-the-billing-cycle, 2022-06-13;
cancel-software-purchases, 2022-06-15.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from msgspec.structs import replace as with_facts

from copartner.catalogue import service as catalogue
from copartner.catalogue.model import BillingCycle
from copartner.command.command import Command
from copartner.command.context import Context
from copartner.kernel.errors import Illegal, Invalid, check_tag
from copartner.orders import billing_rules, rules, store
from copartner.orders import service as selling
from copartner.orders.model import Order, OrderLine, Wish
from copartner.policy.actions import Action
from copartner.subscriptions import rules as subscription_rules
from copartner.subscriptions import service as subscriptions
from copartner.subscriptions.model import Kind, Patch, Status, Subscription


class NotCancelledByOrder(Illegal):
    """The line is cancelled through its subscription, or cannot be cancelled."""


async def extend_order(
    ctx: Context, *, customer_id: UUID, order_id: UUID, wishes: Sequence[Wish], expected_version: int | None = None
) -> Order:
    """The seller adds add-ons below subscriptions of the order; each becomes a line of it.

    Raises Denied, UnknownOrder, StaleTag and what orders, subscriptions and catalogue rules raise.
    """
    async with ctx.command("order.extend") as cmd:
        await subscriptions.hold_relationship(cmd, ctx, customer_id=customer_id)
        facts = await store.order_facts(cmd.db, ctx, customer_id, order_id)
        order = await store.lock_order(cmd.db, customer_id, order_id)
        if order is not None:
            wishes = [replace(wish, billing_cycle=wish.billing_cycle or order.billing_cycle) for wish in wishes]
        drafted = await selling.draft(cmd, ctx, Action.ORDER_EXTEND, facts, customer_id, wishes)
        before = _existing(order, order_id, expected_version)
        bought = {line.subscription_id for line in before.lines}
        if any(line.parent_id not in bought for line in drafted.lines):
            raise Invalid("Name a subscription of this order in every line.", "parentSubscriptionId")
        await selling.check_parents(cmd, ctx, drafted, customer_id)
        await selling.check_holdings(cmd, drafted, customer_id)
        after, made = rules.extend(before, drafted.lines, drafted.items, new_id=ctx.runtime.ids.new, now=cmd.now)
        after = await _save(cmd, before, after)
        await subscriptions.add(cmd, made)
    return after


async def cancel_order(
    ctx: Context,
    *,
    customer_id: UUID,
    order_id: UUID,
    numbers: Collection[int] | None = None,
    expected_version: int | None = None,
) -> Order:
    """The seller cancels reservations by their lines, all of them unless some are named; a line keeps quantity 0.

    Raises Denied, UnknownOrder, StaleTag, UnknownLine, NotCancelledByOrder and what subscriptions.rules raise.
    """
    async with ctx.command("order.cancel") as cmd:
        facts = await store.order_facts(cmd.db, ctx, customer_id, order_id)
        cmd.require(Action.ORDER_CANCEL, facts)
        before = _existing(await store.lock_order(cmd.db, customer_id, order_id), order_id, expected_version)
        chosen = _chosen(before, numbers)
        for line in chosen:
            held = await _held(cmd, ctx, Action.SUBSCRIPTION_CANCEL, customer_id, line)
            if held.kind is not Kind.RESERVATION:
                raise NotCancelledByOrder(f"Cancel {line.title} through its subscription.", str(held.id))
            await subscriptions.save(cmd, held, subscription_rules.apply(held, Patch(status=Status.DELETED)))
        lines = tuple(replace(line, quantity=0) if line in chosen else line for line in before.lines)
        return await _save(cmd, before, replace(before, lines=lines))


async def change_billing_cycle(
    ctx: Context, *, customer_id: UUID, order_id: UUID, billing_cycle: BillingCycle, expected_version: int | None = None
) -> Order:
    """The seller has all of the order billed in another rhythm; term and price by the catalogue stay as they are.

    Raises Denied, UnknownOrder, StaleTag, BillingCycleFixed and what catalogue.rules raise.
    """
    async with ctx.command("order.change_billing_cycle") as cmd:
        facts = await store.order_facts(cmd.db, ctx, customer_id, order_id)
        cmd.require(Action.ORDER_CHANGE_BILLING_CYCLE, facts)
        before = _existing(await store.lock_order(cmd.db, customer_id, order_id), order_id, expected_version)
        if before.billing_cycle is billing_cycle:
            cmd.unchanged()
            return before
        changed = []
        for line in sorted(before.lines, key=lambda line: str(line.subscription_id)):
            held = await _held(cmd, ctx, Action.SUBSCRIPTION_CHANGE_BILLING_CYCLE, customer_id, line)
            (item,) = await catalogue.resolve(cmd.db, [held.catalog_item_id], country=None)
            billing_rules.check(line, held, item, billing_cycle)
            changed.append((held, replace(held, billing_cycle=billing_cycle, version=held.version + 1)))
        after = replace(
            before,
            billing_cycle=billing_cycle,
            lines=tuple(replace(line, billing_cycle=billing_cycle) for line in before.lines),
        )
        after = await _save(cmd, before, after)
        for held, became in changed:
            await store.settle(cmd.db, became, after.id)
            await subscriptions.save(cmd, held, became)
    return after


async def _held(cmd: Command, ctx: Context, action: Action, customer_id: UUID, line: OrderLine) -> Subscription:
    """The subscription of a line, decided and locked."""
    facts = await store.parent_facts(cmd.db, ctx, customer_id, line.subscription_id)
    held = await subscriptions.own(cmd, customer_id=customer_id, subscription_id=line.subscription_id)
    commitment = subscription_rules.commitment(held, status=Status.DELETED, now=cmd.now)
    cmd.require(action, with_facts(facts, context=with_facts(facts.context, commitment=commitment)))
    return held


async def _save(cmd: Command, before: Order, after: Order) -> Order:
    after = replace(after, version=before.version + 1)
    await store.save_order(cmd.db, after)
    cmd.record(before, after)
    return after


def _chosen(order: Order, numbers: Collection[int] | None) -> tuple[OrderLine, ...]:
    known = {line.number for line in order.lines}
    for number in numbers or ():
        if number not in known:
            raise rules.UnknownLine("The order has no such line; its lines are counted from 0.", str(number))
    return tuple(line for line in order.lines if not numbers or line.number in numbers)


def _existing(found: Order | None, order_id: UUID, expected_version: int | None) -> Order:
    if found is None:
        raise rules.UnknownOrder("There is no such order among yours.", str(order_id))
    check_tag(found.version, expected_version, "order", str(order_id))
    return found
