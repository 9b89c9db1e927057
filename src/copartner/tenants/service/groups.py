"""A tenant's groups: made, and who is in them; groups may be in groups."""

from collections.abc import Iterable
from uuid import UUID

from copartner.command.command import Command
from copartner.command.context import Context
from copartner.command.looking import May, may
from copartner.kernel import paging
from copartner.kernel.paging import Page, Place
from copartner.kernel.several import several
from copartner.policy.actions import Action
from copartner.tenants import rules, store
from copartner.tenants.model import (
    Group,
    GroupEntry,
    GroupHeld,
    GroupView,
    Member,
    MemberEntry,
    MemberKind,
)

PAGE_LIMIT = 500


class _LookedAt(paging.Listed[MemberEntry], kw_only=True):
    group: Group
    above: tuple[GroupHeld, ...]


async def list_groups(ctx: Context, *, after: UUID | None = None, size: int = PAGE_LIMIT) -> Page[Group]:
    """At most `size` (1 to 500) groups of the acting tenant, by id; raises Denied."""
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.GROUP_LIST,
        store.page(),
        *(store.TYPES[Group], after, size),
        body=tuple[Group, ...],
        each=Action.GROUP_READ,
    )
    return paging.Listed(None, found).page(size, lambda one: one.id)


async def read_group(ctx: Context, *, group_id: UUID) -> Group:
    """One group of the acting tenant; raises Denied, UnknownGroup."""
    found = await ctx.find(Action.GROUP_READ, store.read(), store.TYPES[Group], group_id, body=Group)
    return _existing(found, group_id)


async def find_groups(
    ctx: Context,
    *,
    name: str | None = None,
    begins: str | None = None,
    descending: bool = False,
    count: bool = False,
    after: Place | None = None,
    size: int = PAGE_LIMIT,
) -> Page[Group]:
    """At most `size` (1 to 500) groups of the acting tenant by name, of a name or a beginning in any casing.

    Raises Denied.
    """
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.GROUP_LIST,
        store.groups(),
        *(name, begins, descending, count, *((after.value, after.key) if after else (None, None)), size),
        body=paging.Listed[Group],
        each=Action.GROUP_READ,
    )
    return found.page(size, lambda one: one.id)


async def find_members(
    ctx: Context,
    *,
    group_id: UUID,
    nested: bool = False,
    count: bool = False,
    after: UUID | None = None,
    size: int = PAGE_LIMIT,
) -> Page[MemberEntry]:
    """At most `size` (1 to 500) of what is in a group, with `nested` in groups in it too, by id.

    Raises Denied, UnknownGroup.
    """
    size = min(max(size, 1), PAGE_LIMIT)
    found = await ctx.read(
        Action.GROUP_READ,
        store.members(),
        *(group_id, nested, count, after, size),
        body=paging.Listed[MemberEntry],
    )
    return found.page(size, lambda one: one.id)


async def search_groups(
    ctx: Context, *, text: str | None = None, if_long: bool = False, after: UUID | None = None, size: int = PAGE_LIMIT
) -> tuple[Page[GroupEntry], May]:
    """At most `size` (1 to 500) groups of the acting tenant by name, with a text in it; raises Denied.

    With `if_long` the text narrows a longer list than that alone. Beside them whether the caller may make another one.
    """
    size = min(max(size, 1), PAGE_LIMIT)
    facts, found = await ctx.look(
        Action.GROUP_LIST,
        store.searched_groups(),
        *(text or None, if_long, after, size),
        body=paging.Listed[GroupEntry],
        each=Action.GROUP_READ,
    )
    return found.page(size, lambda one: one.id), may(ctx, facts, (Action.GROUP_CREATE,))


async def look_at_group(
    ctx: Context, *, group_id: UUID, after: UUID | None = None, size: int = PAGE_LIMIT
) -> tuple[GroupView, May]:
    """A group, what it is in, at most `size` (1 to 500) of what is in it, and whether the caller may change that.

    Raises Denied, UnknownGroup.
    """
    size = min(max(size, 1), PAGE_LIMIT)
    facts, found = await ctx.look_for(
        Action.GROUP_READ, store.looked_at_group(), *(group_id, after, size), body=_LookedAt
    )
    if found is None:
        raise _unknown(group_id)
    members = found.page(size, lambda one: one.id)
    return GroupView(found.group, found.above, members), may(ctx, facts, (Action.GROUP_CHANGE,))


