"""Rows of a customer's directory, as a partner reaches them on its behalf, and what the rules must know before."""

from datetime import datetime
from functools import cache
from uuid import UUID

import asyncpg
import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.directory.model import CustomerUser, RoleMember, Sku, Units
from copartner.directory.rules import NameTaken
from copartner.kernel.functions import call
from copartner.policy.facts import Facts

_FACTS = msgspec.json.Decoder(tuple[Facts, ...])
_UNITS = msgspec.json.Decoder(tuple[Units, ...])
_SKUS = msgspec.json.Decoder(tuple[Sku, ...])


@cache
def read_user() -> str:
    """Caller, customer, user, time; answers facts and user."""
    return call("fn_read_customer_user", 7, "facts", "shapes", "body")


@cache
def page() -> str:
    """Caller, customer, whether of the deleted, key to start after, how many to leave out, size, time."""
    return call("fn_list_customer_users", 10, "facts", "shapes", "body")


@cache
def directory_page() -> str:
    """Caller, customer, whether of the deleted, text in names, key to start after, size, time."""
    return call("fn_read_customer_directory", 10, "facts", "shapes", "body")


@cache
def person() -> str:
    """Caller, customer, user, time; answers facts, the user and all that can be given to it."""
    return call("fn_read_customer_person", 7, "facts", "shapes", "body")


@cache
def roles_of_user() -> str:
    """Caller, customer, user, time; answers facts and the template ids of the roles."""
    return call("fn_read_directory_roles", 7, "facts", "shapes", "body")


@cache
def role_members() -> str:
    """Caller, customer, role, key to start after, how many to leave out, size, time."""
    return call("fn_read_role_members", 10, "facts", "shapes", "body")


@cache
def directory() -> str:
    """Caller, customer, time; answers facts alone."""
    return call("fn_read_behalf", 6, "facts", "shapes", "body")


@cache
def licences() -> str:
    """Caller, customer, time; answers facts and units."""
    return call("fn_read_licences", 6, "facts", "shapes", "body")


@cache
def licences_of_user() -> str:
    """Caller, customer, user, time; answers facts and SKUs."""
    return call("fn_read_user_licences", 7, "facts", "shapes", "body")


async def facts(db: Connection, ctx: Context, customer_id: UUID, user_id: UUID | None = None) -> tuple[Facts, ...]:
    """The caller and a customer, or a user of it, once for each way in which the caller has roles there."""
    found = await db.fetchval(call("fn_behalf_facts", 7), *ctx.who, customer_id, user_id, ctx.moment)
    return _FACTS.decode(found)


async def lock(db: Connection, customer_id: UUID) -> None:
    """One change of a customer's directory after the other, until the transaction ends."""
    await db.execute(call("fn_lock_directory", 1), customer_id)


async def user(db: Connection, ctx: Context, customer_id: UUID, user_id: UUID) -> CustomerUser | None:
    """One user of the acting customer, as the caller's tenant acts on it."""
    row = await db.fetchval(call("fn_customer_user", 4), ctx.caller.tenant_id, customer_id, user_id, ctx.moment)
    return None if row is None else msgspec.json.decode(row, type=CustomerUser)


async def domains(db: Connection, customer_id: UUID) -> tuple[str, ...]:
    """The domains in which the acting customer's own directory signs people in."""
    return tuple(await db.fetchval(call("fn_sign_in_domains", 1), customer_id))


