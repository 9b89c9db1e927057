"""Selling: drafting a cart, checking it out, placing an order directly, reading both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from msgspec.structs import replace as with_facts

from copartner.catalogue import rules as catalogue_rules
from copartner.catalogue import service as catalogue
from copartner.catalogue.model import BillingCycle, Item
from copartner.command.command import Command
from copartner.command.context import Context
from copartner.kernel.errors import check_tag
from copartner.kernel.paging import Listed, Page
from copartner.orders import delegated, reseller_rules, rules, store
from copartner.orders.model import Cart, CartState, Fulfilment, Line, Order, Wish
from copartner.policy.actions import Action
from copartner.policy.facts import Facts
from copartner.subscriptions import rules as subscription_rules
from copartner.subscriptions import service as subscriptions

PAGE_LIMIT = 500
_LISTED = Listed[Order]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a sale is made of once its items are known: facts with the sale's figures, lines and their items."""

    facts: Facts
    lines: tuple[Line, ...]
    items: tuple[Item, ...]
    holdings: store.Holdings


async def create_cart(ctx: Context, *, customer_id: UUID, wishes: Sequence[Wish]) -> Cart:
    """Draft a cart for a customer; raises Denied and what orders.rules and catalogue.rules raise."""
    async with ctx.command("cart.create") as cmd:
        facts = await store.customer_facts(cmd.db, ctx, customer_id)
        drafted = await draft(cmd, ctx, Action.CART_CREATE, facts, customer_id, wishes)
        if (earlier := cmd.replay(Cart)) is not None:
            return earlier
        cart = Cart(
            id=ctx.runtime.ids.new(),
            customer_tenant_id=customer_id,
            partner_tenant_id=ctx.caller.tenant_id,
            lines=drafted.lines,
            state=CartState.OPEN,
            created_at=cmd.now,
            modified_at=cmd.now,
            expires_at=cmd.now + rules.CART_LIFETIME,
        )
        await store.add_cart(cmd.db, cart)
        cmd.record(None, cart)
        return cmd.remember(cart)


async def read_cart(ctx: Context, *, customer_id: UUID, cart_id: UUID) -> Cart:
    """One cart of the acting partner; raises Denied, UnknownCart."""
    found = await ctx.find(Action.CART_READ, store.read_cart(), customer_id, cart_id, body=Cart)
    return living(ctx, found, cart_id)


async def replace_cart(
    ctx: Context, *, customer_id: UUID, cart_id: UUID, wishes: Sequence[Wish], expected_version: int | None = None
) -> Cart:
    """Draft the cart anew.

    Raises Denied, UnknownCart, StaleTag, CartCheckedOut and what orders and catalogue rules raise.
    """
    async with ctx.command("cart.edit") as cmd:
        facts = await store.cart_facts(cmd.db, ctx, customer_id, cart_id)
        drafted = await draft(cmd, ctx, Action.CART_EDIT, facts, customer_id, wishes)
        before = living(ctx, await store.lock_cart(cmd.db, customer_id, cart_id), cart_id)
        if before.state is CartState.CHECKED_OUT:
            raise rules.CartCheckedOut("The cart was checked out; draft a new one.", str(cart_id))
        check_tag(before.version, expected_version, "cart", str(cart_id))
        after = replace(before, lines=drafted.lines, modified_at=cmd.now, version=before.version + 1)
        await store.save_cart(cmd.db, after)
        cmd.record(before, after)
    return after


async def checkout(
    ctx: Context, *, customer_id: UUID, cart_id: UUID, expected_version: int | None = None
) -> tuple[Order, ...]:
    """Turn a cart into orders and active subscriptions, once; a second checkout answers the first one's orders.

    Raises Denied, UnknownCart, StaleTag and what orders and catalogue rules raise.
    """
    async with ctx.command("cart.checkout") as cmd:
        found = await store.checkout(cmd.db, ctx, customer_id, cart_id)
        cart, items = found.cart, {item.availability.catalog_item_id: item for item in found.items}
        wishes = as_wishes(cart.lines) if cart else ()
        draft = await _judge(cmd, ctx, Action.CART_CHECKOUT, found.facts, customer_id, wishes, items)
        if (earlier := cmd.replay(tuple[Order, ...])) is not None:
            return earlier
        if cart is not None and cart.state is CartState.CHECKED_OUT:
            cmd.unchanged()
            return cmd.remember(await store.orders_of_cart(cmd.db, customer_id, cart_id))
        cart = living(ctx, cart, cart_id)
        check_tag(cart.version, expected_version, "cart", str(cart_id))
        draft = await _settled(cmd, ctx, draft, customer_id, wishes)
        after = replace(cart, state=CartState.CHECKED_OUT, modified_at=cmd.now, version=cart.version + 1)
        orders = await _place(cmd, ctx, draft, customer_id, after)
        cmd.record(cart, after)
        return cmd.remember(orders)


