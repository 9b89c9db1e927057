"""Whole-tenant privileges that nobody uses: removed after ninety days, where and from when the rule has it so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copartner import worker
from copartner.policy.facts import Cloud
from copartner.policy.obligations import obligations
from copartner.relationships import passing_store
from support.passing import approved_by, let_pass
from support.programme import PRESENT, Programme

DAY = timedelta(days=1)


async def give(here: Programme, partner: str, formed_at: datetime, used_at: datetime | None = None) -> None:
    """A relationship with privileges, and when they were last used."""
    await here.relate(partner, "alpenblick")
    async with here.owner() as owner:
        await owner.execute(
            """UPDATE reseller_relationship SET privileges = true, formed_at = $1, privileges_used_at = $2
            WHERE partner_tenant_id = $3 AND customer_tenant_id = $4""",
            formed_at, used_at, here.id(partner), here.id("alpenblick"),
        )  # fmt: skip


async def having(here: Programme) -> set[str]:
    """The partners with privileges."""
    async with here.owner() as owner:
        rows = await owner.fetch("SELECT partner_tenant_id AS id FROM reseller_relationship WHERE privileges")
    return {name for name in ("nordlicht", "suedwind", "wolkenwerk") if here.id(name) in {row["id"] for row in rows}}


async def test_they_go_ninety_days_after_their_last_use_or_their_coming(here: Programme) -> None:
    await give(here, "nordlicht", PRESENT - 10 * DAY)
    await give(here, "suedwind", PRESENT - 400 * DAY, PRESENT - 20 * DAY)
    await give(here, "wolkenwerk", PRESENT)
    passed = await let_pass(here, PRESENT + 80 * DAY)
    assert [(one.at, one.operation.partition(".")[2]) for one in passed] == [
        (PRESENT + 70 * DAY, "remove_idle_privileges"), (PRESENT + 80 * DAY, "remove_idle_privileges"),
    ]  # fmt: skip
    assert await having(here) == {"wolkenwerk"}
    async with here.owner() as owner:
        told = await owner.fetch(
            """SELECT tenant_id, at, actor_tenant_id, old_value ->> 'privileges' AS old,
                new_value ->> 'privileges' AS new
            FROM audit_record WHERE operation_type = 'reseller_relationship.remove_idle_privileges' ORDER BY at"""
        )
        states = await owner.fetch("SELECT DISTINCT state FROM reseller_relationship")
    assert [(row["tenant_id"], row["at"]) for row in told if row["tenant_id"] != here.id("alpenblick")] == [
        (here.id("suedwind"), PRESENT + 70 * DAY), (here.id("nordlicht"), PRESENT + 80 * DAY),
    ]  # fmt: skip
    assert {(row["actor_tenant_id"], row["old"], row["new"]) for row in told} == {(None, "true", "false")}
    assert len(told) == 4
    assert [row["state"] for row in states] == ["active"], "the relationship itself stays"


async def test_use_keeps_them_and_is_written_once_a_day(here: Programme) -> None:
    await give(here, "nordlicht", PRESENT - 89 * DAY)

    async def use(at: datetime) -> datetime:
        async with here.runtime.pool.acquire() as db, db.transaction():
            await db.execute("SELECT act_as('partner', $1)", here.id("nordlicht"))
            await passing_store.mark_privileges_used(db, here.id("nordlicht"), here.id("alpenblick"), now=at)
        async with here.owner() as owner:
            found: datetime = await owner.fetchval(
                "SELECT privileges_used_at FROM reseller_relationship WHERE partner_tenant_id = $1 AND privileges",
                here.id("nordlicht"),
            )
        return found

    assert await use(PRESENT) == PRESENT
    assert await use(PRESENT + timedelta(hours=23)) == PRESENT
    assert await use(PRESENT + 2 * DAY) == PRESENT + 2 * DAY
    assert await use(PRESENT) == PRESENT + 2 * DAY
    await let_pass(here, PRESENT + 92 * DAY - timedelta(seconds=1))
    assert await having(here) == {"nordlicht"}
    await let_pass(here, PRESENT + 92 * DAY)
    assert await having(here) == set()


async def test_before_the_rule_begins_they_stay_and_then_go_at_its_first_moment(here: Programme) -> None:
    await give(here, "nordlicht", datetime(2020, 11, 29, tzinfo=UTC))
    assert await let_pass(here, datetime(2022, 12, 31, 23, 59, tzinfo=UTC)) == []
    passed = await let_pass(here, datetime(2023, 5, 1, tzinfo=UTC))
    assert [one.at for one in passed] == [datetime(2023, 1, 1, tzinfo=UTC)]


@pytest.mark.parametrize("cloud", [Cloud.US_GOVERNMENT, Cloud.CHINA])
async def test_in_other_clouds_they_stay(here: Programme, cloud: Cloud) -> None:
    await give(here, "nordlicht", PRESENT - 400 * DAY)
    elsewhere = replace(here.runtime, cloud=cloud)
    assert await worker.everything_due(elsewhere, until=PRESENT + 900 * DAY) == []
    assert await having(here) == {"nordlicht"}


async def test_things_of_several_rooms_pass_in_the_order_of_their_due_times(here: Programme) -> None:
    await give(here, "nordlicht", PRESENT - 60 * DAY)  # goes on day 30
    await approved_by(here, "suedwind", "alpenblick", "Kurz", "P20D")  # notices on days 13 and 19, ends on day 20
    await approved_by(here, "wolkenwerk", "alpenblick", "Lang", "P31D")  # notices on days 1, 24 and 30, ends on day 31
    passed = await let_pass(here, PRESENT + 40 * DAY)
    assert [((one.at - PRESENT).days, one.operation) for one in passed] == [
        (1, "admin_relationship.notify"), (13, "admin_relationship.notify"), (19, "admin_relationship.notify"),
        (20, "admin_relationship.end"), (20, "admin_relationship.end"), (24, "admin_relationship.notify"),
        (30, "admin_relationship.notify"), (30, "reseller_relationship.remove_idle_privileges"),
        (31, "admin_relationship.end"), (31, "admin_relationship.end"),
    ]  # fmt: skip


def test_the_rule_is_data_with_source_and_dates() -> None:
    rule = obligations()["dap-idle"]
    assert rule.source.endswith("2023")
    early, late = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert rule.first(Cloud.COMMERCIAL, early) == datetime(2023, 1, 1, tzinfo=UTC)
    assert rule.first(Cloud.COMMERCIAL, late) == late
    assert rule.first(Cloud.US_GOVERNMENT, late) is None
