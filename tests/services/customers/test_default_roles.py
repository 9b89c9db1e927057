"""The granular relationship that comes with a tenant a partner makes: where and since when, and whose it is."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from copartner.access import service as access
from copartner.command.context import Caller
from copartner.customers import service
from copartner.customers.default_roles import DURATION, MONTHS, ROLES
from copartner.customers.model import CreatedCustomer
from copartner.delegation import consent
from copartner.delegation import rules as granular
from copartner.delegation import service as delegation
from copartner.delegation.model import AdminRelationship, Key, Status
from copartner.delegation.roles import known
from copartner.kernel.calendar import add_months
from copartner.policy.facts import Cloud, Side
from services.customers.test_customers import NEW
from support.postgres import Database
from support.programme import Programme, programme

FIRST_DAY = datetime(2023, 11, 1, tzinfo=UTC)
EVE = datetime(2023, 10, 31, 23, 59, tzinfo=UTC)


async def relationships(here: Programme, made: CreatedCustomer) -> tuple[AdminRelationship, ...]:
    """The granular relationships of a new customer's maker with it."""
    asked = here.context("aa@nordlicht")
    return tuple(await delegation.list_relationships(asked, customer_tenant_ids=[made.customer.tenant_id]))


async def rows(here: Programme) -> int:
    """How many granular relationships there are at all."""
    async with here.owner() as owner:
        found: int = await owner.fetchval("SELECT count(*) FROM admin_relationship")
    return found


async def test_they_are_those_of_the_page() -> None:
    by_name = {one.name: one.id for one in known().values()}
    assert {name: by_name[name] for name in ROLES} == ROLES
    assert granular.within_limits(DURATION)
    assert granular.end_of(DURATION, FIRST_DAY) == add_months(FIRST_DAY, MONTHS)


async def test_they_come_from_their_first_day_on(here: Programme) -> None:
    for moment, domain, given in ((EVE, "a-1.example", False), (FIRST_DAY, "a-2.example", True)):
        here.clock.moment = moment
        made = await service.create_customer(here.context("sa@nordlicht"), new=replace(NEW, domain=domain))
        assert made.default_roles is given
        assert len(await relationships(here, made)) == given
    unwanted = replace(NEW, domain="a-3.example", wants_default_roles=False)
    assert not (await service.create_customer(here.context("sa@nordlicht"), new=unwanted)).default_roles
    assert await rows(here) == 1


@pytest.mark.parametrize("cloud", [Cloud.US_GOVERNMENT, Cloud.CHINA])
async def test_they_come_in_the_commercial_cloud_alone(database: Database, tmp_path: Path, cloud: Cloud) -> None:
    async with programme(database, tmp_path, cloud=cloud) as here:
        partner = here.world.tenant("licence partner")
        details = replace(
            NEW.billing, address=replace(NEW.billing.address, country=partner.address.country, state="VA")
        )
        staff = here.context(f"sa@{partner.domain.partition('.')[0]}")
        made = await service.create_customer(staff, new=replace(NEW, billing=details))
        assert (made.default_roles, await rows(here)) == (False, 0)


async def test_both_have_it_in_their_audit_nobody_acts_by_it_yet_and_the_customer_ends_it(here: Programme) -> None:
    made = await service.create_customer(here.context("sa@nordlicht"), new=NEW)
    customer = made.customer.tenant_id
    (given,) = await relationships(here, made)
    assert (given.status, given.roles) == (Status.ACTIVE, tuple(ROLES.values()))
    assert given.ends_at == add_months(here.clock.now(), MONTHS)
    async with here.owner() as owner:
        told = await owner.fetch(
            """SELECT tenant_id, operation_type FROM audit_record WHERE resource_type = 'AdminRelationship'
            AND resource_id = $1""",
            str(given.id),
        )
        admin: UUID = await owner.fetchval("SELECT id FROM user_account WHERE tenant_id = $1", customer)
    assert {row["tenant_id"] for row in told} == {here.id("nordlicht"), customer}
    assert {row["operation_type"] for row in told} == {"customer.create"}
    chief = here.bearing(Caller(Side.CUSTOMER, customer, admin, False, True))
    seen = await access.list_access(chief)
    assert seen.grants == (), "nobody has any of it before a group is assigned"
    key = Key(here.id("nordlicht"), given.id)
    await consent.end_relationship(chief, key=key)
    assert (await relationships(here, made))[0].status is not Status.ACTIVE


async def test_a_repeated_request_makes_one(here: Programme) -> None:
    for _ in range(2):
        await service.create_customer(here.context("sa@nordlicht", request_id="r-1"), new=NEW)
    assert await rows(here) == 1
