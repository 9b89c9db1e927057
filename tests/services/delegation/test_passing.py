"""What time does to granular relationships: in order, once, dated when it was due, and the same however late."""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest

from copartner import worker
from copartner.delegation import assigning, consent, rules, service
from copartner.delegation.model import AutoExtend, Status
from copartner.kernel.database import Pool
from copartner.kernel.functions import named
from copartner.policy.facts import Side
from support.passing import approved_by, asked_of, audited, let_pass, stored
from support.programme import PRESENT, Programme

DAY = timedelta(days=1)
STEPS = ["provision", "provision"]


async def test_the_systems_steps_follow_an_approval_at_once_and_are_told_of_one_by_one(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "alpenblick", "Hilfe")
    row = await stored(here, made.key)
    assert (row["status"], row["activated_at"], row["ends_at"]) == ("active", PRESENT, made.ends_at)
    assert (row["version"], row["modified_at"]) == (made.version, made.modified_at)
    for tenant in ("nordlicht", "alpenblick"):
        assert await audited(here, made, tenant) == [(PRESENT, step) for step in STEPS]
    await service.terminate_relationship(here.context("aa@nordlicht"), key=made.key)
    ended = await service.read_relationship(here.context("aa@nordlicht"), key=made.key)
    row = await stored(here, made.key)
    assert (ended.status, row["status"], row["version"]) == (Status.TERMINATED, "terminated", ended.version)
    assert [step for _, step in await audited(here, made)] == [*STEPS, "deprovision", "deprovision"]


