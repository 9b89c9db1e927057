"""A customer takes all access from one partner at once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from copartner.access import advising, service
from copartner.access.model import Bond, Layer, Revocation
from copartner.command.denial import Denied
from copartner.kernel.languages import Language
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.policy.facts import Side
from support.delegated import LICENCES, USERS, Delegated
from support.programme import Programme


@pytest.fixture
async def pair(here: Programme) -> AsyncIterator[Delegated]:
    """A partner that has everything at a customer, and a second one with an approval of its own."""
    for partner in ("nordlicht", "suedwind"):
        await here.relate(partner, "alpenblick")
    async with here.owner() as owner:
        for partner in ("suedwind", "nordlicht"):
            made = Delegated(here, owner, partner, "alpenblick")
            await made.privileges()
            group = await made.group("support", made.user("sa"))
            for role in (USERS, LICENCES):
                await made.assign(await made.relationship(role), group, role)
        await made.relationship(USERS, status="approvalPending", activated_at=None, ends_at=None)
        await made.relationship(USERS, status="terminated")
        await made.relationship(USERS, status="created", activated_at=None, ends_at=None)
        yield made


def _customer(pair: Delegated, request_id: str | None = None) -> Any:
    return pair.here.context("ga@alpenblick", Side.CUSTOMER, request_id=request_id)


def _layers(bonds: tuple[Bond, ...]) -> list[str]:
    return sorted(one.layer for one in bonds)


async def _buy(pair: Delegated, title: str, **more: Any) -> UUID:
    wish = Wish(catalog_item_id=await pair.here.item(title), quantity=1, **more)
    placed = await orders.place_order(pair.here.context("sa@nordlicht"), customer_id=pair.pair[0], wishes=[wish])
    return placed[0].lines[0].subscription_id


async def test_one_act_ends_every_layer_and_says_what_stays(pair: Delegated) -> None:
    azure = await _buy(pair, "Azure plan")
    licences = await _buy(pair, "Office 365 Enterprise", term="P1Y", billing_cycle="monthly")
    customer, partner = _customer(pair), pair.pair[1]
    foreseen = await service.preview_revocation(customer, partner_tenant_id=partner)
    before = await service.list_access(customer)
    done = await service.revoke_access(customer, partner_tenant_id=partner)
    assert done == foreseen
    assert _layers(done.ends) == [Layer.PRIVILEGES, Layer.GRANULAR, Layer.GRANULAR]
    stays = {(one.layer, one.id) for one in done.stays}
    assert {(Layer.SUBSCRIPTION, azure), (Layer.OWNER, azure), (Layer.SUBSCRIPTION, licences)} <= stays
    assert _layers(done.stays) == [
        *(Layer.OWNER, Layer.REQUEST, Layer.RESELLER, Layer.SUBSCRIPTION, Layer.SUBSCRIPTION),
    ]
    after = await service.list_access(customer)
    kept = {one.held.way for one in after.grants}
    assert {one.held.kind for one in after.grants if one.held.partner.tenant_id == partner} == {"owner"}
    # Nothing of the other partner's was touched.
    others = {one.held.way for one in before.grants if one.held.partner.tenant_id != partner}
    assert others == {way for way in kept if way[0] != partner}
    assert len(others) == 4


async def test_both_read_of_it_and_it_is_one_change(pair: Delegated) -> None:
    await service.revoke_access(_customer(pair), partner_tenant_id=pair.pair[1])
    for tenant in pair.pair:
        rows = await pair.db.fetch(
            """SELECT resource_type, correlation_id FROM audit_record
            WHERE tenant_id = $1 AND operation_type = 'access.revoke'""",
            tenant,
        )
        assert sorted(row["resource_type"] for row in rows) == [
            "AccessAssignment",
            "AccessAssignment",
            "AdminRelationship",
            "AdminRelationship",
            "Relationship",
        ]
        assert len({row["correlation_id"] for row in rows}) == 1
    assert (
        await pair.db.fetchval("SELECT count(*) FROM audit_record WHERE tenant_id = $1", pair.here.id("suedwind")) == 0
    )


async def test_again_there_is_nothing_left_to_take(pair: Delegated) -> None:
    partner = pair.pair[1]
    first = await service.revoke_access(_customer(pair, "r1"), partner_tenant_id=partner)
    assert await service.revoke_access(_customer(pair, "r1"), partner_tenant_id=partner) == first
    again = await service.revoke_access(_customer(pair, "r2"), partner_tenant_id=partner)
    assert (again.ends, again.stays) == ((), first.stays)
    count = """SELECT count(*) FROM audit_record WHERE tenant_id = $1 AND operation_type = 'access.revoke'
        AND resource_type <> 'AccessAssignment'"""
    assert await pair.db.fetchval(count, partner) == len(first.ends)


async def test_several_at_once_take_it_once(pair: Delegated) -> None:
    partner = pair.pair[1]
    done = await asyncio.gather(*(service.revoke_access(_customer(pair), partner_tenant_id=partner) for _ in range(4)))
    assert sorted(len(one.ends) for one in done) == [0, 0, 0, 3]


async def test_all_of_it_or_nothing(pair: Delegated) -> None:
    await pair.db.execute(
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE OF privileges ON reseller_relationship
            FOR EACH ROW EXECUTE FUNCTION refuse()"""
    )
    before = await service.list_access(_customer(pair))
    with pytest.raises(Exception, match="no"):
        await service.revoke_access(_customer(pair), partner_tenant_id=pair.pair[1])
    assert (await service.list_access(_customer(pair))).grants == before.grants


