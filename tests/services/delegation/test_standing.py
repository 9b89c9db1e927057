"""One relationship in one look: what belongs to it, what may be done now, and why not the rest."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from copartner.command.denial import Denied
from copartner.delegation import assigning, consent, service, showing, tiers
from copartner.delegation.below import AssignmentStatus, RequestAction
from copartner.delegation.model import AdminRelationship, Asked, AutoExtend, Status
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, known
from copartner.delegation.rules import UnknownAdminRelationship
from copartner.delegation.showing import Act, Standing
from copartner.kernel.database import Pool
from copartner.kernel.languages import Language
from copartner.policy.facts import Side
from copartner.tenants.service import groups
from support.programme import Programme
from support.tally import Tally, counted

ROLES = tuple(known())[-2:]
AA = "aa@nordlicht"


async def drafted(here: Programme, **more: Any) -> AdminRelationship:
    """A draft of nordlicht for alpenblick."""
    wanted = {"display_name": "Betrieb", "duration": "P1Y", "roles": ROLES}
    asked = Asked(**{**wanted, "customer_tenant_id": here.id("alpenblick"), **more})
    return await service.create_relationship(here.context(AA), asked=asked)


async def active(here: Programme, **more: Any) -> AdminRelationship:
    """The same, approved."""
    made = await drafted(here, **more)
    await service.ask_for_approval(here.context(AA), key=made.key)
    await consent.approve_relationship(here.context("ga@alpenblick", Side.CUSTOMER), key=made.key)
    return await service.read_relationship(here.context(AA), key=made.key)


async def seen(here: Programme, made: AdminRelationship, name: str = AA, **more: Any) -> Standing:
    return await showing.read_standing(here.context(name), key=made.key, **more)


def can(found: Standing) -> set[Act]:
    return {act for act, one in found.possible.items() if one.allowed}


async def test_what_may_be_done_follows_the_state(here: Programme) -> None:
    made = await drafted(here)
    assert can(await seen(here, made)) == {Act.CHANGE, Act.DELETE, Act.ASK}
    await service.ask_for_approval(here.context(AA), key=made.key)
    waiting = await seen(here, made)
    assert can(waiting) == set()
    assert [one.action for one in waiting.requests] == [RequestAction.LOCK_FOR_APPROVAL]
    await consent.approve_relationship(here.context("ga@alpenblick", Side.CUSTOMER), key=made.key)
    assert can(await seen(here, made)) == {Act.ASSIGN, Act.EXTEND, Act.END}
    await service.terminate_relationship(here.context(AA), key=made.key)
    over = await seen(here, made)
    assert can(over) == set()
    assert over.relationship.status is Status.TERMINATED
    assert {one.obstacle for one in over.possible.values() if one.act is not Act.ASSIGN} == {None}


async def test_with_global_administrator_it_is_narrowed_and_never_extended(here: Programme) -> None:
    made = await active(here, roles=(GLOBAL_ADMINISTRATOR, *ROLES))
    found = await seen(here, made)
    assert can(found) == {Act.ASSIGN, Act.NARROW, Act.END}
    extend = found.possible[Act.EXTEND].obstacle
    assert extend is not None
    assert "no role Global Administrator" in extend.summary


async def test_why_not_is_said_in_the_readers_language_and_recorded_nowhere(here: Programme) -> None:
    made = await active(here)
    ctx = replace(here.context("um@nordlicht"), language=Language.GERMAN)
    found = await showing.read_standing(ctx, key=made.key)
    assert can(found) == {Act.ASSIGN}
    end = found.possible[Act.END].obstacle
    assert end is not None
    assert "Administrator-Agent" in " ".join((end.summary, *end.steps))
    async with here.owner() as owner:
        assert await owner.fetchval("SELECT count(*) FROM decision_record") == 0


async def test_groups_are_named_and_narrowed(here: Programme) -> None:
    made, ga = await active(here), here.context("ga@nordlicht")
    first, second = [await groups.create_group(ga, name=name) for name in ("Support Nord", "Support Süd")]
    await assigning.create_assignment(here.context(AA), key=made.key, group_id=first.id, roles=ROLES[:1])
    found = await seen(here, made, groups_begin="support s")
    assert [one.name for one in found.groups] == ["Support Süd"]
    assert found.names == {first.id: "Support Nord"}
    assert [(one.group_id, one.status) for one in found.held] == [(first.id, AssignmentStatus.ACTIVE)]
    assert {"AdminAgents", "Support Nord"} < {one.name for one in (await seen(here, made)).groups}
    await assigning.delete_assignment(here.context(AA), key=made.key, assignment_id=found.held[0].id)
    after = await seen(here, made)
    assert (after.held, [one.id for one in after.over]) == ((), [found.held[0].id])
    assert second.id in {one.id for one in after.groups}


async def test_the_customer_is_named_where_the_two_work_together(here: Programme) -> None:
    made = await drafted(here)
    assert (await seen(here, made)).customer is None
    await here.relate("nordlicht", "alpenblick")
    customer = (await seen(here, made)).customer
    assert customer is not None
    assert (customer.name, customer.language) == ("Alpenblick Logistik GmbH", "de")
    partner = (await seen(here, made)).partner
    assert partner is not None
    assert partner.company_name == "Nordlicht IT GmbH"


async def test_others_see_nothing(here: Programme) -> None:
    made = await drafted(here)
    with pytest.raises(Denied) as foreign:
        await seen(here, made, "aa@suedwind")
    assert foreign.value.concealed
    with pytest.raises(Denied):
        await seen(here, replace(made, id=uuid4()))
    with pytest.raises(Denied):
        await seen(here, made, "sa@nordlicht")
    await service.ask_for_approval(here.context(AA), key=made.key)
    here.clock.moment += timedelta(days=90 + 365)
    with pytest.raises(UnknownAdminRelationship):
        await seen(here, made)


async def test_a_reseller_is_asked_first(here: Programme) -> None:
    await provided(here)
    asked = Asked(display_name="Indirekt", duration="P1Y", roles=ROLES, customer_tenant_id=here.id("alpenblick"))
    made = await tiers.provide_relationship(
        here.context("aa@wolkenwerk"), reseller_tenant_id=here.id("nordlicht"), asked=asked
    )
    found = await seen(here, made)
    assert can(found) == {Act.CONSENT}
    assert found.provider is not None
    assert found.provider.company_name == "Wolkenwerk GmbH"
    await tiers.consent_to_relationship(here.context(AA), key=made.key, approves=True)
    assert can(await seen(here, made)) == set()


async def provided(here: Programme) -> None:
    """Nordlicht resells for wolkenwerk."""
    async with here.owner() as owner:
        await owner.execute(
            """INSERT INTO partner_relationship (provider_tenant_id, reseller_tenant_id, id, state, formed_at)
            VALUES ($1, $2, $3, 'active', $4)""",
            *(here.id("wolkenwerk"), here.id("nordlicht"), here.runtime.ids.new(), here.clock.now()),
        )


async def test_whom_a_partner_could_ask(here: Programme) -> None:
    await provided(here)
    await here.relate("wolkenwerk", "alpenblick")
    found = await showing.read_asking(here.context("aa@wolkenwerk"), customer_id=here.id("alpenblick"))
    assert found.customer is not None
    assert found.customer.name == "Alpenblick Logistik GmbH"
    assert [one.company_name for one in found.resellers] == ["Nordlicht IT GmbH"]
    assert found.extension is None
    other = await showing.read_asking(here.context(AA), customer_id=here.id("alpenblick"))
    assert (other.customer, other.resellers) == (None, ())
    for name in ("sa@nordlicht", "um@nordlicht"):
        with pytest.raises(Denied):
            await showing.read_asking(here.context(name), customer_id=None)


@pytest.fixture
async def watched(here: Programme) -> AsyncIterator[tuple[Programme, Tally]]:
    """The same system with one connection whose trips are counted."""
    async with counted(here.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            yield replace(here, runtime=replace(here.runtime, pool=pool)), tally
        finally:
            await pool.close()


async def test_each_look_is_one_trip(watched: tuple[Programme, Tally]) -> None:
    here, tally = watched
    made = await active(here, auto_extend=AutoExtend.HALF_A_YEAR)
    customer: UUID = here.id("alpenblick")
    for look in (
        lambda: seen(here, made),
        lambda: showing.read_asking(here.context(AA), customer_id=customer),
    ):
        await look()
        tally.clear()
        await look()
        assert len(tally.trips) == 1
