"""What people read of their own tenant, its users and groups, each in one trip, and what they may do with it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from copartner.command.denial import Denied
from copartner.kernel.database import Pool
from copartner.kernel.languages import Language
from copartner.partners import service as partners
from copartner.policy.actions import Action
from copartner.policy.facts import Role, Side
from copartner.programme import searching
from copartner.tenants import rules
from copartner.tenants.service import groups, people, tenants, users
from copartner.webhooks import service as webhooks
from support.programme import Programme
from support.tally import Tally, counted

Counted = tuple[Programme, Tally]


@pytest.fixture
async def watched(here: Programme) -> AsyncIterator[Counted]:
    """The same system with one connection whose trips are counted."""
    async with counted(here.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            yield replace(here, runtime=replace(here.runtime, pool=pool)), tally
        finally:
            await pool.close()


async def test_a_tenant_is_read_by_all_its_people(here: Programme) -> None:
    for who, side, enrolled in (
        ("hd@nordlicht", Side.PARTNER, True),
        ("user@alpenblick", Side.CUSTOMER, False),
        ("ga@wolkenstadt", Side.OPERATOR, False),
    ):
        found, _ = await tenants.read_own_tenant(here.context(who, side))
        tenant = here.tenant(who.partition("@")[2])
        assert (found.id, found.domain, found.country) == (tenant.id, tenant.domain, "DE")
        assert found.organisation
        assert (found.enrolment is not None) is enrolled
    found, _ = await tenants.read_own_tenant(here.context("sa@nordlicht"))
    assert found.organisation == "Nordlicht IT GmbH"
    assert found.enrolment is not None
    assert (found.enrolment.mpn_id, found.enrolment.state) == ("4100001", "active")
    assert "DE" in found.enrolment.markets


async def test_what_one_may_also_do_is_told_with_its_reason(here: Programme) -> None:
    context = replace(here.context("sa@nordlicht"), language=Language.GERMAN)
    asked = (Action.USER_LIST, Action.PARTNER_AGREEMENT_READ)
    _, may = await tenants.read_own_tenant(context, also=asked)
    assert may[Action.PARTNER_AGREEMENT_READ] is None
    obstacle = may[Action.USER_LIST]
    assert obstacle is not None
    assert "Globaler Administrator" in obstacle.sentence
    async with here.owner() as owner:
        assert await owner.fetchval("SELECT count(*) FROM decision_record") == 0


async def test_reads_for_the_settings_are_one_trip(watched: Counted) -> None:
    here, tally = watched
    context = here.context("ga@nordlicht")
    user = (await users.list_users(context)).items[0].id
    group = (await groups.list_groups(context)).items[0].id
    record = (await searching.search_audit(context)).items
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        "tenant": lambda: tenants.read_own_tenant(context, also=(Action.USER_LIST, Action.AUDIT_READ)),
        "people": lambda: people.find_people(context, text="nordlicht"),
        "a new user": lambda: people.prepare_user(context),
        "person": lambda: people.read_person(context, user_id=user),
        "groups": lambda: groups.search_groups(context),
        "group": lambda: groups.look_at_group(context, group_id=group),
        "profiles": lambda: partners.read_profiles(context),
        "events": lambda: webhooks.look_at_events(context),
        "audit": lambda: searching.search_audit(context),
    }
    if record:
        reads["record"] = lambda: searching.look_at_record(context, record_id=record[0].id)
    for what, read in reads.items():
        await read()
        tally.clear()
        await read()
        assert len(tally.trips) == 1, (what, tally.trips)


async def test_people_are_found_by_a_part_of_a_name_and_paged(here: Programme) -> None:
    context = here.context("um@nordlicht")
    everybody, may = await people.find_people(context)
    assert may == {Action.USER_CREATE: None}
    names = [one.user_principal_name for one in everybody]
    assert names == sorted(names)
    assert {one.user_principal_name: one.roles for one in everybody}["aa@nordlicht.example"] == (Role.ADMIN_AGENT,)
    seen, after = [], None
    while True:
        page, _ = await people.find_people(context, after=after, size=2)
        seen += page.items
        after = page.next_after
        if after is None:
            break
    assert tuple(seen) == everybody.items
    found, _ = await people.find_people(context, text="ALBERS")
    assert [one.display_name for one in found] == ["Silke Albers"]
    with pytest.raises(Denied):
        await people.find_people(here.context("sa@nordlicht"))


async def test_a_person_is_read_with_groups_and_sign_in(here: Programme) -> None:
    context = here.context("um@nordlicht")
    agent = here.context("aa@nordlicht").caller.subject_id
    found, may = await people.read_person(context, user_id=agent)
    assert [(one.name, one.role, one.direct) for one in found.groups] == [("AdminAgents", Role.ADMIN_AGENT, True)]
    assert (found.methods.second_factor_since, found.methods.provider) == (None, None)
    assert may[Action.USER_CHANGE] is not None, "agents are a Global admin's to change"
    _, all_open = await people.read_person(here.context("ga@nordlicht"), user_id=agent)
    assert set(all_open.values()) == {None}
    admin, _ = await people.read_person(context, user_id=here.context("ga@nordlicht").caller.subject_id)
    assert admin.is_last_admin
    made = await users.create_user(here.context("ga@nordlicht"), name="zweite", display_name="Zweite")
    await users.give_role(here.context("ga@nordlicht"), user_id=made.user.id, role=Role.GLOBAL_ADMIN)
    admin, _ = await people.read_person(context, user_id=admin.user.id)
    assert (admin.is_last_admin, admin.other_admins) == (False, 1)
    again, _ = await people.read_person(context, user_id=made.user.id)
    assert again.methods.must_change_password


async def test_a_foreign_and_an_unknown_user_are_told_alike(here: Programme) -> None:
    context, told = here.context("ga@nordlicht"), set()
    for user in (here.context("ga@wolkenwerk").caller.subject_id, uuid4()):
        with pytest.raises(Denied) as denied:
            await people.read_person(context, user_id=user)
        assert denied.value.concealed
        told.add(denied.value.message)
    assert len(told) == 1


async def test_a_group_is_looked_at_and_joined_by_name(here: Programme) -> None:
    context = here.context("ga@nordlicht")
    outer = await groups.create_group(context, name="Alle")
    inner = await groups.create_group(context, name="Einige")
    for name in ("SA", "hd@nordlicht.example", "einige"):
        await groups.add_member(context, group_id=outer.id, name=name)
    view, may = await groups.look_at_group(context, group_id=outer.id, size=2)
    assert (view.members.total, len(view.members.items), may) == (3, 2, {Action.GROUP_CHANGE: None})
    rest, _ = await groups.look_at_group(context, group_id=outer.id, after=view.members.next_after)
    assert {one.name for one in (*view.members, *rest.members)} == {
        "sa@nordlicht.example", "hd@nordlicht.example", "Einige",
    }  # fmt: skip
    below, _ = await groups.look_at_group(context, group_id=inner.id)
    assert [one.name for one in below.above] == ["Alle"]
    for name in ("", "niemand", "ga@wolkenwerk.example"):
        with pytest.raises(rules.UnknownMember):
            await groups.add_member(context, group_id=outer.id, name=name)
    found, _ = await groups.search_groups(context, text="all")
    assert [(one.name, one.members) for one in found] == [("Alle", 3)]


async def test_groups_go_on_where_a_page_ended(here: Programme) -> None:
    context = here.context("ga@nordlicht")
    for name in ("b", "A", "c"):
        await groups.create_group(context, name=name)
    everything, _ = await groups.search_groups(context)
    seen, after = [], None
    while True:
        page, _ = await groups.search_groups(context, after=after, size=1)
        seen += page.items
        after = page.next_after
        if after is None:
            break
    assert tuple(seen) == everything.items
    assert seen[0].name == "A"


async def test_a_text_narrows_a_list_if_it_is_longer_than_a_page(here: Programme) -> None:
    context = here.context("ga@nordlicht")
    for name in ("Eins", "Zwei"):
        await groups.create_group(context, name=name)
    for find, text in ((people.find_people, "albers"), (groups.search_groups, "zwei")):
        everything, _ = await find(context)
        told = {}
        for size in (len(everything), len(everything) - 1):
            page, _ = await find(context, text=text, if_long=True, size=size)
            told[size] = len(page)
        assert list(told.values()) == [len(everything), 1], (find, told)
        narrowed, _ = await find(context, text=text, if_long=True, after=everything[0].id)
        assert len(narrowed) <= 1, "a page that goes on is one of a longer list"
