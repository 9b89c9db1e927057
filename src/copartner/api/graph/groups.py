"""Security groups of the caller's own tenant, which are given a relationship's roles, and who and what is in them.

Source: group-list, group-post-groups, group-list-members, group-list-transitivemembers and group-post-members,
2025-02-21. Of a group that is made, its name alone is kept: it has no mailbox, and so no use for a nickname.
"""

import re
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field, structs

from copartner.api.call import Call, Reply
from copartner.api.decoding import Malformed
from copartner.api.graph import options
from copartner.api.graph.errors import GraphErrorBody
from copartner.api.graph.filtering import FLAG, TEXT
from copartner.api.graph.options import Collection, Listing
from copartner.api.registry import Route
from copartner.kernel.ids import parse_id
from copartner.kernel.paging import Page
from copartner.tenants.model import Group, MemberEntry, MemberKind
from copartner.tenants.service import groups

# Any of the collections that a user or a group is in; what stands before it is not looked at.
_OBJECT = re.compile(r"(?:.*/)?(?:directoryObjects|users|groups)/([^/]+)", re.IGNORECASE)


class GroupBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A group, which is for security and has no mailbox."""

    context: str | UnsetType = field(default=UNSET, name="@odata.context")
    id: UUID
    display_name: str | UnsetType = UNSET
    security_enabled: bool | UnsetType = UNSET
    mail_enabled: bool | UnsetType = UNSET
    group_types: tuple[str, ...] | UnsetType = UNSET


class NewGroup(Struct, frozen=True, kw_only=True, rename="camel"):
    """A group to be made."""

    display_name: str
    security_enabled: bool
    mail_enabled: bool
    mail_nickname: str | UnsetType = UNSET
    group_types: tuple[str, ...] | UnsetType = UNSET


class DirectoryObject(Struct, frozen=True, kw_only=True, rename="camel"):
    """A user or group in a group."""

    type: str = field(name="@odata.type")
    id: UUID
    display_name: str | UnsetType = UNSET
    user_principal_name: str | UnsetType = UNSET


class Reference(Struct, frozen=True):
    """The address of a user or group."""

    id: str = field(name="@odata.id")


def _group(found: Group) -> GroupBody:
    return GroupBody(id=found.id, display_name=found.name, security_enabled=True, mail_enabled=False, group_types=())


def _object(found: MemberEntry) -> DirectoryObject:
    return DirectoryObject(
        type=f"#microsoft.graph.{found.kind}",
        id=found.id,
        display_name=found.display_name,
        user_principal_name=found.name if found.kind is MemberKind.USER else UNSET,
    )


# What is the same of every group here.
_ALIKE = {"securityEnabled": True, "mailEnabled": False}
_GROUPS: Listing[Group, GroupBody] = Listing(
    GroupBody, {"displayName": lambda one: one.name}, {"displayName": TEXT, **dict.fromkeys(_ALIKE, FLAG)}
)
_MEMBERS: Listing[MemberEntry, DirectoryObject] = Listing(DirectoryObject)


def _one(call: Call, found: Group) -> GroupBody:
    return structs.replace(_group(found), context=f"{options.root(call)}/$metadata#groups/$entity")


async def _list(call: Call) -> Collection[GroupBody]:
    asked = options.asked(call, _GROUPS)
    found = await groups.find_groups(
        call.ctx,
        name=asked.text("displayName", "eq"),
        begins=asked.text("displayName", "startswith"),
        descending=asked.descending,
        count=asked.count,
        after=asked.after,
        size=asked.size,
    )
    if not all(asked.conditions[name].holds(value) for name, value in _ALIKE.items() if name in asked.conditions):
        found = Page((), 0 if asked.count else None, None)
    return options.collection(call, _GROUPS, asked, found, _group, "groups")


async def _read(call: Call) -> GroupBody:
    names = options.chosen(call, GroupBody)
    return options.only(_one(call, await groups.read_group(call.ctx, group_id=call.id("group"))), names)


async def _create(call: Call) -> Reply:
    asked = call.decode(NewGroup)
    if asked.mail_enabled or not asked.security_enabled or asked.group_types:
        raise Malformed(
            "Groups here are for security alone: send mailEnabled false, securityEnabled true and no groupTypes.",
            "securityEnabled",
        )
    made = await groups.create_group(call.ctx, name=asked.display_name)
    return Reply.of(201, _one(call, made), {"location": f"{options.root(call)}/groups/{made.id}"})


async def _members(call: Call) -> Collection[DirectoryObject]:
    return await _inside(call, nested=False)


async def _transitive_members(call: Call) -> Collection[DirectoryObject]:
    return await _inside(call, nested=True)


async def _inside(call: Call, *, nested: bool) -> Collection[DirectoryObject]:
    asked = options.asked(call, _MEMBERS)
    found = await groups.find_members(
        call.ctx,
        group_id=call.id("group"),
        nested=nested,
        count=asked.count,
        after=asked.after.key if asked.after else None,
        size=asked.size,
    )
    return options.collection(call, _MEMBERS, asked, found, _object, "directoryObjects")


async def _add(call: Call) -> Reply:
    written = call.decode(Reference).id
    found = _OBJECT.fullmatch(written)
    member_id = parse_id(found[1]) if found else None
    if member_id is None:
        raise Malformed(
            f"@odata.id: send {options.root(call)}/directoryObjects/ and the GUID of a user or group after it.",
            "@odata.id",
        )
    await groups.add_member(call.ctx, group_id=call.id("group"), member_id=member_id)
    return Reply(204)


async def _remove(call: Call) -> Reply:
    await groups.remove_member(call.ctx, group_id=call.id("group"), member_id=call.id("directoryObject"))
    return Reply(204)


def routes(version: str, prefix: str) -> tuple[Route, ...]:
    """The routes below one version of the contract; their names begin with `prefix`."""
    everything = f"/{version}/groups"
    one = f"{everything}/{{group}}"
    return (
        Route(("GET",), everything, _list, f"{prefix}.list_groups", "List the tenant's groups.",
              Collection[GroupBody], query=_GROUPS.query, error=GraphErrorBody),
        Route(("POST",), everything, _create, f"{prefix}.create_group", "Make a security group.", GroupBody, NewGroup,
              201, user_only=True, error=GraphErrorBody),
        Route(("GET",), one, _read, f"{prefix}.read_group", "Read a group.", GroupBody,
              query=(options.CHOICE,), error=GraphErrorBody),
        Route(("GET",), f"{one}/members", _members, f"{prefix}.list_members", "List what is in a group itself.",
              Collection[DirectoryObject], query=_MEMBERS.query, error=GraphErrorBody),
        Route(("GET",), f"{one}/transitiveMembers", _transitive_members, f"{prefix}.list_transitive_members",
              "List what is in a group, and in groups in it.", Collection[DirectoryObject], query=_MEMBERS.query,
              error=GraphErrorBody),
        Route(("POST",), f"{one}/members/$ref", _add, f"{prefix}.add_member", "Put a user or group into a group.",
              None, Reference, 204, user_only=True, error=GraphErrorBody),
        Route(("DELETE",), f"{one}/members/{{directoryObject}}/$ref", _remove, f"{prefix}.remove_member",
              "Take a user or group out of a group.", status=204, user_only=True, error=GraphErrorBody),
    )  # fmt: skip