async def test_whoever_may_not_and_whom_it_is_not_about(pair: Delegated) -> None:
    here, partner = pair.here, pair.pair[1]
    attempts: list[tuple[Any, UUID, tuple[str, ...]]] = [
        (here.context("ba@alpenblick", Side.CUSTOMER), partner, ("access-revoker",)),
        (here.context("ga@lavande", Side.CUSTOMER), partner, ("access-revoked",)),
        (_customer(pair), here.runtime.ids.new(), ("access-revoked",)),
    ]
    for ctx, about, rules in attempts:
        for deed in (service.preview_revocation, service.revoke_access):
            with pytest.raises(Denied) as denied:
                await deed(ctx, partner_tenant_id=about)
            assert denied.value.rules == rules
            assert denied.value.concealed == (rules == ("access-revoked",))
    assert isinstance(await service.preview_revocation(_customer(pair), partner_tenant_id=partner), Revocation)


async def test_what_ends_and_stays_is_told_in_the_language_asked_for(pair: Delegated) -> None:
    await _buy(pair, "Azure plan")
    customer, partner = replace(_customer(pair), language=Language.GERMAN), pair.pair[1]
    told = await service.preview_revocation(customer, partner_tenant_id=partner)
    assert {
        one.layer: one.name for one in told.ends + told.stays if one.layer in (Layer.PRIVILEGES, Layer.RESELLER)
    } == {
        Layer.PRIVILEGES: "Delegierte Administratorrechte",
        Layer.RESELLER: "Vertriebspartnerschaft",
    }
    why = {one.layer: one.why for one in told.ends + told.stays}
    assert "Seine Rollen in Ihrem Mandanten enden sofort" in why[Layer.GRANULAR]
    assert "aktiv und nach Verbrauch bezahlt" in why[Layer.SUBSCRIPTION]
    assert "ist sein Besitzer" in why[Layer.OWNER]
    names = {grant.role.name for grant in (await service.list_access(customer)).grants}
    assert {"Benutzeradministrator", "Globaler Administrator", "Besitzer"} <= names
    advice = (await advising.advise(customer)).advice
    assert {one.why for one in advice} == {
        "Nichts von dem, was sie erlaubt, wurde in den letzten 90 Tagen getan: Entziehen Sie sie."
    }
