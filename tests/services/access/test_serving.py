"""Who serves a customer: what each partner sells and may do, bounded and in one trip; what was last taken from one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from copartner.access import advising, questions, service, serving
from copartner.access.rules import UnknownUser
from copartner.command.denial import Denied
from copartner.directory.model import NewUser, Password
from copartner.directory.service import users
from copartner.kernel.database import Pool
from copartner.kernel.languages import Language
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.actions import Action
from copartner.policy.facts import Side
from support.delegated import LICENCES, READER, USERS, Delegated
from support.programme import Programme
from support.tally import counted


@pytest.fixture
async def pair(here: Programme) -> AsyncIterator[Delegated]:
    """A partner that sells and administers, beside one that sells alone and the vendor."""
    for partner in ("nordlicht", "suedwind"):
        await here.relate(partner, "alpenblick")
        wish = Wish(catalog_item_id=await here.item("Azure plan"), quantity=1)
        await orders.place_order(here.context(f"sa@{partner}"), customer_id=here.id("alpenblick"), wishes=[wish])
    async with here.owner() as owner:
        made = Delegated(here, owner, "nordlicht", "alpenblick")
        await made.privileges()
        group = await made.group("support", made.user("sa"))
        for role in (USERS, LICENCES):
            await made.assign(await made.relationship(role), group, role)
        yield made


def customer(here: Programme, language: Language = Language.ENGLISH, who: str = "ga") -> Any:
    return replace(here.context(f"{who}@alpenblick", Side.CUSTOMER), language=language)


async def _act(pair: Delegated) -> None:
    new = NewUser("neu@alpenblick.example", "Neu", Password("Abc-12345"))
    await users.create_user(pair.here.context("sa@nordlicht"), customer_id=pair.pair[0], new=new)


async def test_each_partner_stands_with_what_it_sells_and_may_do(pair: Delegated) -> None:
    here = pair.here
    listed = await serving.list_serving(customer(here, Language.GERMAN))
    found = {one.name: one for one in listed}
    assert listed.total == len(found) == 3
    north, south = found["Nordlicht IT GmbH"], found["Südwind Systeme GmbH"]
    assert (north.privileges, north.approved, north.administers, north.sold) == (True, 2, True, 1)
    assert {role.name for one in north.approvals for role in one.roles} == {
        "Benutzeradministrator",
        "Lizenzadministrator",
    }
    assert [(one.name, one.subscriptions, one.quantity) for one in south.sells] == [("Azure plan", 1, 1)]
    assert (south.administers, south.last_used_at, south.since) == (False, None, here.clock.now())
    vendor = found["Wolkenstadt Cloud AG"]
    assert (vendor.partner, vendor.administers, vendor.since) == (None, False, None)
    assert north.last_used_at is None
    here.clock.moment += timedelta(hours=1)
    await _act(pair)
    again = await serving.read_serving(customer(here), partner_tenant_id=pair.pair[1])
    assert again is not None
    assert again.last_used_at == here.clock.now()
    assert again == next(one for one in await serving.list_serving(customer(here)) if one.id == pair.pair[1])


async def test_the_list_goes_on_where_it_ended(pair: Delegated) -> None:
    first = await serving.list_serving(customer(pair.here), size=2)
    rest = await serving.list_serving(customer(pair.here), size=2, after=first.next_after)
    whole = await serving.list_serving(customer(pair.here))
    assert ([*first, *rest], rest.next_after, rest.total) == ([*whole], None, 3)


async def test_of_strangers_nothing_is_told(pair: Delegated) -> None:
    here = pair.here
    for partner in (here.id("wolkenwerk"), here.id("lavande"), here.runtime.ids.new()):
        for read in (serving.read_serving, serving.read_ended_access):
            with pytest.raises(Denied) as denied:
                await read(customer(here), partner_tenant_id=partner)
            assert denied.value.concealed
    for who in ("ba", "user"):
        with pytest.raises(Denied):
            await serving.list_serving(customer(here, who=who))
        with pytest.raises(Denied):
            await serving.list_people(customer(here, who=who))


async def test_what_was_taken_is_read_again_with_who_took_it(pair: Delegated) -> None:
    here, partner = pair.here, pair.pair[1]
    before = await serving.read_ended_access(customer(here), partner_tenant_id=partner)
    assert (before.at, before.items) == (None, ())
    here.clock.moment += timedelta(hours=1)
    foreseen = await service.preview_revocation(customer(here), partner_tenant_id=partner, most=0)
    assert (len(foreseen.ends), foreseen.more) == (3, 1)
    assert {one.layer for one in foreseen.stays} == {"resellerRelationship"}
    done = await service.revoke_access(customer(here), partner_tenant_id=partner)
    assert (done.more, len(done.stays)) == (0, 3)
    after = await serving.read_ended_access(customer(here, Language.GERMAN), partner_tenant_id=partner)
    assert (after.at, len(after.items)) == (here.clock.now(), 3)
    assert {one.by for one in after.items} == {"ga@alpenblick.example"}
    assert [one.name for one in after.items if not one.granular] == ["Delegierte Administratorrechte"]
    assert {role.name for one in after.items for role in one.roles} == {"Benutzeradministrator", "Lizenzadministrator"}
    assert len({one.correlation_id for one in after.items}) == 1
    left = await serving.read_serving(customer(here), partner_tenant_id=partner)
    assert left is not None
    assert (left.administers, left.sold) == (False, 1)


async def test_somebody_is_asked_about_by_the_name_that_the_audit_showed(pair: Delegated) -> None:
    here = pair.here
    seen = {one.name: one for one in await serving.list_people(customer(here))}
    assert {*seen} == {"sa@nordlicht.example", "sa@suedwind.example"}
    here.clock.moment += timedelta(hours=1)
    await _act(pair)
    person = (await serving.list_people(customer(here)))[0]
    assert (person.name, person.company_name) == ("sa@nordlicht.example", "Nordlicht IT GmbH")
    assert person.last_at > seen[person.name].last_at
    asked = {"customer_id": here.id("alpenblick"), "action": Action.CUSTOMER_USER_CREATE}
    by_name = await questions.explain_access(customer(here), user_id=person.name.upper(), **asked)
    by_id = await questions.explain_access(customer(here), user_id=pair.user("sa"), **asked)
    assert (by_name, by_name.allowed) == (by_id, True)
    for stranger in ("aa@wolkenwerk.example", "nobody@nordlicht.example", "ga@alpenblick.example"):
        with pytest.raises((Denied, UnknownUser)):
            await questions.explain_access(customer(here), user_id=stranger, **asked)


async def test_advice_on_one_partner_is_what_all_are_told_of_it(pair: Delegated) -> None:
    here = pair.here
    whole = await advising.advise(customer(here))
    own = await advising.advise(customer(here), partner_tenant_id=pair.pair[1])
    assert own.advice == tuple(one for one in whole.advice if one.partner.tenant_id == pair.pair[1])
    assert {grant.held.partner.tenant_id for grant in own.grants} == {pair.pair[1]}
    with pytest.raises(Denied):
        await advising.advise(customer(here), partner_tenant_id=here.id("wolkenwerk"))


async def test_a_read_is_one_trip_and_names_the_first_few(pair: Delegated) -> None:
    here, partner = pair.here, pair.pair[1]
    for _ in range(serving.FEW):
        await pair.relationship(READER)
    async with counted(here.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            asking = replace(here, runtime=replace(here.runtime, pool=pool))
            theirs = customer(asking)
            reads: tuple[Callable[[], Awaitable[object]], ...] = (
                lambda: serving.list_serving(theirs),
                lambda: serving.read_serving(theirs, partner_tenant_id=partner),
                lambda: serving.read_ended_access(theirs, partner_tenant_id=partner),
                lambda: serving.list_people(theirs),
                lambda: service.preview_revocation(theirs, partner_tenant_id=partner, most=5),
                lambda: advising.advise(theirs, partner_tenant_id=partner),
            )
            for read in reads:
                await read()
                tally.clear()
                await read()
                assert len(tally.trips) == 1, tally.trips
        finally:
            await pool.close()
    one = await serving.read_serving(customer(here), partner_tenant_id=partner)
    assert one is not None
    assert (len(one.approvals), one.approved) == (serving.FEW, serving.FEW + 2)
