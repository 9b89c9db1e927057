"""A tenant's groups and what is in them."""

from uuid import UUID

from msgspec import Struct

from copartner.api.call import Call
from copartner.api.programme import wire
from copartner.api.programme.wire import ROOT, SIDE, Page
from copartner.api.registry import Route
from copartner.policy.facts import Role
from copartner.tenants.model import MemberKind
from copartner.tenants.service import groups


class GroupBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A group; members of one with a role hold it, by groups in it as well."""

    id: UUID
    name: str
    role: Role | None


class NewGroup(Struct, frozen=True, kw_only=True, rename="camel"):
    """A group to be made."""

    name: str


class MemberBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A user or group in a group."""

    id: UUID
    kind: MemberKind
    name: str


async def _list(call: Call) -> Page[GroupBody]:
    part = wire.wanted(call, "side")
    found = await groups.list_groups(call.ctx, after=part.after, size=part.size)
    return wire.page(call, part, [wire.shaped(one, GroupBody) for one in found.items], found.next_after, "side")


async def _create(call: Call) -> GroupBody:
    return wire.shaped(await groups.create_group(call.ctx, name=call.decode(NewGroup).name), GroupBody)


async def _read(call: Call) -> GroupBody:
    return wire.shaped(await groups.read_group(call.ctx, group_id=call.id("group")), GroupBody)


async def _members(call: Call) -> Page[MemberBody]:
    part = wire.wanted(call, "side")
    found = await groups.find_members(call.ctx, group_id=call.id("group"), after=part.after, size=part.size)
    return wire.page(call, part, [wire.shaped(one, MemberBody) for one in found.items], found.next_after, "side")


async def _add(call: Call) -> MemberBody:
    made = await groups.add_member(call.ctx, group_id=call.id("group"), member_id=call.id("member"))
    return wire.shaped(made, MemberBody)


async def _remove(call: Call) -> MemberBody:
    gone = await groups.remove_member(call.ctx, group_id=call.id("group"), member_id=call.id("member"))
    return wire.shaped(gone, MemberBody)


_ALL = f"{ROOT}/groups"
_ONE = f"{_ALL}/{{group}}"
ROUTES = (
    Route(("GET",), _ALL, _list, "groups.list", "List the tenant's groups.", Page[GroupBody],
          user_only=True, side=None, query=(SIDE, *wire.QUERY)),
    Route(("POST",), _ALL, _create, "groups.create", "Make a group.", GroupBody, NewGroup, 201,
          user_only=True, side=None, query=(SIDE,)),
    Route(("GET",), _ONE, _read, "groups.read", "Read a group.", GroupBody, user_only=True, side=None, query=(SIDE,)),
    Route(("GET",), f"{_ONE}/members", _members, "groups.members", "List what is in a group itself.", Page[MemberBody],
          user_only=True, side=None, query=(SIDE, *wire.QUERY)),
    Route(("PUT",), f"{_ONE}/members/{{member}}", _add, "groups.add_member", "Put a user or group into a group.",
          MemberBody, user_only=True, side=None, query=(SIDE,)),
    Route(("DELETE",), f"{_ONE}/members/{{member}}", _remove, "groups.remove_member",
          "Take a user or group out of a group.", MemberBody, user_only=True, side=None, query=(SIDE,)),
)  # fmt: skip