async def place_order(ctx: Context, *, customer_id: UUID, wishes: Sequence[Wish]) -> tuple[Order, ...]:
    """Place one order without a cart; raises Denied and what orders and catalogue rules raise."""
    async with ctx.command("order.place") as cmd:
        await subscriptions.hold_relationship(cmd, ctx, customer_id=customer_id)
        facts = await store.customer_facts(cmd.db, ctx, customer_id)
        drafted = await draft(cmd, ctx, Action.ORDER_PLACE, facts, customer_id, wishes)
        if (earlier := cmd.replay(tuple[Order, ...])) is not None:
            return earlier
        rules.check_one_cycle(drafted.lines)
        return cmd.remember(await _place(cmd, ctx, drafted, customer_id, None))


async def read_order(ctx: Context, *, customer_id: UUID, order_id: UUID) -> Order:
    """One order that the acting partner placed; raises Denied, UnknownOrder."""
    found = await ctx.find(Action.ORDER_READ, store.read_order(), customer_id, order_id, body=Order)
    if found is None:
        raise rules.UnknownOrder("There is no such order among yours.", str(order_id))
    return found


async def read_fulfilment(ctx: Context, *, customer_id: UUID, order_id: UUID) -> tuple[Fulfilment, ...]:
    """What became of each line of an order that the acting partner placed; raises Denied, UnknownOrder."""
    found = await ctx.find(Action.ORDER_READ, store.fulfilment(), customer_id, order_id, body=tuple[Fulfilment, ...])
    if found is None:
        raise rules.UnknownOrder("There is no such order among yours.", str(order_id))
    return found