async def add_user(db: Connection, made: CustomerUser, password_hash: str, *, must_change: bool) -> None:
    """Insert a user without roles; raises NameTaken."""
    try:
        await db.execute(
            """INSERT INTO user_account (tenant_id, id, user_principal_name, display_name, first_name, last_name,
                usage_location, immutable_id, password_hash, must_change_password)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
            *(made.customer_tenant_id, made.id, made.user_principal_name, made.display_name, made.first_name),
            *(made.last_name, made.usage_location, made.immutable_id, password_hash, must_change),
        )
    except asyncpg.UniqueViolationError as error:
        raise _taken(made) from error


async def save_user(db: Connection, after: CustomerUser) -> None:
    """Write a user's details and state; raises NameTaken."""
    try:
        await db.execute(
            """UPDATE user_account SET user_principal_name = $3, display_name = $4, first_name = $5, last_name = $6,
                usage_location = $7, immutable_id = $8, enabled = $9, deleted_at = $10
            WHERE tenant_id = $1 AND id = $2""",
            *(after.customer_tenant_id, after.id, after.user_principal_name, after.display_name, after.first_name),
            *(after.last_name, after.usage_location, after.immutable_id, after.enabled, after.deleted_at),
        )
    except asyncpg.UniqueViolationError as error:
        raise _taken(after) from error


async def save_password(db: Connection, of: CustomerUser, password_hash: str, *, must_change: bool) -> None:
    """Write the hash of a new password."""
    await db.execute(
        "UPDATE user_account SET password_hash = $3, must_change_password = $4 WHERE tenant_id = $1 AND id = $2",
        *(of.customer_tenant_id, of.id, password_hash, must_change),
    )


async def revoke(db: Connection, of: CustomerUser, *, machine_now: datetime) -> None:
    """End the user's tokens made before that machine moment."""
    await db.execute(call("fn_revoke", 3), of.customer_tenant_id, of.id, machine_now)


async def other_admins(db: Connection, customer_id: UUID, user_id: UUID) -> int:
    """How many other enabled users of the acting customer are Global admins by a role given here."""
    found: int = await db.fetchval(
        """SELECT count(*) FROM user_account u WHERE u.tenant_id = $1 AND u.enabled AND u.id <> $2 AND u.id IN (
            SELECT r.user_id FROM role_assignment r WHERE r.tenant_id = $1 AND r.role = 'Global admin')""",
        *(customer_id, user_id),
    )
    return found


async def roles(db: Connection, customer_id: UUID, user_id: UUID) -> tuple[UUID, ...]:
    """The built-in roles of a user of the acting customer, by their template ids."""
    rows = await db.fetch(
        call("fn_directory_roles", 1, "role_id", "user_id") + " WHERE user_id = $2", customer_id, user_id
    )
    return tuple(row["role_id"] for row in rows)


async def set_role(db: Connection, member: RoleMember, *, given: bool) -> bool:
    """Give a user a built-in role or take it; whether that changed anything."""
    done: bool = await db.fetchval(
        call("fn_set_directory_role", 4), member.customer_tenant_id, member.id, member.role_id, given
    )
    return done


async def units(db: Connection, customer_id: UUID) -> tuple[Units, ...]:
    """What the acting customer has licences of."""
    return _UNITS.decode(await db.fetchval(call("fn_licences", 1), customer_id))


async def licences_of(db: Connection, customer_id: UUID, user_id: UUID) -> tuple[Sku, ...]:
    """What a user of the acting customer has licences of."""
    return _SKUS.decode(await db.fetchval(call("fn_licences_of", 2), customer_id, user_id))


async def give_licence(db: Connection, of: CustomerUser, sku: Sku, *, now: datetime) -> None:
    """Insert a licence of a user."""
    await db.execute(
        """INSERT INTO licence_assignment (tenant_id, user_id, product_id, sku_id, assigned_at)
        VALUES ($1, $2, $3, $4, $5)""",
        *(of.customer_tenant_id, of.id, sku.product_id, sku.sku_id, now),
    )


async def take_licence(db: Connection, of: CustomerUser, sku: Sku) -> None:
    """Take a licence from a user."""
    await db.execute(
        """DELETE FROM licence_assignment
        WHERE tenant_id = $1 AND user_id = $2 AND product_id = $3 AND sku_id = $4""",
        *(of.customer_tenant_id, of.id, sku.product_id, sku.sku_id),
    )


def _taken(named: CustomerUser) -> NameTaken:
    return NameTaken("Another user has this sign-in name.", named.user_principal_name)
