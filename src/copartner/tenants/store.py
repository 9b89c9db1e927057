"""Rows of a tenant's users, groups and applications, and what the rules must know of them."""

from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from asyncpg.connection import Connection

from copartner.command.context import Context
from copartner.kernel.functions import call
from copartner.policy.facts import Facts, Role
from copartner.tenants.model import Application, Group, Member, MemberKind, Secret, User
from copartner.tenants.rules import NameTaken

_FACTS = msgspec.json.Decoder(Facts)
T = TypeVar("T", User, Group, Application)
TYPES: dict[type[Any], str] = {User: "UserRecord", Group: "GroupRecord", Application: "ApplicationRecord"}


async def side_of(db: Connection, tenant_id: UUID) -> str:
    """The name of the side a tenant reads its own records on."""
    found: str = await db.fetchval(call("fn_side_of", 1), tenant_id)
    return found


@cache
def read() -> str:
    """Caller, type, identifier; answers facts and entry."""
    return call("fn_read_directory", 6, "facts", "shapes", "body")


@cache
def page() -> str:
    """Caller, type, key to start after, size; answers facts, owners and entries, one more than the size."""
    return call("fn_list_directory", 7, "facts", "shapes", "body")


@cache
def groups() -> str:
    """Caller, name, beginning, whether downwards and to count, name and key to start after, size; one more than it."""
    return call("fn_list_groups", 11, "facts", "shapes", "body")


@cache
def members() -> str:
    """Caller, group, whether nested and to count, key to start after, size; answers one more than that."""
    return call("fn_read_members", 9, "facts", "shapes", "body")


@cache
def own() -> str:
    """Caller; answers facts and tenant."""
    return call("fn_read_own_tenant", 4, "facts", "shapes", "body")


@cache
def people() -> str:
    """Caller, part of a name and whether only long lists, key, size; answers facts, owners and users, one more."""
    return call("fn_find_users", 8, "facts", "shapes", "body")


@cache
def person() -> str:
    """Caller, user; answers facts and user with groups and sign-in methods."""
    return call("fn_read_person", 5, "facts", "shapes", "body")


@cache
def searched_groups() -> str:
    """Caller, part of a name and whether only long lists, key, size; answers facts, owners and groups, one more."""
    return call("fn_search_groups", 8, "facts", "shapes", "body")


@cache
def looked_at_group() -> str:
    """Caller, group, key to start after, size; answers facts and group with what is in it, one more than the size."""
    return call("fn_look_at_group", 7, "facts", "shapes", "body")


async def home_facts(db: Connection, ctx: Context) -> Facts:
    """The caller and its own tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_home_facts", 4), *ctx.who))


async def facts(db: Connection, ctx: Context, kind: type[T], identifier: UUID) -> Facts:
    """The caller and one user, group or application of its tenant."""
    return _FACTS.decode(await db.fetchval(call("fn_directory_facts", 6), *ctx.who, TYPES[kind], identifier))


async def entry(db: Connection, tenant_id: UUID, kind: type[T], identifier: UUID) -> T | None:
    """One user, group or application of the acting tenant."""
    row = await db.fetchval(call("fn_directory_entry", 3), tenant_id, TYPES[kind], identifier)
    return None if row is None else msgspec.json.decode(row, type=kind)


async def lock(db: Connection, tenant_id: UUID) -> None:
    """One change of a tenant's users, groups and applications after the other, until the transaction ends."""
    await db.execute(call("fn_lock_directory", 1), tenant_id)


async def revoke(db: Connection, tenant_id: UUID, ground_id: UUID, *, now: datetime) -> None:
    """End the tokens made before that machine moment for a user, an application or by a secret."""
    await db.execute(call("fn_revoke", 3), tenant_id, ground_id, now)


async def domain(db: Connection, tenant_id: UUID) -> str:
    """The domain of the acting tenant."""
    found: str = await db.fetchval("SELECT domain FROM tenant WHERE id = $1", tenant_id)
    return found


async def add_user(db: Connection, user: User, password_hash: str) -> None:
    """Insert a user without roles, whose password somebody else drew; raises NameTaken."""
    try:
        await db.execute(
            """INSERT INTO user_account (tenant_id, id, user_principal_name, display_name, password_hash,
                must_change_password)
            VALUES ($1, $2, $3, $4, $5, true)""",
            *(user.tenant_id, user.id, user.user_principal_name, user.display_name, password_hash),
        )
    except asyncpg.UniqueViolationError as error:
        raise NameTaken("Another user has this sign-in name.", user.user_principal_name) from error


async def save_user(db: Connection, user: User) -> None:
    """Write display name and whether the user is enabled; whoever is enabled is not deleted any more."""
    await db.execute(
        """UPDATE user_account SET display_name = $3, enabled = $4,
            deleted_at = CASE WHEN $4 THEN NULL ELSE deleted_at END WHERE tenant_id = $1 AND id = $2""",
        *(user.tenant_id, user.id, user.display_name, user.enabled),
    )


