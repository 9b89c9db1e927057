"""A customer's users: listed, made, changed, deleted, restored, and given new passwords."""

import asyncio
from dataclasses import replace
from uuid import UUID

from copartner.command.context import Context
from copartner.directory import rules, store
from copartner.directory.model import CustomerUser, NewUser, Password, UserChange
from copartner.directory.service.acting import begin, existing, found
from copartner.kernel.hashing import hash_password
from copartner.kernel.paging import Listed, Page
from copartner.policy.actions import Action

PAGE_LIMIT = 500


async def list_users(
    ctx: Context,
    *,
    customer_id: UUID,
    deleted: bool = False,
    after: UUID | None = None,
    skip: int = 0,
    size: int = PAGE_LIMIT,
) -> Page[CustomerUser]:
    """At most `size` (1 to 500) users of a customer by id, or those deleted in the last 30 days; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    listed = await ctx.read(
        Action.CUSTOMER_USER_LIST,
        store.page(),
        *(customer_id, deleted, after, skip, size, ctx.moment),
        body=Listed[CustomerUser],
        each=Action.CUSTOMER_USER_READ,
    )
    return listed.page(size, lambda user: user.id)


async def read_user(ctx: Context, *, customer_id: UUID, user_id: UUID) -> CustomerUser:
    """One user of a customer; raises Denied, UnknownCustomerUser."""
    user = await ctx.find(
        Action.CUSTOMER_USER_READ, store.read_user(), customer_id, user_id, ctx.moment, body=CustomerUser
    )
    return existing(user, user_id)


async def create_user(ctx: Context, *, customer_id: UUID, new: NewUser) -> CustomerUser:
    """Make a user of a customer, who has no role; raises Denied, NameTaken, Invalid."""
    async with ctx.command("customer_user.create") as cmd:
        await begin(ctx, cmd, customer_id, None, Action.CUSTOMER_USER_CREATE)
        if (earlier := cmd.replay(CustomerUser)) is not None:
            return earlier
        password_hash = await _hashed(new.password)
        async with cmd.on_behalf(customer_id):
            named = rules.check_sign_in_name(new.user_principal_name, await store.domains(cmd.db, customer_id))
            made = rules.checked(
                CustomerUser(
                    id=ctx.runtime.ids.new(),
                    customer_tenant_id=customer_id,
                    partner_tenant_id=ctx.caller.tenant_id,
                    user_principal_name=named,
                    display_name=new.display_name,
                    first_name=new.first_name,
                    last_name=new.last_name,
                    usage_location=new.usage_location,
                    immutable_id=new.immutable_id,
                )
            )
            await store.add_user(cmd.db, made, password_hash, must_change=new.password.must_change)
        cmd.record(None, made)
        return cmd.remember(made)


async def change_user(ctx: Context, *, customer_id: UUID, user_id: UUID, change: UserChange) -> CustomerUser:
    """Change a user's details, block or restore it, give it a new password: each is decided where it changes something.

    A new password and a block end the user's tokens within a second.
    Raises Denied, UnknownCustomerUser, IsDeleted, LastGlobalAdmin, NameTaken, Invalid.
    """
    async with ctx.command("customer_user.change") as cmd:
        asked = await begin(ctx, cmd, customer_id, user_id, _first(change))
        if (earlier := cmd.replay(CustomerUser)) is not None:
            return earlier
        password_hash = await _hashed(change.password) if change.password else None
        async with cmd.on_behalf(customer_id):
            before = await found(ctx, cmd, customer_id, user_id)
            after = rules.changed(before, change, await store.domains(cmd.db, customer_id))
            for action in _needed(before, after, change):
                cmd.require(action, asked)
            blocked = before.enabled and not after.enabled
            if blocked:
                held = await store.roles(cmd.db, customer_id, user_id)
                rules.refuse_last_admin(before, held, others=await store.other_admins(cmd.db, customer_id, user_id))
            if after != before:
                await store.save_user(cmd.db, after)
            if change.password and password_hash:
                await store.save_password(cmd.db, after, password_hash, must_change=change.password.must_change)
            if blocked or password_hash:
                await store.revoke(cmd.db, after, machine_now=ctx.runtime.machine_clock.now())
        if after == before and not change.password:
            cmd.unchanged()
        else:
            cmd.record(before, after)
        return cmd.remember(after)


async def reset_password(ctx: Context, *, customer_id: UUID, user_id: UUID, password: Password) -> CustomerUser:
    """Give a user a new password; tokens made before end within a second.

    Raises Denied, UnknownCustomerUser, IsDeleted, Invalid.
    """
    return await change_user(ctx, customer_id=customer_id, user_id=user_id, change=UserChange(password=password))


async def delete_user(ctx: Context, *, customer_id: UUID, user_id: UUID) -> None:
    """Delete a user, who can be restored for 30 days; its licences are free again and its tokens end.

    Raises Denied, UnknownCustomerUser, IsDeleted, LastGlobalAdmin.
    """
    async with ctx.command("customer_user.delete") as cmd:
        await begin(ctx, cmd, customer_id, user_id, Action.CUSTOMER_USER_DELETE)
        async with cmd.on_behalf(customer_id):
            before = await found(ctx, cmd, customer_id, user_id)
            after = rules.deleted(before, now=cmd.now)
            held = await store.roles(cmd.db, customer_id, user_id)
            rules.refuse_last_admin(before, held, others=await store.other_admins(cmd.db, customer_id, user_id))
            for sku in await store.licences_of(cmd.db, customer_id, user_id):
                await store.take_licence(cmd.db, after, sku)
            await store.save_user(cmd.db, after)
            await store.revoke(cmd.db, after, machine_now=ctx.runtime.machine_clock.now())
        cmd.record(before, after)


def _first(change: UserChange) -> Action:
    """What is decided before anything is looked at: the change itself where it is of one kind, else the reading."""
    kinds = {
        Action.CUSTOMER_USER_RESTORE: change.restore,
        Action.CUSTOMER_USER_RESET_PASSWORD: change.password is not None,
        Action.CUSTOMER_USER_CHANGE: bool(change.details) or change.enabled is not None,
    }
    wanted = [action for action, is_wanted in kinds.items() if is_wanted]
    return wanted[0] if len(wanted) == 1 else Action.CUSTOMER_USER_READ


def _needed(before: CustomerUser, after: CustomerUser, change: UserChange) -> list[Action]:
    """What the change does: clients send whole objects back, and what stays as it is needs nothing."""
    unrestored = after if before.deleted_at == after.deleted_at else replace(after, enabled=before.enabled)
    kinds = {
        Action.CUSTOMER_USER_RESTORE: before.deleted_at != after.deleted_at,
        Action.CUSTOMER_USER_RESET_PASSWORD: change.password is not None,
        Action.CUSTOMER_USER_CHANGE: replace(unrestored, deleted_at=before.deleted_at) != before,
    }
    return [action for action, is_done in kinds.items() if is_done]


async def _hashed(password: Password) -> str:
    return await asyncio.to_thread(hash_password, rules.check_password(password.text))
