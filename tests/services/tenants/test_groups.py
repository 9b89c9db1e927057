"""A tenant's groups, called as services."""

import asyncio
from uuid import UUID, uuid4

import pytest

from copartner.command.denial import Denied
from copartner.kernel.errors import Invalid, Refusal
from copartner.programme.service import list_audit
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
    listed = await groups.find_members(um, group_id=c)
    assert [(one.id, one.name) for one in listed.items] == [(person, "um@nordlicht.example")]
    assert [one.kind for one in (await groups.find_members(um, group_id=a)).items] == [MemberKind.GROUP]
    await groups.remove_member(um, group_id=c, member_id=person)
    with pytest.raises(rules.UnknownMember):
        await groups.remove_member(um, group_id=c, member_id=person)
    assert (await groups.find_members(um, group_id=c)).items == ()


async def test_several_are_taken_out_together_or_none(here: Programme) -> None:
    um = here.context("um@nordlicht")
    team, inner = [(await groups.create_group(um, name=name)).id for name in ("team", "inner")]
    people = [here.context(f"{who}@nordlicht").caller.subject_id for who in ("um", "sa")]
    for one in (*people, inner):
        await groups.add_member(um, group_id=team, member_id=one)

    async def inside() -> set[UUID]:
        return {one.id for one in (await groups.find_members(um, group_id=team)).items}

    foreign = here.context("ga@wolkenwerk").caller.subject_id
    with pytest.raises(rules.UnknownMember):
        await groups.remove_members(um, group_id=team, member_ids=(*people, foreign))
    with pytest.raises(Invalid, match="At most 100 are taken at once, and these are 101"):
        await groups.remove_members(um, group_id=team, member_ids=(people[0], *(uuid4() for _ in range(100))))
    assert await inside() == {*people, inner}
    gone = await groups.remove_members(um, group_id=team, member_ids=(people[0], inner, people[0]))
    assert [one.id for one in gone] == [people[0], inner]
    assert await groups.remove_members(um, group_id=team, member_ids=(people[0], inner)) == ()
    assert await inside() == {people[1]}
    written = [one.operation_type for one in (await list_audit(here.context("ga@nordlicht"))).items]
    assert written.count("group.remove_member") == len(gone)


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
            groups.find_members(um, group_id=group),
            groups.add_member(um, group_id=group, member_id=um.caller.subject_id),
        ):
            with pytest.raises(Denied) as denied:
                await attempt
            assert denied.value.concealed