async def save_password(db: Connection, user: User, password_hash: str, *, must_change: bool) -> None:
    """Write the hash of a new password, and whether somebody else drew it."""
    await db.execute(
        "UPDATE user_account SET password_hash = $3, must_change_password = $4 WHERE tenant_id = $1 AND id = $2",
        *(user.tenant_id, user.id, password_hash, must_change),
    )


async def add_role(db: Connection, user: User, role: Role) -> None:
    """Give a user a role it does not have."""
    await db.execute(
        "INSERT INTO role_assignment (tenant_id, user_id, role) VALUES ($1, $2, $3)", user.tenant_id, user.id, role
    )


async def take_role(db: Connection, user: User, role: Role) -> None:
    """Take a role from a user."""
    await db.execute(
        "DELETE FROM role_assignment WHERE tenant_id = $1 AND user_id = $2 AND role = $3", user.tenant_id, user.id, role
    )


async def other_admins(db: Connection, user: User) -> int:
    """How many other enabled users of the tenant are Global admins, here or by the identity provider's word."""
    found: int = await db.fetchval(call("fn_other_admins", 2), user.tenant_id, user.id)
    return found


async def named(db: Connection, tenant_id: UUID, name: str) -> UUID | None:
    """The user of a sign-in name, without its domain or with it, or else the group of a name, in any casing."""
    found: UUID | None = await db.fetchval(
        """SELECT coalesce(
            (SELECT u.id FROM user_account u WHERE u.tenant_id = $1 AND u.user_principal_name IN (lower($2),
                lower($2) || '@' || (SELECT t.domain FROM tenant t WHERE t.id = $1))),
            (SELECT d.id FROM directory_group d WHERE d.tenant_id = $1 AND lower(d.name) = lower($2)
                ORDER BY d.name LIMIT 1))""",
        *(tenant_id, name),
    )
    return found


async def add_group(db: Connection, group: Group) -> None:
    """Insert a group that carries no role; raises NameTaken."""
    try:
        await db.execute(
            "INSERT INTO directory_group (tenant_id, id, name) VALUES ($1, $2, $3)",
            *(group.tenant_id, group.id, group.name),
        )
    except asyncpg.UniqueViolationError as error:
        raise NameTaken("Another group has this name.", group.name) from error


async def find_member(db: Connection, group: Group, identifier: UUID) -> Member | None:
    """The user or group of the acting tenant, as it would be in the group."""
    if (user := await entry(db, group.tenant_id, User, identifier)) is not None:
        return Member(user.id, group.tenant_id, group.id, MemberKind.USER, user.user_principal_name)
    if (inner := await entry(db, group.tenant_id, Group, identifier)) is not None:
        return Member(inner.id, group.tenant_id, group.id, MemberKind.GROUP, inner.name)
    return None


async def is_member(db: Connection, member: Member) -> bool:
    """Whether it is in the group itself."""
    found: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM group_member WHERE tenant_id = $1 AND group_id = $2 AND member_id = $3)",
        *(member.tenant_id, member.group_id, member.id),
    )
    return found


async def closes_circle(db: Connection, member: Member) -> bool:
    """Whether the group is the member itself or in it, directly or by others."""
    above: list[UUID] = await db.fetchval(call("fn_groups_above", 2), member.tenant_id, [member.group_id])
    return member.id in above


async def add_member(db: Connection, member: Member) -> None:
    """Insert a member."""
    await db.execute(
        "INSERT INTO group_member (tenant_id, group_id, member_id) VALUES ($1, $2, $3)",
        *(member.tenant_id, member.group_id, member.id),
    )


async def remove_member(db: Connection, member: Member) -> None:
    """Take a member out."""
    await db.execute(
        "DELETE FROM group_member WHERE tenant_id = $1 AND group_id = $2 AND member_id = $3",
        *(member.tenant_id, member.group_id, member.id),
    )


async def add_application(db: Connection, application: Application) -> None:
    """Insert an application without secrets."""
    await db.execute(
        "INSERT INTO application (tenant_id, id, name, redirect_uris) VALUES ($1, $2, $3, $4)",
        *(application.tenant_id, application.id, application.name, application.redirect_uris),
    )


async def save_application(db: Connection, application: Application) -> None:
    """Write name, redirect addresses, whether it is enabled and who has to consent."""
    await db.execute(
        """UPDATE application SET name = $3, redirect_uris = $4, enabled = $5, admin_consent = $6
        WHERE tenant_id = $1 AND id = $2""",
        *(application.tenant_id, application.id, application.name, application.redirect_uris, application.enabled),
        application.admin_consent,
    )


async def add_secret(db: Connection, secret: Secret, secret_hash: str) -> None:
    """Insert a secret by its hash."""
    await db.execute(
        """INSERT INTO application_secret (tenant_id, application_id, id, secret_hash, description, created_at,
            expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        *(secret.tenant_id, secret.application_id, secret.id, secret_hash, secret.description),
        *(secret.created_at, secret.expires_at),
    )


async def remove_secret(db: Connection, secret: Secret) -> None:
    """Write when a secret was removed."""
    await db.execute(
        "UPDATE application_secret SET removed_at = $4 WHERE tenant_id = $1 AND application_id = $2 AND id = $3",
        *(secret.tenant_id, secret.application_id, secret.id, secret.removed_at),
    )
