"""Rows of the tables cart and purchase_order, and what the rules must know of one."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.catalogue.model import Item
from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.orders.model import Cart, Order, Transition
from copartner.policy.facts import Facts
from copartner.subscriptions.model import Subscription

_FACTS = msgspec.json.Decoder(Facts)
_CART = msgspec.json.Decoder(Cart)
_ORDER = msgspec.json.Decoder(Order)
_ORDERS = msgspec.json.Decoder(tuple[Order, ...])
_OWN_CART = msgspec.json.Decoder(Cart | None)
_ITEMS = msgspec.json.Decoder(tuple[Item | None, ...])


@dataclass(frozen=True, slots=True)
class Holdings:
    """Which references the customer holds, from anybody and from the caller; whether another seller sold it Azure."""

    in_tenant: frozenset[str]
    own: frozenset[str]
    azure_elsewhere: bool


@dataclass(frozen=True, slots=True)
class Checkout:
    """What a checkout is decided by and settled from: the acting partner's own cart, if any, and its lines' items."""

    facts: Facts
    cart: Cart | None
    items: tuple[Item, ...]


class _Reseller(msgspec.Struct):
    mpn_id: str


NOTHING_HELD = Holdings(frozenset(), frozenset(), azure_elsewhere=False)


@cache
def read_cart() -> str:
    """Caller, customer, cart; answers facts and cart."""
    return call("fn_read_cart", 6, "facts", "body")


@cache
def read_order() -> str:
    """Caller, customer, order; answers facts and order."""
    return call("fn_read_order", 6, "facts", "body")


@cache
def fulfilment() -> str:
    """Caller, customer, order; answers facts and what became of each line."""
    return call("fn_read_fulfilment", 6, "facts", "body")


@cache
def page() -> str:
    """Caller, customer, billing cycle, key to start after, offset, size; answers facts, sellers and a page."""
    return call("fn_list_orders", 9, "facts", "shapes", "body")


@cache
def transitions() -> str:
    """Caller, customer, subscription; answers facts and transitions."""
    return call("fn_read_transitions", 6, "facts", "body")


@cache
def targets() -> str:
    """Caller, customer, subscription; answers facts, and the subscription with what is sold."""
    return call("fn_read_targets", 6, "facts", "body")


@cache
def basket() -> str:
    """Caller, customer, cart; answers facts, and the cart with its items and what became of it."""
    return call("fn_read_basket", 6, "facts", "body")


@cache
def possibilities() -> str:
    """Caller, customer, subscription; answers facts, and all that decides what could be done with it."""
    return call("fn_read_possibilities", 6, "facts", "body")


async def transition_facts(db: Connection, ctx: Context, customer_id: UUID, subscription_id: UUID) -> Facts:
    """Who sold a subscription, and all that a sale is judged by; for the rules alone."""
    return _FACTS.decode(await db.fetchval(call("fn_transition_facts", 6), *ctx.who, customer_id, subscription_id))


async def settle(db: Connection, after: Subscription, order_id: UUID) -> None:
    """Write what an order settles anew of a subscription: what it is, its term and its price."""
    await db.execute(
        call("fn_settle", 5),
        *(after.customer_tenant_id, after.id, order_id, after.term_starts_at, after.commitment_ends_at),
    )


async def add_transition(db: Connection, made: Transition) -> None:
    """Insert a transition."""
    await db.execute(
        """INSERT INTO subscription_transition (customer_tenant_id, id, partner_tenant_id, subscription_id,
            to_subscription_id, order_id, from_item, to_item, quantity, term, billing_cycle, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        *(made.customer_tenant_id, made.id, made.partner_tenant_id, made.subscription_id, made.to_subscription_id),
        *(made.order_id, made.from_item, made.to_item, made.quantity, made.term, made.billing_cycle, made.made_at),
    )


async def customer_facts(db: Connection, ctx: Context, customer_id: UUID) -> Facts:
    """The customer as the acting partner sees it, and all that a sale is judged by; for the rules alone."""
    return _FACTS.decode(await db.fetchval(call("fn_customer_facts", 6), *ctx.who, customer_id, True))


async def parent_facts(db: Connection, ctx: Context, customer_id: UUID, subscription_id: UUID) -> Facts:
    """Who sold the subscription that an add-on would go below; for the rules alone."""
    statement = call("fn_subscription_facts", 7)
    return _FACTS.decode(await db.fetchval(statement, *ctx.who, customer_id, subscription_id, False))


async def cart_facts(db: Connection, ctx: Context, customer_id: UUID, cart_id: UUID) -> Facts:
    """Whose cart it is, and all that a sale is judged by; for the rules alone."""
    return _FACTS.decode(await db.fetchval(call("fn_cart_facts", 6), *ctx.who, customer_id, cart_id))