async def test_the_customers_role_activates_nothing_by_itself(here: Programme) -> None:
    made = await asked_of(here, "nordlicht", "alpenblick", "Hilfe")
    customer = here.context("ga@alpenblick", Side.CUSTOMER)
    answers = await asyncio.gather(
        *(consent.approve_relationship(customer, key=made.key) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in answers) == ["AdminRelationship", "IllegalStep", "IllegalStep"]
    assert [step for _, step in await audited(here, made)] == STEPS


async def test_a_relationship_of_two_years_goes_on_for_ten(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "alpenblick", "Dauerhaft", "P2Y", extend=True)
    assert made.ends_at == datetime(2028, 11, 22, 9, tzinfo=UTC)
    extended: list[datetime] = []
    end, now, version = made.ends_at, PRESENT, made.version
    while now < PRESENT + 3653 * DAY:
        now += 97 * DAY
        passed = await let_pass(here, now)
        while end <= now:
            extended.append(end)
            end, version = end + rules.EXTENSION, version + 1
            assert [(one.at, one.operation) for one in passed[:1]] == [(extended[-1], "admin_relationship.extend")]
            passed = passed[1:]
        assert passed == []
        row = await stored(here, made.key)
        assert (row["status"], row["ends_at"], row["version"]) == ("active", end, version)
        assert row["modified_at"] == (extended[-1] if extended else PRESENT)
        seen = await service.read_relationship(here.context("aa@nordlicht"), key=made.key)
        assert (seen.status, seen.ends_at, seen.version) == (Status.ACTIVE, end, version)
    assert len(extended) == 17
    assert all(later - earlier == rules.EXTENSION for earlier, later in pairwise(extended))
    expected = [*((PRESENT, step) for step in STEPS), *((at, "extend") for at in extended)]
    for tenant in ("nordlicht", "alpenblick"):
        assert await audited(here, made, tenant) == expected
    async with here.owner() as owner:
        values = await owner.fetch(
            """SELECT old_value ->> 'ends_at' AS before, new_value ->> 'ends_at' AS after FROM audit_record
            WHERE tenant_id = $1 AND operation_type = 'admin_relationship.extend' ORDER BY at""",
            here.id("alpenblick"),
        )
        assert await owner.fetchval("SELECT count(*) FROM mail_outbox") == 0
    told = [tuple(datetime.fromisoformat(row[name]) for name in ("before", "after")) for row in values]
    assert told == [(at, at + rules.EXTENSION) for at in extended]


async def test_turned_off_it_ends_at_the_next_end(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "alpenblick", "Hilfe", "P1D", extend=True)
    assert made.ends_at is not None
    await let_pass(here, made.ends_at + DAY)
    async with here.owner() as owner:
        await owner.execute("UPDATE admin_relationship SET auto_extend = 'PT0S'")
    end = made.ends_at + rules.EXTENSION
    passed = await let_pass(here, end + DAY)
    steps = [(one.at, one.operation.partition(".")[2]) for one in passed]
    assert steps == [
        *((end - days * DAY, "notify") for days in (30, 7, 1)), (end, "end"), (end, "end"),
    ]  # fmt: skip
    assert (await stored(here, made.key))["status"] == "expired"


async def test_a_late_worker_makes_no_difference_to_readers_and_to_what_is_written(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "alpenblick", "Hilfe", "P30D")
    waiting = await asked_of(here, "nordlicht", "alpenblick", "Frage")
    assert made.ends_at is not None
    here.clock.moment = late = PRESENT + 200 * DAY
    admin = here.context("aa@nordlicht")
    before = {one.id: one for one in await service.list_relationships(admin)}
    assert {one.status for one in before.values()} == {Status.EXPIRED}
    for status in Status:
        listed = await service.list_relationships(admin, statuses=[status], count=True)
        assert listed.total == len(listed) == (2 if status is Status.EXPIRED else 0)
    with pytest.raises(rules.IllegalStep):
        await consent.approve_relationship(here.context("ga@alpenblick", Side.CUSTOMER), key=waiting.key)
    # Who tried to change it let pass what was due for it; the worker does the rest.
    assert [step for _, step in await audited(here, waiting)] == ["lapse"]
    assert {one.resource_id for one in await let_pass(here, late)} == {made.id}
    after = {one.id: one for one in await service.list_relationships(admin)}
    assert after == before
    assert (await audited(here, made))[-2:] == [(made.ends_at, "end")] * 2
    assert await audited(here, waiting) == [(PRESENT + rules.WAITS, "lapse")]


async def test_with_a_relationship_that_time_ends_go_its_assignments(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "alpenblick", "Hilfe", "P30D")
    group = here.tenant("nordlicht").groups[0].id
    given = await assigning.create_assignment(
        here.context("aa@nordlicht"), key=made.key, group_id=group, roles=made.roles[:1]
    )
    await let_pass(here, PRESENT + 60 * DAY)
    async with here.owner() as owner:
        row = await owner.fetchrow("SELECT status, deleted_at FROM access_assignment WHERE id = $1", given.id)
        role = await owner.fetchrow("SELECT given_at, taken_at FROM access_assignment_role")
    assert tuple(row) == ("deleted", made.ends_at)
    assert tuple(role) == (PRESENT, made.ends_at)
    for tenant in ("nordlicht", "alpenblick"):
        assert await audited(here, given, tenant) == [(made.ends_at, "end")]


async def test_a_change_comes_after_what_was_due_before_it(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "alpenblick", "Hilfe", "P1Y", extend=True)
    assert made.ends_at is not None
    here.clock.moment = later = made.ends_at + 200 * DAY
    ended = await consent.end_relationship(here.context("ga@alpenblick", Side.CUSTOMER), key=made.key)
    assert (ended.status, ended.modified_at) == (Status.TERMINATED, later)
    assert (await stored(here, made.key))["ends_at"] == made.ends_at + 2 * rules.EXTENSION == ended.ends_at
    assert (await audited(here, made))[2:] == [
        (made.ends_at, "extend"), (made.ends_at + rules.EXTENSION, "extend"),
        (later, "deprovision"), (later, "deprovision"),
    ]  # fmt: skip


async def test_the_database_and_the_rules_know_the_same_states(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "alpenblick", "Hilfe")
    began = datetime(2028, 1, 31, 9, tzinfo=UTC)
    compared = 0
    async with here.owner() as owner:
        for status, extend, duration in product(Status, AutoExtend, ("P1D", "P1M", "P1Y1M3D")):
            ends = rules.end_of(duration, began) if status in (Status.ACTIVE, Status.EXPIRING, Status.EXPIRED) else None
            kept = replace(
                made, status=status, auto_extend=extend, duration=duration, asked_at=began, modified_at=began,
                activated_at=ends and began, ends_at=ends, ended_at=began if status in OVER else None,
            )  # fmt: skip
            await owner.execute(
                """UPDATE admin_relationship SET status = $1, auto_extend = $2, duration = $3, asked_at = $4,
                    modified_at = $4, activated_at = $5, ends_at = $6, ended_at = $7""",
                status, extend, duration, began, kept.activated_at, ends, kept.ended_at,
            )  # fmt: skip
            end = rules.end_of(duration, began)
            for base, tick in product((began, began + rules.WAITS, end, end + rules.EXTENSION), (-1, 0, 1)):
                now = base + tick * timedelta(microseconds=1)
                said = await owner.fetchrow(_SAID, now)
                seen = rules.passed(kept, now=now)
                assert (*said, status, extend, now) == (seen.status, seen.ended_at, status, extend, now)
                compared += 1
    assert compared == 10 * 3 * 3 * 12


async def test_twice_is_once(here: Programme) -> None:
    made = await approved_by(here, "nordlicht", "alpenblick", "Hilfe", "P10D")
    first = await let_pass(here, PRESENT + 11 * DAY)
    assert [one.operation.partition(".")[2] for one in first] == ["notify", "notify", "end", "end"]
    kept = await stored(here, made.key)
    assert await let_pass(here, PRESENT + 11 * DAY) == []
    assert await let_pass(here, PRESENT + 12 * DAY) == []
    assert await stored(here, made.key) == kept


async def test_several_workers_at_once_do_each_thing_once_and_in_order(here: Programme) -> None:
    keys = [
        (await approved_by(here, partner, "alpenblick", f"{partner} {days}", f"P{days}D")).key
        for days in (3, 5, 9) for partner in ("nordlicht", "suedwind")
    ]  # fmt: skip
    until = here.clock.moment = PRESENT + 20 * DAY
    pools = [Pool(here.database.login_url, 1) for _ in range(3)]
    try:
        shares = await asyncio.gather(
            *(worker.everything_due(replace(here.runtime, pool=pool), until=until) for pool in pools)
        )
    finally:
        for pool in pools:
            await pool.close()
    done = [one for share in shares for one in share]
    expected = len(keys) * 3 + 2  # a notice of one day and two steps each; nine days have one of seven, too
    assert len(done) == expected
    async with here.owner() as owner:
        rows = await owner.fetch(
            "SELECT at FROM audit_record WHERE tenant_id = $1 AND actor_tenant_id IS NULL AND at > $2 ORDER BY id",
            here.id("alpenblick"), PRESENT,
        )  # fmt: skip
        statuses = {row["status"] for row in await owner.fetch("SELECT status FROM admin_relationship")}
    assert [row["at"] for row in rows] == sorted(one.at for one in done), "a later thing overtook an earlier one"
    assert statuses == {"expired"}


async def test_a_worker_killed_half_way_is_caught_up_with(here: Programme) -> None:
    for number in range(40):
        await approved_by(here, "nordlicht", "alpenblick", f"Hilfe {number}", f"P{number + 1}D")
    until = PRESENT + 60 * DAY
    script = _KILLED.format(url=here.database.login_url, until=until.isoformat())
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(30):
        assert await process.stdout.readline()
    process.kill()
    await process.wait()
    async with here.owner() as owner:
        before = await owner.fetchval(_DONE, here.id("nordlicht"), PRESENT)
    rest = await let_pass(here, until)
    async with here.owner() as owner:
        done = await owner.fetch(_ALL, here.id("nordlicht"), PRESENT)
        letters = await owner.fetchval("SELECT count(*) FROM mail_outbox")
    assert 30 <= before < len(done), "the process was killed too late to show anything"
    assert len(rest) == len(done) - before
    # Two steps each, and the notices that lie within the relationship: of 30 days for 11, of 7 for 34, of 1 for all 40.
    assert [row["times"] for row in done if row["what"].endswith(".end")] == [1] * 80
    notices = [row for row in done if row["what"].endswith(".notify")]
    assert len(notices) == 11 + 34 + 40
    # To an Admin agent and a Global admin: each notice, and that it ended.
    assert letters == 2 * (len(notices) + 40)


OVER = {
    Status.EXPIRING, Status.EXPIRED, Status.TERMINATION_REQUESTED, Status.TERMINATING, Status.TERMINATED,
}  # fmt: skip
_SAID = f"""SELECT {named("fn_admin_relationship_status")}(r, $1), {named("fn_admin_relationship_ended")}(r, $1)
    FROM admin_relationship r"""
_DONE = """SELECT count(*) FROM audit_record WHERE tenant_id = $1 AND actor_tenant_id IS NULL
    AND (at > $2 OR operation_type LIKE '%.notify')"""
_ALL = """SELECT resource_id, operation_type AS what, at, old_value, new_value, count(*) AS times FROM audit_record
    WHERE tenant_id = $1 AND actor_tenant_id IS NULL AND (at > $2 OR operation_type LIKE '%.notify')
    GROUP BY resource_id, operation_type, at, old_value, new_value"""
_KILLED = """
import asyncio
from datetime import datetime
from copartner import worker
from copartner.command.passing import pass_time
from copartner.kernel.clock import SystemClock
from copartner.kernel.database import Pool
from copartner.kernel.functions import named
from copartner.kernel.ids import Ids
from copartner.policy.facts import Cloud

async def main():
    system = worker.Worker(Pool({url!r}, 1), Ids(SystemClock()), Cloud.COMMERCIAL, "http://127.0.0.1")
    while True:
        await pass_time(system, worker.PASSINGS, until=datetime.fromisoformat({until!r}), most=1)
        print("one", flush=True)

asyncio.run(main())
"""
