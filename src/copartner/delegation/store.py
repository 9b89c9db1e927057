"""Rows of granular relationships, and what the rules must know of them."""

from functools import cache

import asyncpg
import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.delegation.model import AdminRelationship, Key
from copartner.delegation.rules import DisplayNameTaken, UnknownReseller
from copartner.kernel.functions import call
from copartner.policy.facts import Facts

_FACTS = msgspec.json.Decoder(Facts)
_ROW = msgspec.json.Decoder(AdminRelationship)


@cache
def home() -> str:
    """Caller; answers facts and nothing, where what is asked for is in no row."""
    return call("fn_read_home", 4, "facts", "shapes", "body")


@cache
def read() -> str:
    """Caller, partner, relationship; answers facts and relationship."""
    return call("fn_read_admin_relationship", 6, "facts", "shapes", "body")


@cache
def page() -> str:
    """Caller, statuses, customers, moment, order, whether downwards and to count, value and key to start after, size.

    Answers one item more than the size.
    """
    return call("fn_list_admin_relationships", 13, "facts", "shapes", "body")


@cache
def consent() -> str:
    """Caller, partner, relationship; answers facts, relationship and partner."""
    return call("fn_read_admin_consent", 6, "facts", "shapes", "body")


async def home_facts(db: Connection, ctx: Context) -> Facts:
    """The caller and its own tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_home_facts", 4), *ctx.who))


async def facts(db: Connection, ctx: Context, key: Key) -> Facts:
    """A relationship of any partner, for the rules alone; never returned to a caller."""
    return _FACTS.decode(
        await db.fetchval(call("fn_admin_relationship_facts", 6), *ctx.who, key.partner_tenant_id, key.id)
    )


async def provided_facts(db: Connection, ctx: Context, made: AdminRelationship) -> Facts:
    """The acting provider, and the reseller for which it asks."""
    row = await db.fetchval(call("fn_provided_facts", 6), *ctx.who, made.partner_tenant_id, made.id)
    return _FACTS.decode(row)


async def lock(db: Connection, key: Key) -> AdminRelationship | None:
    """The relationship, locked, when it is the acting partner's or names the acting customer."""
    row = await db.fetchval(call("fn_lock_admin_relationship", 2), key.partner_tenant_id, key.id)
    return None if row is None else _ROW.decode(row)


async def claim(db: Connection, key: Key) -> bool:
    """Name the acting customer in a relationship that waits and names nobody; whether it did."""
    claimed: bool = await db.fetchval(call("fn_claim_admin_relationship", 2), key.partner_tenant_id, key.id)
    return claimed


async def known(db: Connection, tenant_id: object) -> bool:
    """Whether a tenant has the identifier."""
    return await db.fetchval(call("fn_known_tenant", 1), tenant_id) is not None


async def add(db: Connection, made: AdminRelationship) -> None:
    """Insert a relationship of the acting partner, or of its reseller; raises DisplayNameTaken, UnknownReseller."""
    try:
        await db.execute(
            """INSERT INTO admin_relationship (partner_tenant_id, id, customer_tenant_id, customer_name, display_name,
                roles, duration, auto_extend, status, created_at, modified_at, version, asked_at, provider_tenant_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
            made.partner_tenant_id,
            made.id,
            made.customer_tenant_id,
            made.customer_name,
            made.display_name,
            made.roles,
            made.duration,
            made.auto_extend,
            made.status,
            made.created_at,
            made.modified_at,
            made.version,
            made.asked_at,
            made.provider_tenant_id,
        )
    except asyncpg.UniqueViolationError as error:
        raise _taken(made) from error
    except asyncpg.ForeignKeyViolationError as error:
        raise UnknownReseller("There is no such indirect reseller of yours.", str(made.partner_tenant_id)) from error


async def save(db: Connection, made: AdminRelationship) -> None:
    """Write what the acting partner may change; raises DisplayNameTaken."""
    try:
        await db.execute(
            """UPDATE admin_relationship SET customer_tenant_id = $3, customer_name = $4, display_name = $5, roles = $6,
                duration = $7, auto_extend = $8, status = $9, modified_at = $10, asked_at = $11, version = $12,
                ended_at = $13, reseller_consented_at = $14
            WHERE partner_tenant_id = $1 AND id = $2""",
            made.partner_tenant_id,
            made.id,
            made.customer_tenant_id,
            made.customer_name,
            made.display_name,
            made.roles,
            made.duration,
            made.auto_extend,
            made.status,
            made.modified_at,
            made.asked_at,
            made.version,
            made.ended_at,
            made.reseller_consented_at,
        )
    except asyncpg.UniqueViolationError as error:
        raise _taken(made) from error


async def save_answer(db: Connection, made: AdminRelationship) -> None:
    """Write what the acting customer said to it."""
    await db.execute(
        """UPDATE admin_relationship SET status = $3, modified_at = $4, answer_reason = $5, version = $6, ended_at = $7,
            customer_name = $8 WHERE partner_tenant_id = $1 AND id = $2""",
        made.partner_tenant_id,
        made.id,
        made.status,
        made.modified_at,
        made.answer_reason,
        made.version,
        made.ended_at,
        made.customer_name,
    )


async def delete(db: Connection, key: Key) -> None:
    """Remove a relationship of the acting partner."""
    await db.execute(
        "DELETE FROM admin_relationship WHERE partner_tenant_id = $1 AND id = $2", key.partner_tenant_id, key.id
    )


def _taken(made: AdminRelationship) -> DisplayNameTaken:
    return DisplayNameTaken(
        "displayName: another relationship of yours has this name; send another.", made.display_name
    )
