"""The months of the audit are made ahead, once, and behind the same walls."""

from datetime import UTC, date, datetime

from copartner.migrations.runner import make_months
from support.programme import PRESENT, Programme

LATER = datetime(2031, 11, 5, tzinfo=UTC)


async def test_coming_months_are_made_once(here: Programme) -> None:
    async with here.owner() as owner:
        made = await make_months(owner, LATER, ahead=3)
        assert made == (date(2031, 11, 1), date(2031, 12, 1), date(2032, 1, 1), date(2032, 2, 1))
        assert await make_months(owner, LATER, ahead=3) == ()
        assert await make_months(owner, LATER, ahead=4) == (date(2032, 3, 1),)
        bounds = await owner.fetchval(
            "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'audit_record_2031_12'"
        )
        walled = await owner.fetchval(
            "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'audit_record_2031_12'"
        )
    assert "2031-12-01 00:00:00" in bounds
    assert "2032-01-01 00:00:00" in bounds
    assert walled


async def test_records_go_to_their_month_and_others_to_the_default_one(here: Programme) -> None:
    async with here.owner() as owner:
        for at in (PRESENT, LATER):
            await owner.execute(
                """INSERT INTO audit_record (tenant_id, at, id, operation_type, resource_type, status)
                VALUES ($1, $2, $3, 'x', 'x', 'succeeded')""",
                *(here.id("nordlicht"), at, here.runtime.ids.new()),
            )
        kept = await owner.fetch("SELECT tableoid::regclass::text AS place FROM audit_record ORDER BY at")
        # A month that began without its partition keeps what it has.
        assert await make_months(owner, LATER, ahead=0) == ()
    assert [row["place"].rpartition(".")[2] for row in kept] == ["audit_record_2026_11", "audit_record_default"]
