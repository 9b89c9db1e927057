"""Rows of the table subscription, and what the rules must know of one."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.partners.model import Partner
from copartner.policy.facts import Facts
from copartner.subscriptions.model import Family, Registration, Subscription, SupportContact

_SUBSCRIPTION = msgspec.json.Decoder(Subscription | None)
_SUBSCRIPTIONS = msgspec.json.Decoder(tuple[Subscription, ...])
_FACTS = msgspec.json.Decoder(Facts)
_CONTACT = msgspec.json.Decoder(SupportContact | None)
_PARTNER = msgspec.json.Decoder(Partner | None)
_REGISTRATION = msgspec.json.Decoder(Registration | None)


@cache
def read() -> str:
    """Caller, customer, subscription; answers facts and subscription."""
    return call("fn_read_subscription", 6, "facts", "shapes", "body")


@cache
def page() -> str:
    """Caller, customer, order, parent, key to start after, offset, size; answers facts, sellers and a page."""
    return call("fn_list_subscriptions", 10, "facts", "shapes", "body")


@cache
def held() -> str:
    """Caller, key to start after, size; answers facts, owners and held subscriptions."""
    return call("fn_list_held", 6, "facts", "shapes", "body")


@cache
def terms() -> str:
    """Caller, seller or none for all, whether those that are over, key to start after, size; answers a page."""
    return call("fn_list_terms", 8, "facts", "shapes", "body")


@cache
def addons() -> str:
    """Caller, customer, parent; answers facts, sellers and subscriptions."""
    return call("fn_read_addons", 6, "facts", "shapes", "body")


@cache
def support_contact() -> str:
    """Caller, customer, subscription; answers facts and support contact."""
    return call("fn_read_support_contact", 6, "facts", "body")


@cache
def registration() -> str:
    """Caller, customer, subscription; answers facts and registration."""
    return call("fn_read_registration", 6, "facts", "body")


@cache
def activation() -> str:
    """Caller, customer, subscription; answers facts and activation."""
    return call("fn_read_activation", 6, "facts", "body")


async def facts(db: Connection, ctx: Context, customer_id: UUID, subscription_id: UUID) -> Facts:
    """Ids and states of any tenant's subscription, for the rules alone; never returned to a caller."""
    return _FACTS.decode(
        await db.fetchval(call("fn_subscription_facts", 7), *ctx.who, customer_id, subscription_id, True)
    )


async def lock(db: Connection, customer_id: UUID, subscription_id: UUID) -> Family:
    """The acting partner's own row with those above and below it, locked until the transaction ends."""
    row = await db.fetchrow(call("fn_lock_family", 2, "above", "own", "below"), customer_id, subscription_id)
    return Family(
        own=_SUBSCRIPTION.decode(row["own"]),
        above=_SUBSCRIPTION.decode(row["above"]),
        below=_SUBSCRIPTIONS.decode(row["below"]),
    )


async def hold_relationship(db: Connection, *, customer_id: UUID, partner_tenant_id: UUID) -> None:
    """Keep a relationship there is from ending until the transaction ends; facts read afterwards stay true."""
    await db.execute(
        """SELECT FROM reseller_relationship r
        WHERE r.customer_tenant_id = $1 AND r.partner_tenant_id = $2 AND r.state = 'active' FOR SHARE""",
        customer_id,
        partner_tenant_id,
    )


async def save(db: Connection, after: Subscription) -> None:
    """Write what may change of a subscription; seller, owner, terms and partner of record are not among it."""
    await db.execute(
        """UPDATE subscription
        SET nickname = $3, quantity = $4, status = $5, auto_renew = $6, version = $7, next_term = $8
        WHERE customer_tenant_id = $1 AND id = $2""",
        after.customer_tenant_id,
        after.id,
        after.nickname,
        after.quantity,
        after.status,
        after.auto_renew,
        after.version,
        None if after.next_term is None else msgspec.json.encode(after.next_term).decode(),
    )


async def add(db: Connection, made: Sequence[Subscription]) -> None:
    """Insert the subscriptions of one checkout in one statement."""
    await db.execute(
        """
        INSERT INTO subscription (customer_tenant_id, id, partner_tenant_id, order_id, line_number, partner_of_record,
            parent_id, product_id, sku_id, availability_id, kind, offer_name, nickname, quantity, status, auto_renew,
            term, billing_cycle, unit_price, currency, created_at, starts_at, commitment_ends_at, is_trial,
            term_starts_at, next_term, version)
        SELECT r.customer_tenant_id, r.id, r.partner_tenant_id, r.order_id, r.line_number, r.partner_of_record,
            r.parent_id, r.product_id, r.sku_id, r.availability_id, r.kind, r.offer_name, r.nickname, r.quantity,
            r.status, r.auto_renew, r.term, r.billing_cycle, r.unit_price, r.currency, r.created_at, r.starts_at,
            r.commitment_ends_at, r.is_trial, r.term_starts_at, r.next_term, r.version
        FROM jsonb_populate_recordset(NULL::subscription, $1) AS r
        """,
        msgspec.json.encode(made).decode(),
    )


async def pool_held(db: Connection, *, customer_id: UUID, product_id: str, sku_id: str, without: UUID | None) -> int:
    """What all sellers together keep of a SKU for the customer, without one subscription; others who ask wait."""
    quantity: int = await db.fetchval(call("fn_pool_held", 4), customer_id, product_id, sku_id, without)
    return quantity


async def hold_sku(db: Connection, *, customer_id: UUID, reference: str) -> None:
    """Let nobody else sell this `product:sku` to the customer until the transaction ends, where the total counts."""
    await db.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{customer_id}{reference}")


async def lock_support(
    db: Connection, customer_id: UUID, subscription_id: UUID, support_tenant_id: UUID
) -> tuple[SupportContact | None, Partner | None]:
    """Who supports the acting partner's own subscription, locked, and the enrolled partner of that tenant."""
    row = await db.fetchrow(
        call("fn_lock_support", 3, "contact", "named"), customer_id, subscription_id, support_tenant_id
    )
    return _CONTACT.decode(row["contact"]), _PARTNER.decode(row["named"])


async def save_support(db: Connection, after: SupportContact) -> None:
    """Write who supports a subscription; null stands for the seller itself."""
    named = None if after.support_tenant_id == after.partner_tenant_id else after.support_tenant_id
    await db.execute(
        "UPDATE subscription SET support_tenant_id = $3 WHERE customer_tenant_id = $1 AND id = $2",
        after.customer_tenant_id,
        after.id,
        named,
    )


async def lock_registration(db: Connection, customer_id: UUID, subscription_id: UUID) -> Registration | None:
    """The registration of the acting partner's own subscription, locked."""
    found: Registration | None = _REGISTRATION.decode(
        await db.fetchval(call("fn_lock_registration", 2), customer_id, subscription_id)
    )
    return found


async def save_registration(db: Connection, after: Registration) -> None:
    """Write since when a subscription is registered."""
    await db.execute(
        "UPDATE subscription SET registered_at = $3 WHERE customer_tenant_id = $1 AND id = $2",
        after.customer_tenant_id,
        after.id,
        after.registered_at,
    )
