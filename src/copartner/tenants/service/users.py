"""A tenant's users: made, changed, enabled and disabled, given roles and relieved of them."""

import asyncio
from collections.abc import Iterable, Set
from dataclasses import replace as changed
from uuid import UUID

from msgspec.structs import replace

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.kernel import paging
from copartner.kernel.hashing import hash_password
from copartner.kernel.paging import Page
from copartner.policy.actions import Action
from copartner.policy.directory import UserRecord
from copartner.policy.facts import Role
from copartner.tenants import rules, store
from copartner.tenants.model import IssuedPassword, User

PAGE_LIMIT = 500


async def list_users(ctx: Context, *, after: UUID | None = None, size: int = PAGE_LIMIT) -> Page[User]:
    """At most `size` (1 to 500) users of the acting tenant, by id; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.USER_LIST,
        store.page(),
        *(store.TYPES[User], after, size),
        body=tuple[User, ...],
        each=Action.USER_READ,
    )
    return paging.Listed(None, found).page(size, lambda one: one.id)


async def read_user(ctx: Context, *, user_id: UUID) -> User:
    """One user of the acting tenant; raises Denied, UnknownUser."""
    found = await ctx.find(Action.USER_READ, store.read(), store.TYPES[User], user_id, body=User)
    return _existing(found, user_id)


async def create_user(ctx: Context, *, name: str, display_name: str, roles: Iterable[Role] = ()) -> IssuedPassword:
    """The acting tenant makes a user; the first password is told here alone, and again to a repeated request.

    Raises Denied, NameTaken, Invalid.
    """
    async with ctx.command("user.create") as cmd:
        tenant_id, user_id = ctx.caller.tenant_id, ctx.runtime.ids.new()
        wanted = tuple(sorted(set(roles)))
        facts = await store.home_facts(cmd.db, ctx)
        cmd.require(Action.USER_CREATE, facts)
        new = UserRecord(id=str(user_id), tenant=str(tenant_id), guarded=False)
        for role in wanted:
            cmd.require(_giving(role), replace(facts, resource=new))
        if (earlier := cmd.replay(User)) is not None:
            return IssuedPassword(earlier, _password(ctx, earlier.id))
        made = User(
            id=user_id,
            tenant_id=tenant_id,
            user_principal_name=rules.check_sign_in_name(name, await store.domain(cmd.db, tenant_id)),
            display_name=rules.check_name(display_name, "displayName"),
            enabled=True,
            roles=wanted,
        )
        password = _password(ctx, user_id)
        await store.add_user(cmd.db, made, await asyncio.to_thread(hash_password, password))
        for role in wanted:
            await store.add_role(cmd.db, made, role)
        cmd.record(None, made)
        return IssuedPassword(cmd.remember(made), password)


async def change_user(
    ctx: Context, *, user_id: UUID, display_name: str | None = None, enabled: bool | None = None
) -> User:
    """The acting tenant renames, enables or disables a user; None leaves as it is.

    Disabling ends the user's tokens everywhere within a second. Raises Denied, UnknownUser, LastGlobalAdmin, Invalid.
    """
    async with ctx.command("user.change") as cmd:
        before = await _begin(ctx, cmd, user_id, Action.USER_CHANGE)
        after = changed(
            before,
            display_name=before.display_name if display_name is None else rules.check_name(display_name, "displayName"),
            enabled=before.enabled if enabled is None else enabled,
        )
        if after == before:
            cmd.unchanged()
            return before
        if before.enabled and not after.enabled:
            rules.refuse_last_admin(before, await store.other_admins(cmd.db, before))
            await store.revoke(cmd.db, before.tenant_id, before.id, now=ctx.runtime.machine_clock.now())
        await store.save_user(cmd.db, after)
        cmd.record(before, after)
        return after


async def reset_password(ctx: Context, *, user_id: UUID) -> IssuedPassword:
    """The acting tenant gives a user a new password, told here alone; tokens made before end within a second.

    Raises Denied, UnknownUser.
    """
    async with ctx.command("user.reset_password") as cmd:
        user = await _begin(ctx, cmd, user_id, Action.USER_CHANGE)
        if (earlier := cmd.replay(UUID)) is not None:
            return IssuedPassword(user, _password(ctx, earlier))
        change_id = ctx.runtime.ids.new()
        password = _password(ctx, change_id)
        await store.save_password(cmd.db, user, await asyncio.to_thread(hash_password, password), must_change=True)
        await store.revoke(cmd.db, user.tenant_id, user.id, now=ctx.runtime.machine_clock.now())
        cmd.record(user, user)
        cmd.remember(change_id)
        return IssuedPassword(user, password)


def check_own_password(password: str, sign_in_name: str) -> None:
    """Whether a password is fit to be chosen by that user; raises Invalid."""
    rules.check_password(password, sign_in_name)


async def replace_own_password(ctx: Context, *, password_hash: str) -> None:
    """The acting user, who has proved who they are, has another password; tokens made before end within a second.

    No role is needed for it, so no rule is asked. Raises UnknownUser.
    """
    async with ctx.command("user.change_own_password") as cmd:
        tenant_id, user_id = ctx.caller.tenant_id, ctx.caller.subject_id
        await store.lock(cmd.db, tenant_id)
        user = _existing(await store.entry(cmd.db, tenant_id, User, user_id), user_id)
        await store.save_password(cmd.db, user, password_hash, must_change=False)
        await store.revoke(cmd.db, tenant_id, user_id, now=ctx.runtime.machine_clock.now())
        cmd.record(user, user)


async def give_role(ctx: Context, *, user_id: UUID, role: Role) -> User:
    """The acting tenant gives a user a role; raises Denied, UnknownUser."""
    async with ctx.command("user.give_role") as cmd:
        return await _settle(ctx, cmd, user_id, give={role})


async def take_role(ctx: Context, *, user_id: UUID, role: Role) -> User:
    """The acting tenant takes a role from a user, for the next request already; raises Denied, UnknownUser,
    LastGlobalAdmin."""
    async with ctx.command("user.take_role") as cmd:
        return await _settle(ctx, cmd, user_id, take={role})


async def settle_roles(ctx: Context, *, user_id: UUID, give: Set[Role], take: Set[Role]) -> User:
    """The acting tenant gives a user roles and takes others, all of it or nothing, for the next request already.

    Raises Denied, UnknownUser, LastGlobalAdmin.
    """
    async with ctx.command("user.settle_roles") as cmd:
        return await _settle(ctx, cmd, user_id, give=give, take=take)


async def _settle(
    ctx: Context, cmd: Command, user_id: UUID, *, give: Set[Role] = frozenset(), take: Set[Role] = frozenset()
) -> User:
    asked = {_giving(role) for role in give | take} or {Action.USER_SET_ROLE}
    before = await _begin(ctx, cmd, user_id, *sorted(asked))
    held = set(before.roles)
    wanted = (held | give) - take
    if wanted == held:
        cmd.unchanged()
        return before
    if Role.GLOBAL_ADMIN in held - wanted:
        rules.refuse_last_admin(before, await store.other_admins(cmd.db, before))
    for role in sorted(wanted - held):
        await store.add_role(cmd.db, before, role)
    for role in sorted(held - wanted):
        await store.take_role(cmd.db, before, role)
    after = changed(before, roles=tuple(sorted(wanted)))
    cmd.record(before, after)
    return after


async def _begin(ctx: Context, cmd: Command, user_id: UUID, *actions: Action) -> User:
    """The user of a change the caller may make, as nobody else changes it meanwhile."""
    await store.lock(cmd.db, ctx.caller.tenant_id)
    facts = await store.facts(cmd.db, ctx, User, user_id)
    for action in actions:
        cmd.require(action, facts)
    return _existing(await store.entry(cmd.db, ctx.caller.tenant_id, User, user_id), user_id)


def _giving(role: Role) -> Action:
    guarded = role in (Role.GLOBAL_ADMIN, Role.DELEGATION_ADMIN)
    return Action.USER_SET_GLOBAL_ADMIN if guarded else Action.USER_SET_ROLE


def _password(ctx: Context, drawn_for: UUID) -> str:
    """Derived from the deployment's secret, so that a repeated request answers it again and no row holds it."""
    return rules.password_of(ctx.runtime.drawn.of("password of a user", ctx.caller.tenant_id, drawn_for)[:16])


def _existing(found: User | None, user_id: UUID) -> User:
    if found is None:
        raise rules.UnknownUser("There is no such user in your tenant.", str(user_id))
    return found
