"""A tenant's groups, called as services."""

import asyncio
from uuid import uuid4

import pytest

from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid, Refusal
from copartner.tenants import rules
from copartner.tenants.model import MemberKind
from copartner.tenants.service import groups
from support.programme import Programme


async def test_groups_in_groups_without_circles(here: Programme) -> None:
    um = here.context("um@nordlicht")
    a, b, c = [(await groups.create_group(um, name=name)).id for name in "abc"]
    await groups.add_member(um, group_id=a, member_id=b)
    await groups.add_member(um, group_id=b, member_id=c)
    for outer, inner in ((a, a), (c, a), (c, b), (b, a)):
        with pytest.raises(rules.Circle):
            await groups.add_member(um, group_id=outer, member_id=inner)
    person = um.caller.subject_id
    assert (await groups.add_member(um, group_id=c, member_id=person)).kind is MemberKind.USER
    await groups.add_member(um, group_id=c, member_id=person)
    listed = await groups.list_members(um, group_id=c)
    assert [(one.id, one.name) for one in listed.items] == [(person, "um@nordlicht.example")]
    assert [one.kind for one in (await groups.list_members(um, group_id=a)).items] == [MemberKind.GROUP]
    await groups.remove_member(um, group_id=c, member_id=person)
    with pytest.raises(rules.UnknownMember):
        await groups.remove_member(um, group_id=c, member_id=person)
    assert (await groups.list_members(um, group_id=c)).items == ()


async def test_two_nestings_at_once_close_no_circle(here: Programme) -> None:
    um = here.context("um@nordlicht")
    a, b = [(await groups.create_group(um, name=name)).id for name in "ab"]
    ended = await asyncio.gather(
        groups.add_member(um, group_id=a, member_id=b),
        groups.add_member(um, group_id=b, member_id=a),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Refusal) for one in ended) == 1


async def test_names_and_foreign_things(here: Programme) -> None:
    um, other = here.context("um@nordlicht"), here.context("ga@wolkenwerk")
    made = await groups.create_group(um, name="Team")
    with pytest.raises(rules.NameTaken):
        await groups.create_group(um, name="Team")
    for name in ("AdminAgents", "helpdesk agents", "", "x" * 201):
        with pytest.raises(Invalid):
            await groups.create_group(um, name=name)
    theirs = await groups.create_group(other, name="Team")
    with pytest.raises(rules.UnknownMember):
        await groups.add_member(um, group_id=made.id, member_id=other.caller.subject_id)
    for group in (theirs.id, uuid4()):
        for attempt in (
            groups.read_group(um, group_id=group),
            groups.list_members(um, group_id=group),
            groups.add_member(um, group_id=group, member_id=um.caller.subject_id),
        ):
            with pytest.raises(Denied) as denied:
                await attempt
            assert denied.value.concealed
