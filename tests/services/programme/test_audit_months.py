"""The months of the audit and of kept decisions are made ahead, once, and behind the same walls."""

from datetime import UTC, datetime

from copartner.migrations.runner import make_months
from support.programme import PRESENT, Programme

LATER = datetime(2031, 11, 5, tzinfo=UTC)


async def test_coming_months_are_made_once(here: Programme) -> None:
    async with here.owner() as owner:
        made = await make_months(owner, LATER, ahead=3)
        months = ("2031_11", "2031_12", "2032_01", "2032_02")
        assert made == tuple(f"{table}_{month}" for table in ("audit_record", "decided") for month in months)
        assert await make_months(owner, LATER, ahead=3) == ()
        assert await make_months(owner, LATER, ahead=4) == ("audit_record_2032_03", "decided_2032_03")
        december = await owner.fetch(
            """SELECT pg_get_expr(relpartbound, oid) AS bounds, relrowsecurity AND relforcerowsecurity AS walled
            FROM pg_class WHERE relname IN ('audit_record_2031_12', 'decided_2031_12')"""
        )
    assert len(december) == 2
    for month in december:
        assert "2031-12-01 00:00:00" in month["bounds"]
        assert "2032-01-01 00:00:00" in month["bounds"]
        assert month["walled"]


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
        assert await make_months(owner, LATER, ahead=0) == ("decided_2031_11",)
    assert [row["place"].rpartition(".")[2] for row in kept] == ["audit_record_2026_11", "audit_record_default"]
