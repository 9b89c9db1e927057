"""A customer's directory in one look: who is there, what may be done, and by whose approval."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from copartner.directory.model import UserChange
from copartner.directory.rules import LastGlobalAdmin
from copartner.directory.service import licences, roles, showing, users
from copartner.directory.service.showing import Person, WayKind
from copartner.kernel.database import Pool
from copartner.kernel.languages import Language
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from support.behalf import BASIC, denied, granular, made, new, sell, sku
from support.delegated import HELPDESK, LICENCES, READER, USERS, Delegated
from support.tally import Tally, counted


def can(found: Person) -> set[Action]:
    return {action for action, one in found.doing.items() if one.allowed}


async def test_who_is_there_by_which_role_of_which_approval(pair: Delegated) -> None:
    customer, user = pair.pair[0], await made(pair)
    relationship = await pair.relationship(HELPDESK, USERS)
    await pair.assign(relationship, await pair.group("Support", pair.user("hd")), HELPDESK)
    await pair.assign(relationship, await pair.group("Verwaltung", pair.user("aa")), HELPDESK, USERS)
    helpdesk = await showing.read_directory(pair.here.context("hd@nordlicht"), customer_id=customer)
    assert user in helpdesk.page
    assert (helpdesk.page.total, len(helpdesk.page)) == (4, 4)
    assert not helpdesk.creating.allowed
    assert (by := helpdesk.reading.by) is not None
    assert (by.role.name, by.way.group_name, by.way.relationship_id) == (
        "Helpdesk Administrator", "Support", relationship,
    )  # fmt: skip
    assert by.way.until == pair.here.clock.now() + timedelta(days=365)
    agent = replace(pair.agent, language=Language.GERMAN)
    both = await showing.read_directory(agent, customer_id=customer)
    assert both.reading.by is not None
    assert both.creating.by is not None
    assert (both.reading.by.role.name, both.creating.by.role.name) == (
        "Helpdesk-Administrator",
        "Benutzeradministrator",
    )
    assert both.domains == ("alpenblick.example",)


async def test_users_are_found_by_a_part_of_their_names(pair: Delegated) -> None:
    customer = pair.pair[0]
    await pair.privileges()
    for name, shown in (("ida.kern", "Ida Kern"), ("uwe", "Uwe Kernbach"), ("x.y", "Somebody")):
        await users.create_user(
            pair.agent, customer_id=customer, new=new(f"{name}@alpenblick.example", display_name=shown)
        )
    found = await showing.read_directory(pair.agent, customer_id=customer, text=" KERN ")
    assert ({one.display_name for one in found.page}, found.page.total) == ({"Ida Kern", "Uwe Kernbach"}, 2)
    first = await showing.read_directory(pair.agent, customer_id=customer, text="kern", size=1)
    rest = await showing.read_directory(
        pair.agent, customer_id=customer, text="kern", size=1, after=first.page.next_after
    )
    assert {one.display_name for one in (*first.page, *rest.page)} == {"Ida Kern", "Uwe Kernbach"}
    assert rest.page.next_after is None
    assert found.reading.by is not None
    assert (found.reading.by.way.kind, found.reading.by.way.until) == (WayKind.PRIVILEGES, None)
    by_sign_in = await showing.read_directory(pair.agent, customer_id=customer, text="x.y@")
    assert [one.display_name for one in by_sign_in.page] == ["Somebody"]


async def test_a_person_and_what_may_be_done_to_it(pair: Delegated) -> None:
    customer, user = pair.pair[0], await made(pair)
    await sell(pair, "suedwind", BASIC, 3)
    await licences.update_licences(pair.agent, customer_id=customer, user_id=user.id, give=(await sku(pair),))
    await roles.give_role(pair.agent, customer_id=customer, user_id=user.id, role_id=LICENCES)
    whole = await showing.read_person(pair.agent, customer_id=customer, user_id=user.id)
    assert can(whole) == set(whole.doing)
    assert [one.name for one in whole.roles] == ["License Administrator"]
    # Of all sellers together, the vendor among them.
    left = {one.sku.title: (one.total, one.available) for one in whole.units}
    assert left == {BASIC: (3, 2), "Office 365 Enterprise": (25, 25)}
    assert [one.title for one in whole.licences] == [BASIC]
    # Of a helpdesk: licences are not read, and whoever has an administrator's role is not changed.
    seller = await granular(pair, HELPDESK)
    less = await showing.read_person(seller, customer_id=customer, user_id=user.id)
    assert can(less) == {Action.CUSTOMER_USER_READ, Action.CUSTOMER_ROLE_READ}
    assert (less.licences, less.units, len(less.roles)) == ((), (), 1)
    why = less.doing[Action.CUSTOMER_USER_RESET_PASSWORD].obstacle
    assert why is not None
    assert why.reasons[0].rule == "behalf-guarded"
    assert await denied(showing.read_person(pair.agent, customer_id=customer, user_id=user.id)) == ("gdap-over-dap",)
    await pair.db.execute("UPDATE admin_relationship SET status = 'terminated'")
    assert await denied(showing.read_person(seller, customer_id=customer, user_id=user.id)) == ()
    await pair.privileges(given=False)
    assert await denied(showing.read_directory(pair.agent, customer_id=customer)) == ("behalf-delegated",)
    assert await pair.db.fetchval("SELECT count(*) FROM decision_record WHERE action LIKE '%reset%'") == 0


async def test_somebody_is_blocked_and_let_in_again(pair: Delegated) -> None:
    customer, user = pair.pair[0], await made(pair)
    asked = {"customer_id": customer, "user_id": user.id}
    writer = await granular(pair, USERS)
    blocked = await users.change_user(writer, **asked, change=UserChange(enabled=False))
    assert blocked == replace(user, enabled=False)
    assert await pair.db.fetchval("SELECT count(*) FROM revocation WHERE ground_id = $1", user.id) == 1
    assert await users.change_user(writer, **asked, change=UserChange(enabled=True)) == user
    helpdesk = await granular(pair, HELPDESK, READER, name="hd")
    assert await denied(users.change_user(helpdesk, **asked, change=UserChange(enabled=False))) == ()
    chief = pair.here.context("ga@alpenblick", Side.CUSTOMER).caller.subject_id
    refused = users.change_user(writer, customer_id=customer, user_id=chief, change=UserChange(enabled=False))
    assert await denied(refused) == ("behalf-guarded",)
    named = await pair.db.fetch(
        "SELECT operation_type FROM audit_record WHERE tenant_id = $1 AND resource_id = $2 AND status = 'succeeded'",
        *(customer, str(user.id)),
    )
    assert [row["operation_type"] for row in named].count("customer_user.change") == 2


async def test_the_last_global_admin_is_not_blocked(pair: Delegated) -> None:
    customer = pair.pair[0]
    await pair.privileges()
    chief = pair.here.context("ga@alpenblick", Side.CUSTOMER).caller.subject_id
    with pytest.raises(LastGlobalAdmin):
        await users.change_user(pair.agent, customer_id=customer, user_id=chief, change=UserChange(enabled=False))


@pytest.fixture
async def watched(pair: Delegated) -> AsyncIterator[tuple[Delegated, Tally]]:
    """The same with one connection whose trips are counted."""
    async with counted(pair.here.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            yield replace(pair, here=replace(pair.here, runtime=replace(pair.here.runtime, pool=pool))), tally
        finally:
            await pool.close()


async def test_each_look_is_one_trip(watched: tuple[Delegated, Tally]) -> None:
    pair, tally = watched
    user, customer = await made(pair), pair.pair[0]
    for look in (
        lambda: showing.read_directory(pair.agent, customer_id=customer),
        lambda: showing.read_person(pair.agent, customer_id=customer, user_id=user.id),
    ):
        await look()
        tally.clear()
        await look()
        assert len(tally.trips) == 1
