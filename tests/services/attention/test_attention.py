"""What needs a partner's attention: each part for the roles that may see it, bounded, in one trip."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncpg.connection import Connection

from copartner.attention import rules
from copartner.attention.model import Attention
from copartner.attention.service import read_attention
from copartner.catalogue.model import BillingCycle
from copartner.command.context import Context
from copartner.command.denial import Denied
from copartner.customers import service as customers
from copartner.kernel.database import Pool
from copartner.kernel.languages import Language
from copartner.orders import service as orders
from copartner.orders.model import Wish
from copartner.relationships.service import requests
from support.delegated import READER, Delegated
from support.programme import Programme
from support.tally import Tally, counted

ROLES = ("ga", "um", "aa", "sa", "hd", "ba")
# Which parts a role may see; see the role table of the programme.
SEEN = {
    "ga": {"requests", "approvals", "selling", "denials", "customers"},
    "um": {"requests", "approvals"},
    "aa": {"requests", "approvals", "selling", "denials", "customers"},
    "sa": {"requests", "selling", "customers"},
    "hd": {"selling", "customers"},
    "ba": {"selling", "customers"},
}


@pytest.fixture
async def busy(here: Programme) -> Programme:
    """A partner with something of every part, and another one with as much."""
    for partner in ("nordlicht", "wolkenwerk"):
        await here.relate(partner, "alpenblick")
        await requests.send_request(here.context(f"sa@{partner}"), reason="Shall we?")
        wish = Wish(
            catalog_item_id=await here.item("Office 365 Enterprise"),
            quantity=5,
            term="P1Y",
            billing_cycle=BillingCycle.MONTHLY,
        )
        await orders.place_order(here.context(f"sa@{partner}"), customer_id=here.id("alpenblick"), wishes=[wish] * 2)
        with pytest.raises(Denied):
            await customers.end_relationship(here.context(f"sa@{partner}"), customer_id=here.id("alpenblick"))
        async with here.owner() as owner:
            pair, now = Delegated(here, owner, partner, "alpenblick"), here.clock.now()
            await pair.relationship(READER, ends_at=now + timedelta(days=6))
            waiting = await pair.relationship(READER, status="approvalPending", activated_at=None, ends_at=None)
            await owner.execute("UPDATE admin_relationship SET asked_at = $2 WHERE id = $1", waiting, now)
    return here


async def _end(owner: Connection, partner: UUID, at: datetime) -> None:
    await owner.execute("UPDATE subscription SET commitment_ends_at = $2 WHERE partner_tenant_id = $1", partner, at)


def _open(found: Attention) -> set[str]:
    hidden: dict[str, Any] = {
        "requests": found.requests.hidden,
        "approvals": found.approvals.hidden or found.endings.hidden,
        "selling": found.selling,
        "denials": found.denials.hidden,
        "customers": found.customers,
    }
    return {name for name, why in hidden.items() if why is None}


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_sees_its_parts_and_reads_why_not_the_others(busy: Programme, role: str) -> None:
    context = busy.context(f"{role}@nordlicht")
    found = await read_attention(context)
    assert _open(found) == SEEN[role]
    for part in (found.requests, found.approvals, found.endings, found.windows, found.denials):
        if part.hidden is None:
            continue
        assert part.items == ()
        assert not part.hidden.allowed
        assert part.hidden.summary
    if "requests" in SEEN[role]:
        assert [one.reason for one in found.requests.items] == ["Shall we?"]
        assert found.requests.total == 1
    if "approvals" in SEEN[role]:
        assert (len(found.approvals.items), len(found.endings.items)) == (1, 1)
        assert found.endings.items[0].within == 7
    if "selling" in SEEN[role]:
        assert len(found.weeks) == rules.WEEKS
    assert not list(await _denials(busy, context)), "to look at what one may not see is no denied act"


async def _denials(here: Programme, context: Context) -> list[Any]:
    async with here.owner() as owner:
        return list(
            await owner.fetch(
                "SELECT action FROM decision_record WHERE tenant_id = $1 AND actor_id = $2 AND action <> $3",
                context.caller.tenant_id,
                context.caller.subject_id,
                "customer.end_relationship",
            )
        )


async def test_terms_are_told_by_calendar_week_and_the_time_to_cancel_before_it_closes(busy: Programme) -> None:
    now, nordlicht = busy.clock.now(), busy.id("nordlicht")
    async with busy.owner() as owner:
        await _end(owner, nordlicht, now + timedelta(days=9))
        await _end(owner, busy.id("wolkenwerk"), now + timedelta(days=9))
    found = await read_attention(busy.context("sa@nordlicht"))
    assert [(week.due.total, len(week.due.items)) for week in found.weeks] == [(0, 0), (0, 0), (2, 2), (0, 0), (0, 0)]
    assert all(later.begins == earlier.ends and later.begins.weekday() == 0
               for earlier, later in zip(found.weeks, found.weeks[1:], strict=False))  # fmt: skip
    due = found.weeks[2].due.items[0]
    assert (due.customer_name, due.quantity, due.renews, due.at) == (
        "Alpenblick Logistik GmbH", 5, True, now + timedelta(days=9),
    )  # fmt: skip
    assert found.windows.items == (), "six days are left to cancel what was bought today"
    busy.clock.moment += timedelta(days=5)
    closing = (await read_attention(busy.context("sa@nordlicht"))).windows
    assert [one.at for one in closing.items] == [now + timedelta(days=7)] * 2
    busy.clock.moment += timedelta(days=3)
    assert (await read_attention(busy.context("sa@nordlicht"))).windows.total == 0


async def test_denials_of_the_day_are_told_in_the_readers_language(busy: Programme) -> None:
    reader = replace(busy.context("ga@nordlicht"), language=Language.GERMAN)
    denied = (await read_attention(reader)).denials
    assert denied.total == 1
    assert (denied.items[0].action, denied.items[0].customer_name) == (
        "customer.end_relationship", "Alpenblick Logistik GmbH",
    )  # fmt: skip
    assert denied.items[0].told != (await read_attention(busy.context("ga@nordlicht"))).denials.items[0].told
    busy.clock.moment += timedelta(days=1)
    assert (await read_attention(busy.context("ga@nordlicht"))).denials.total == 0


async def test_what_is_long_is_counted_and_the_first_are_named(here: Programme) -> None:
    async with here.owner() as owner:
        await owner.execute(
            """INSERT INTO relationship_request (partner_tenant_id, id, includes_privileges, state, created_at,
                created_by)
            SELECT $1, gen_random_uuid(), false, 'pending', $2::timestamptz - make_interval(hours => n), ''
            FROM generate_series(1, 1200) AS n""",
            here.id("nordlicht"),
            here.clock.now(),
        )
    found = (await read_attention(here.context("sa@nordlicht"))).requests
    assert (len(found.items), found.total, found.more) == (rules.FEW, None, True)
    assert found.items[0].created_at == here.clock.now() - timedelta(hours=1200), "what waits longest comes first"


async def test_a_bearer_without_a_second_factor_is_denied_the_whole(here: Programme) -> None:
    with pytest.raises(Denied) as denied:
        await read_attention(here.context("ga@nordlicht", multi_factor=False))
    assert denied.value.of_bearer
    assert denied.value.decision_id


async def test_a_partner_without_customers_has_nothing_that_is_hidden(here: Programme) -> None:
    async with here.owner() as owner:
        await owner.execute("UPDATE reseller_relationship SET state = 'ended', ended_at = $1, privileges = false",
                            here.clock.now())  # fmt: skip
    found = await read_attention(here.context("um@nordlicht"))
    assert found.selling is None
    assert all(week.due.total == 0 for week in found.weeks)


async def test_it_is_one_trip(busy: Programme) -> None:
    tally: Tally
    async with counted(busy.database.login_url) as (url, tally):
        pool = Pool(url, size=1)
        try:
            watched = replace(busy, runtime=replace(busy.runtime, pool=pool))
            for role in ROLES:
                await read_attention(watched.context(f"{role}@nordlicht"))
                tally.clear()
                await read_attention(watched.context(f"{role}@nordlicht"))
                assert len(tally.trips) == 1, (role, tally.trips)
        finally:
            await pool.close()
