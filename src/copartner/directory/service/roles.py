"""Which built-in roles a customer's users have: seen, given and taken."""

from uuid import UUID

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.delegation import roles as built_in
from copartner.delegation.model import AdminRole
from copartner.directory import rules, store
from copartner.directory.model import CustomerUser, RoleMember
from copartner.directory.service.acting import begin, found
from copartner.directory.service.users import PAGE_LIMIT
from copartner.kernel.paging import Listed, Page
from copartner.policy.actions import Action


async def list_roles(ctx: Context, *, customer_id: UUID) -> tuple[AdminRole, ...]:
    """The built-in roles of a customer's directory; raises Denied."""
    await ctx.read(Action.CUSTOMER_ROLE_LIST, store.directory(), customer_id, ctx.moment, body=type(None))
    return tuple(built_in.known().values())


async def list_user_roles(ctx: Context, *, customer_id: UUID, user_id: UUID) -> tuple[AdminRole, ...]:
    """The built-in roles of a customer's user; raises Denied, UnknownCustomerUser."""
    held = await ctx.find(
        Action.CUSTOMER_ROLE_READ, store.roles_of_user(), customer_id, user_id, ctx.moment, body=tuple[UUID, ...]
    )
    if held is None:
        raise rules.UnknownCustomerUser("The customer has no such user.", str(user_id))
    return built_in.described(held)


async def list_members(
    ctx: Context,
    *,
    customer_id: UUID,
    role_id: UUID,
    after: UUID | None = None,
    skip: int = 0,
    size: int = PAGE_LIMIT,
) -> Page[CustomerUser]:
    """At most `size` (1 to 500) users of a customer that have a built-in role, by id; raises Denied, UnknownRole."""
    size = min(max(size, 1), PAGE_LIMIT)
    listed = await ctx.read(
        Action.CUSTOMER_ROLE_LIST,
        store.role_members(),
        *(customer_id, role_id, after, skip, size, ctx.moment),
        body=Listed[CustomerUser],
    )
    _check(role_id)
    return listed.page(size, lambda user: user.id)


async def give_role(ctx: Context, *, customer_id: UUID, role_id: UUID, user_id: UUID) -> RoleMember:
    """Give a customer's user a built-in role; raises Denied, UnknownRole, UnknownCustomerUser, IsDeleted."""
    async with ctx.command("customer_role.give") as cmd:
        await begin(ctx, cmd, customer_id, user_id, Action.CUSTOMER_ROLE_SET)
        if (earlier := cmd.replay(RoleMember)) is not None:
            return earlier
        async with cmd.on_behalf(customer_id):
            member = await _member(ctx, cmd, customer_id, role_id, user_id)
            done = await store.set_role(cmd.db, member, given=True)
        if done:
            cmd.record(None, member)
        else:
            cmd.unchanged()
        return cmd.remember(member)


async def take_role(ctx: Context, *, customer_id: UUID, role_id: UUID, user_id: UUID) -> None:
    """Take a built-in role from a customer's user, for the next request already.

    Raises Denied, UnknownRole, UnknownCustomerUser, NotAMember, IsDeleted, LastGlobalAdmin.
    """
    async with ctx.command("customer_role.take") as cmd:
        await begin(ctx, cmd, customer_id, user_id, Action.CUSTOMER_ROLE_SET)
        async with cmd.on_behalf(customer_id):
            member = await _member(ctx, cmd, customer_id, role_id, user_id)
            if not await store.set_role(cmd.db, member, given=False):
                raise rules.NotAMember("The user does not have this role.", str(user_id))
            user, others = await found(ctx, cmd, customer_id, user_id), store.other_admins(cmd.db, customer_id, user_id)
            rules.refuse_last_admin(user, (role_id,), others=await others)
        cmd.record(member, None)


async def _member(ctx: Context, cmd: Command, customer_id: UUID, role_id: UUID, user_id: UUID) -> RoleMember:
    _check(role_id)
    user = await found(ctx, cmd, customer_id, user_id)
    if user.deleted_at is not None:
        raise rules.IsDeleted("The user is deleted; restore it first.", str(user_id))
    return RoleMember(
        id=user.id,
        customer_tenant_id=customer_id,
        partner_tenant_id=ctx.caller.tenant_id,
        role_id=role_id,
        user_principal_name=user.user_principal_name,
        display_name=user.display_name,
    )


def _check(role_id: UUID) -> None:
    if role_id not in built_in.known():
        raise rules.UnknownRole(
            "There is no such role; take the id of one from the list of directory roles.", str(role_id)
        )