async def create_group(ctx: Context, *, name: str) -> Group:
    """The acting tenant makes a group that carries no role; raises Denied, NameTaken, Invalid."""
    async with ctx.command("group.create") as cmd:
        cmd.require(Action.GROUP_CREATE, await store.home_facts(cmd.db, ctx))
        if (earlier := cmd.replay(Group)) is not None:
            return earlier
        made = Group(ctx.runtime.ids.new(), ctx.caller.tenant_id, rules.check_group_name(name))
        await store.add_group(cmd.db, made)
        cmd.record(None, made)
        return cmd.remember(made)


async def add_member(ctx: Context, *, group_id: UUID, member_id: UUID | None = None, name: str = "") -> Member:
    """The acting tenant puts a user or a group into a group: by identifier, else by the name of either.

    Raises Denied, UnknownGroup, UnknownMember, Circle.
    """
    async with ctx.command("group.add_member") as cmd:
        group = await _begin(ctx, cmd, group_id)
        wanted = member_id or await store.named(cmd.db, ctx.caller.tenant_id, name.strip())
        member = await _member(cmd, group, wanted, member_id or name)
        if await store.is_member(cmd.db, member):
            cmd.unchanged()
            return member
        if member.kind is MemberKind.GROUP and await store.closes_circle(cmd.db, member):
            raise rules.Circle(
                "The group would be in itself; take the outer group out of this one first.", str(member.id)
            )
        await store.add_member(cmd.db, member)
        cmd.record(None, member)
        return member


async def remove_member(ctx: Context, *, group_id: UUID, member_id: UUID) -> Member:
    """The acting tenant takes a user or a group out of a group; raises Denied, UnknownGroup, UnknownMember."""
    gone = await remove_members(ctx, group_id=group_id, member_ids=(member_id,))
    if not gone:
        raise rules.UnknownMember("Nothing of that identifier is in the group itself.", str(member_id))
    return gone[0]


async def remove_members(ctx: Context, *, group_id: UUID, member_ids: Iterable[UUID]) -> tuple[Member, ...]:
    """The acting tenant takes several users and groups out of a group, all or none; who is not in it is passed over.

    Answers who was. Raises Denied, UnknownGroup, UnknownMember, Invalid.
    """
    async with ctx.command("group.remove_member") as cmd:
        group = await _begin(ctx, cmd, group_id)
        found = [await _member(cmd, group, one, one) for one in several(member_ids)]
        gone = tuple([one for one in found if await store.is_member(cmd.db, one)])
        for member in gone:
            await store.remove_member(cmd.db, member)
            cmd.record(member, None)
        if not gone:
            cmd.unchanged()
        return gone


async def _begin(ctx: Context, cmd: Command, group_id: UUID) -> Group:
    """The group whose members the caller may change, as nobody else changes the tenant's groups meanwhile."""
    await store.lock(cmd.db, ctx.caller.tenant_id)
    cmd.require(Action.GROUP_CHANGE, await store.facts(cmd.db, ctx, Group, group_id))
    return _existing(await store.entry(cmd.db, ctx.caller.tenant_id, Group, group_id), group_id)


async def _member(cmd: Command, group: Group, identifier: UUID | None, asked: UUID | str) -> Member:
    """What is put in or taken out, `asked` for by its identifier or its name."""
    found = None if identifier is None else await store.find_member(cmd.db, group, identifier)
    if found is None:
        raise rules.UnknownMember("There is no such user or group in your tenant.", str(asked))
    return found


def _existing(found: Group | None, group_id: UUID) -> Group:
    if found is None:
        raise _unknown(group_id)
    return found


def _unknown(group_id: UUID) -> rules.UnknownGroup:
    return rules.UnknownGroup("There is no such group in your tenant.", str(group_id))
