"""Telling a hundred thousand tenants: a few statements of the database, and nobody of them in this process."""

import tracemalloc
from dataclasses import replace

import pytest

from copartner.announcements import service
from copartner.kernel.database import Pool
from support.announcing import EVERYBODY, desk, drafted, readers
from support.programme import Programme
from support.tally import counted

TENANTS = 100_000
_TENANTS = """INSERT INTO tenant (id, organisation_id, kind, cloud, company_name, domain, country, language, created_at)
    SELECT md5('t' || n)::uuid, o.id, 'customer', 'commercial', 'crowd', 'crowd-' || n || '.example', 'DE', 'de', $1
    FROM generate_series(1, $2::integer) AS n, (SELECT id FROM organisation LIMIT 1) AS o"""
_USERS = """INSERT INTO user_account (tenant_id, id, user_principal_name, display_name, password_hash)
    SELECT md5('t' || n)::uuid, md5('u' || n)::uuid, 'ga@crowd-' || n || '.example', 'crowd', 'x'
    FROM generate_series(1, $1::integer) AS n"""
_ACTORS = """INSERT INTO actor (tenant_id, subject_id, app_only, sides, roles)
    SELECT md5('t' || n)::uuid, md5('u' || n)::uuid, false, '{customer}', '{Global admin,User}'
    FROM generate_series(1, $1::integer) AS n"""
_ADDRESSES = """INSERT INTO event_address (tenant_id, id, url, registered_at)
    SELECT md5('t' || n)::uuid, md5('t' || n)::uuid, 'https://crowd.example', $1
    FROM generate_series(1, $2::integer) AS n"""


@pytest.mark.verify
@pytest.mark.timeout(600)
async def test_a_hundred_thousand_tenants_pass_through_no_process(here: Programme) -> None:
    now = here.clock.now()
    async with here.owner() as owner, owner.transaction():
        # What triggers would keep user by user is written at once.
        await owner.execute("ALTER TABLE user_account DISABLE TRIGGER actors")
        await owner.execute(_TENANTS, now, TENANTS)
        await owner.execute(_USERS, TENANTS)
        await owner.execute(_ACTORS, TENANTS)
        await owner.execute(_ADDRESSES, now, TENANTS)
        await owner.execute("ALTER TABLE user_account ENABLE TRIGGER actors")
    every = {"audience": EVERYBODY}
    small, large = await drafted(here, **every, markets=("FR",)), await drafted(here, **every)
    async with counted(here.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        watched = replace(here, runtime=replace(here.runtime, pool=pool))
        try:
            await service.publish_announcement(desk(watched), announcement_id=small.id)
            async with here.owner() as owner:
                before = await owner.fetchval("SELECT count(*) FROM mail_outbox")
            tally.clear()
            tracemalloc.start()
            await service.publish_announcement(desk(watched), announcement_id=large.id)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            await pool.close()
    assert peak < 4 * 1024 * 1024
    assert len(tally.trips) < 12, tally.trips
    async with here.owner() as owner:
        letters = await owner.fetchval("SELECT count(*) FROM mail_outbox")
        events = await owner.fetchval("SELECT count(*) FROM event_outbox")
    assert letters - before == len(await readers(here, "partner", "customer", "operator"))
    assert letters > TENANTS
    assert events == TENANTS