async def list_orders(
    ctx: Context,
    *,
    customer_id: UUID,
    billing_cycle: BillingCycle | None = None,
    after: UUID | None = None,
    skip: int = 0,
    size: int = PAGE_LIMIT,
) -> Page[Order]:
    """At most `size` (1 to 500) orders the acting partner placed for the customer, by id; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.ORDER_LIST,
        store.page(),
        *(customer_id, billing_cycle, after, skip, size),
        body=_LISTED,
        each=Action.ORDER_READ,
    )
    return found.page(size, lambda it: it.id)


async def draft(
    cmd: Command, ctx: Context, action: Action, facts: Facts, customer_id: UUID, wishes: Sequence[Wish]
) -> Draft:
    """Judge a sale and settle its lines; whoever goes on checks parents and holdings before it is placed."""
    named = [wish.catalog_item_id for wish, _ in rules.flatten(wishes)] if wishes else []
    found = await catalogue.lookup(cmd.db, named) if named else {}
    judged = await _judge(cmd, ctx, action, facts, customer_id, wishes, found)
    drafted = await _settled(cmd, ctx, judged, customer_id, wishes)
    for wish, _ in rules.flatten(wishes):
        if wish.parent_id is not None:
            parent = await store.parent_facts(cmd.db, ctx, customer_id, wish.parent_id)
            cmd.require(Action.SUBSCRIPTION_ADD_ADDON, parent)
    return drafted


async def _judge(
    cmd: Command,
    ctx: Context,
    action: Action,
    facts: Facts,
    customer_id: UUID,
    wishes: Sequence[Wish],
    found: Mapping[str, Item],
) -> Draft:
    """Decide the sale before anything about its items is answered: a stranger learns nothing of the customer.

    `found` are the items that the wishes name, by their catalogue item id, as far as there are such.
    """
    flat = rules.flatten(wishes) if wishes else []
    holdings = await _holdings(cmd, customer_id, found.values())
    context = rules.context_of(facts.context, found.values(), azure_elsewhere=holdings.azure_elsewhere)
    products = {item.product.id for item in found.values()}
    facts = await delegated.told(cmd, ctx, action, with_facts(facts, context=context), customer_id, products)
    cmd.require(action, facts)
    items = tuple(found[name] for wish, _ in flat if (name := wish.catalog_item_id.strip().upper()) in found)
    return Draft(facts, (), items, holdings)


async def _settled(cmd: Command, ctx: Context, draft: Draft, customer_id: UUID, wishes: Sequence[Wish]) -> Draft:
    flat = rules.flatten(wishes)
    countries = {tenant.id: tenant.country for tenant in draft.facts.tenants}
    country = countries.get(str(customer_id))
    if reseller_rules.named(wish for wish, _ in flat):
        resellers = await store.resellers(cmd.db, customer_id)
        for wish, _ in flat:
            reseller_rules.check(wish, resellers=resellers, country=countries.get(str(ctx.caller.tenant_id)))
    found = {item.availability.catalog_item_id: item for item in draft.items}
    triples = [catalogue_rules.parse_item_id(wish.catalog_item_id) for wish, _ in flat]
    items = tuple(catalogue_rules.pick(found, triple, country) for triple in triples)
    return replace(draft, lines=rules.settle(flat, items), items=items)


async def _place(cmd: Command, ctx: Context, draft: Draft, customer_id: UUID, cart: Cart | None) -> tuple[Order, ...]:
    """Write the orders with the cart that they check out, if any, and the subscriptions they make."""
    await check_parents(cmd, ctx, draft, customer_id)
    await check_holdings(cmd, draft, customer_id)
    relationship = draft.facts.context.relationship
    orders, made = rules.place(
        draft.lines,
        draft.items,
        new_id=ctx.runtime.ids.new,
        customer_id=customer_id,
        partner_tenant_id=ctx.caller.tenant_id,
        relationship_id=UUID(relationship.id) if relationship else None,
        cart_id=cart.id if cart else None,
        placed_by=str(ctx.caller.subject_id),
        now=cmd.now,
    )
    await store.add_orders(cmd.db, orders, cart)
    await subscriptions.add(cmd, made)
    for order in orders:
        cmd.record(None, order)
    return orders


async def check_holdings(cmd: Command, draft: Draft, customer_id: UUID) -> None:
    """Judge the sale by what the customer holds, where that counts only once nobody else can add to it."""
    counted = [item.sku.reference for item in draft.items if item.sku.one_per_seller or item.sku.pooled_maximum]
    await subscriptions.hold_skus(cmd, customer_id=customer_id, references=counted)
    held = await _holdings(cmd, customer_id, draft.items) if counted else draft.holdings
    drafted = frozenset(item.sku.reference for item in draft.items)
    rules.check_prerequisites(draft.items, in_tenant=held.in_tenant, own=held.own, drafted=drafted)
    for item in {item.sku.reference: item for item in draft.items}.values():
        same = [line for line in draft.lines if draft.items[line.number].sku.reference == item.sku.reference]
        requested = sum(line.quantity for line in same)
        await subscriptions.check_pool(cmd, draft.facts, customer_id=customer_id, item=item, requested=requested)


async def _holdings(cmd: Command, customer_id: UUID, items: Collection[Item]) -> store.Holdings:
    references = sorted({name for item in items for name in _references(item)})
    if not references and not any(item.sku.is_azure for item in items):
        return store.NOTHING_HELD
    return await store.holdings(cmd.db, customer_id=customer_id, references=references)


async def check_parents(cmd: Command, ctx: Context, draft: Draft, customer_id: UUID) -> None:
    """Judge every parent that a draft names, which stays locked; raises Denied and what subscriptions.rules raise."""
    # In one order everywhere, because each parent stays locked: who sells below the same two does not wait in a circle.
    for line in sorted(draft.lines, key=lambda line: str(line.parent_id)):
        if line.parent_id is None:
            continue
        parent = await store.parent_facts(cmd.db, ctx, customer_id, line.parent_id)
        cmd.require(Action.SUBSCRIPTION_ADD_ADDON, parent)
        held = await subscriptions.own(cmd, customer_id=customer_id, subscription_id=line.parent_id)
        subscription_rules.check_parent(held, draft.items[line.number].sku, line.quantity)


def _references(item: Item) -> tuple[str, ...]:
    sku = item.sku
    return (*sku.prerequisites, *sku.seller_prerequisites, *((sku.reference,) if sku.one_per_seller else ()))


def as_wishes(lines: Sequence[Line]) -> tuple[Wish, ...]:
    """A settled draft asked for again, to be judged by today's catalogue and rules."""

    def wish(line: Line) -> Wish:
        return Wish(
            catalog_item_id=line.catalog_item_id,
            quantity=line.quantity,
            term=line.term or None,
            billing_cycle=line.billing_cycle,
            nickname=line.nickname,
            parent_id=line.parent_id,
            partner_of_record=line.partner_of_record,
            additional_partners=line.additional_partners,
            addons=tuple(wish(below) for below in lines if below.parent_number == line.number),
        )

    return tuple(wish(line) for line in lines if line.parent_number is None)


def living(ctx: Context, cart: Cart | None, cart_id: UUID) -> Cart:
    expired = cart is not None and cart.state is CartState.OPEN and cart.expires_at <= ctx.moment
    if cart is None or expired:
        raise rules.UnknownCart("There is no such cart among yours; carts live for seven days.", str(cart_id))
    return cart