async def checkout(db: Connection, ctx: Context, customer_id: UUID, cart_id: UUID) -> Checkout:
    """Keep the relationship from ending meanwhile, and lock the cart; the facts are for the rules alone."""
    row = await db.fetchrow(call("fn_checkout", 6, "facts", "body", "items"), *ctx.who, customer_id, cart_id)
    items = tuple(item for item in _ITEMS.decode(row["items"]) if item is not None)
    return Checkout(_FACTS.decode(row["facts"]), _OWN_CART.decode(row["body"]), items)


async def order_facts(db: Connection, ctx: Context, customer_id: UUID, order_id: UUID) -> Facts:
    """Whose order it is, and all that a sale is judged by; for the rules alone."""
    return _FACTS.decode(await db.fetchval(call("fn_order_facts", 6), *ctx.who, customer_id, order_id))


async def lock_order(db: Connection, customer_id: UUID, order_id: UUID) -> Order | None:
    """The acting partner's own order, locked until the transaction ends."""
    row = await db.fetchval(call("fn_lock_order", 2), customer_id, order_id)
    return None if row is None else _ORDER.decode(row)


async def save_order(db: Connection, order: Order) -> None:
    """Write lines and billing cycle of an order."""
    await db.execute(
        """UPDATE purchase_order SET billing_cycle = $3, lines = $4, version = $5
        WHERE customer_tenant_id = $1 AND id = $2""",
        order.customer_tenant_id,
        order.id,
        order.billing_cycle,
        msgspec.json.encode(order.lines).decode(),
        order.version,
    )


async def lock_cart(db: Connection, customer_id: UUID, cart_id: UUID) -> Cart | None:
    """The acting partner's own cart, locked until the transaction ends."""
    row = await db.fetchval(call("fn_lock_cart", 2), customer_id, cart_id)
    return None if row is None else _CART.decode(row)


async def add_cart(db: Connection, cart: Cart) -> None:
    """Insert a cart."""
    await db.execute(
        """INSERT INTO cart (customer_tenant_id, id, partner_tenant_id, lines, state, created_at, modified_at,
            expires_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        cart.customer_tenant_id,
        cart.id,
        cart.partner_tenant_id,
        msgspec.json.encode(cart.lines).decode(),
        cart.state,
        cart.created_at,
        cart.modified_at,
        cart.expires_at,
        cart.version,
    )


async def save_cart(db: Connection, cart: Cart) -> None:
    """Write the lines and the state of a cart."""
    await db.execute(
        """UPDATE cart SET lines = $3, state = $4, modified_at = $5, version = $6
        WHERE customer_tenant_id = $1 AND id = $2""",
        cart.customer_tenant_id,
        cart.id,
        msgspec.json.encode(cart.lines).decode(),
        cart.state,
        cart.modified_at,
        cart.version,
    )


async def orders_of_cart(db: Connection, customer_id: UUID, cart_id: UUID) -> tuple[Order, ...]:
    """The orders that the first checkout of a cart placed."""
    return _ORDERS.decode(await db.fetchval(call("fn_orders_of_cart", 2), customer_id, cart_id))


async def add_orders(db: Connection, orders: tuple[Order, ...], cart: Cart | None = None) -> None:
    """Insert orders, and write the new state of the cart that they check out, in one statement."""
    await db.execute(
        """
        WITH checked_out AS (UPDATE cart SET state = $4, modified_at = $5, version = $6
            WHERE customer_tenant_id = $2 AND id = $3)
        INSERT INTO purchase_order (customer_tenant_id, id, partner_tenant_id, relationship_id, cart_id, billing_cycle,
            currency, lines, placed_at, placed_by)
        SELECT r.customer_tenant_id, r.id, r.partner_tenant_id, r.relationship_id, r.cart_id, r.billing_cycle,
            r.currency, r.lines, r.placed_at, r.placed_by
        FROM jsonb_populate_recordset(NULL::purchase_order, $1) AS r
        """,
        msgspec.json.encode(orders).decode(),
        *((cart.customer_tenant_id, cart.id, cart.state, cart.modified_at, cart.version) if cart else (None,) * 5),
    )


async def resellers(db: Connection, customer_id: UUID) -> frozenset[str]:
    """The numbers of the acting partner's indirect resellers through which it works with a customer."""
    found = msgspec.json.decode(await db.fetchval(call("fn_customer_resellers", 1), customer_id), type=list[_Reseller])
    return frozenset(one.mpn_id for one in found)


async def holdings(db: Connection, *, customer_id: UUID, references: list[str]) -> Holdings:
    """What prerequisites ask about a customer: of all sellers, in one trip."""
    row = await db.fetchrow(
        call("fn_held_references", 2, "in_tenant", "own", "azure_elsewhere"), customer_id, references
    )
    return Holdings(frozenset(row["in_tenant"]), frozenset(row["own"]), row["azure_elsewhere"])


async def service_delegated_elsewhere(db: Connection, *, customer_id: UUID, products: list[str]) -> bool | None:
    """Whether another partner with whole-tenant privileges sold one of these products; nobody else does meanwhile."""
    found: bool | None = await db.fetchval(call("fn_service_delegated_elsewhere", 2), customer_id, products)
    return found
