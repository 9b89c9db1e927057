"""The groups of one's own tenant: found, made, and what is in them."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response

from copartner.kernel.errors import Refusal
from copartner.kernel.paging import Page as Part
from copartner.policy.actions import Action
from copartner.portal.page import Page, Visit
from copartner.portal.refusing import invalid
from copartner.portal.repeating import once, repeated
from copartner.portal.settings import acts
from copartner.portal.settings.roles import said
from copartner.portal.settings.searching import PART, searched
from copartner.portal.speaking import word
from copartner.portal.table import Column, Table
from copartner.tenants.model import GroupEntry, GroupView, MemberEntry, MemberKind
from copartner.tenants.service import groups

_ALL = "/settings/groups"
_MEMBER = "member-"


def _table(visit: Visit) -> Table[GroupEntry]:
    return Table(
        "groups",
        word("Groups of your tenant"),
        (
            Column("name", word("Name"), lambda one: one.name),
            Column("role", word("Makes"), lambda one: said(visit.language, one.role) if one.role else None),
            Column("members", word("Members"), lambda one: one.members, number=True),
        ),
    )


def _members(visit: Visit) -> Table[MemberEntry]:
    return Table(
        "members",
        word("What is in the group itself"),
        (
            Column("name", word("Sign-in name or group"), lambda one: one.name),
            Column("display", word("Name"), lambda one: one.display_name),
            Column("kind", word("Kind"), lambda one: visit.text(_KINDS[one.kind])),
        ),
    )


_KINDS = {MemberKind.USER: word("user"), MemberKind.GROUP: word("group")}


async def show_all(visit: Visit) -> Response[bytes]:
    """The groups, by name; a filter that a part of the list is too short for is asked of the whole list."""
    return await _all(visit, {}, None)


async def _all(visit: Visit, typed: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    load, allowed = searched(visit, groups.search_groups)
    shown = await _table(visit).show(visit, load)
    if isinstance(shown, Response):
        return shown
    return visit.page(
        "settings/groups.html",
        status=acts.status(refusal),
        shown=shown,
        obstacle=allowed[0][Action.GROUP_CREATE],
        said=lambda role: said(visit.language, role),
        typed=typed,
        refusal=refusal,
        wrong=acts.wrong(refusal, visit.language),
        once=once(typed),
    )


async def take_all(visit: Visit, sent: Mapping[str, str]) -> Response[bytes]:
    """Make a group, and on to it."""
    try:
        made = await groups.create_group(repeated(visit, sent), name=sent.get("name", ""))
    except acts.MENDABLE as refusal:
        return await _all(visit, sent, refusal)
    return visit.see(f"{_ALL}/{made.id}", visit.text("The group is made. Now add its members."))


async def show_one(visit: Visit) -> Response[bytes]:
    """One group with what is in it."""
    return await _one(visit, {}, None)


async def _one(visit: Visit, typed: Mapping[str, str], refusal: Refusal | None) -> Response[bytes]:
    group_id = visit.ids["group_id"]
    seen: list[tuple[GroupView, Mapping[Action, object]]] = []

    async def load(after: UUID | None) -> Part[MemberEntry]:
        seen.append(await groups.look_at_group(visit.ctx, group_id=group_id, after=after, size=PART))
        return seen[-1][0].members

    shown = await _members(visit).show(visit, load)
    if isinstance(shown, Response):
        return shown
    view, may = seen[0]
    return visit.page(
        "settings/group.html",
        status=acts.status(refusal),
        group=view.group,
        role=said(visit.language, view.group.role) if view.group.role else "",
        above=view.above,
        total=view.members.total,
        shown=shown,
        kinds=_KINDS,
        obstacle=may[Action.GROUP_CHANGE],
        typed=typed,
        refusal=refusal,
        wrong={"name": refusal.said(visit.language)} if refusal and typed.get("act") == "add" else {},
    )


async def take_one(visit: Visit, sent: Mapping[str, str]) -> Response[bytes]:
    """Add a member by its name, or take out what is ticked."""
    group_id = visit.ids["group_id"]
    try:
        match sent.get("act"):
            case "add":
                made = await groups.add_member(visit.ctx, group_id=group_id, name=sent.get("name", ""))
                done = visit.text("%(name)s is in the group.", name=made.name)
            case "remove":
                ticked = acts.ticked(sent, _MEMBER, word("Tick whom to take out."))
                await groups.remove_members(visit.ctx, group_id=group_id, member_ids=ticked)
                done = visit.text("%(count)s taken out of the group.", count=len(ticked))
            case _:
                raise invalid(word("Choose what is to be done."))
    except acts.MENDABLE as refusal:
        return await _one(visit, sent, refusal)
    return visit.see(visit.path, done)


PAGES = (
    Page(_ALL, "groups", None, show_all, take_all),
    Page("/settings/groups/{group_id}", "group", None, show_one, take_one),
)
