"""A partner with a hundred thousand customers: the last page costs what the first does, a search reads few of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from asyncpg.connection import Connection

from copartner.customers import store
from copartner.customers.model import SearchField
from copartner.customers.service import list_customers, search_customers
from copartner.kernel.database import connect
from support.postgres import Server
from support.programme import Programme, programme

MANY, FEW = 100_000, 200
# One customer in five hundred buys from the small partner too. Half of all names begin alike.
_FILL = (
    """INSERT INTO tenant (id, organisation_id, kind, cloud, company_name, domain, country, created_at)
    SELECT ('c0000000-0000-7000-8000-' || lpad(to_hex(n * 7919 % 1000003), 12, '0'))::uuid, $1, 'customer',
        'commercial', CASE WHEN n % 2 = 0 THEN 'Gleich ' ELSE 'Kunde ' END || md5(n::text),
        'kunde-' || n || '.example', 'DE', $2
    FROM generate_series(1, $3::int) AS n""",
    """INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, state, privileges, company_name,
        domain, formed_at)
    SELECT t.id, gen_random_uuid(), $1, 'active', false, t.company_name, t.domain, $2
    FROM (SELECT t.id, t.company_name, t.domain, row_number() OVER (ORDER BY t.domain) AS place FROM tenant t
        WHERE t.domain LIKE 'kunde-%') AS t WHERE t.place % $3::int = 0""",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call of the list's function read: pages of tables and indexes, and rows of them."""

    pages: int
    rows: int


@pytest.fixture(scope="module")
async def crowded(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Programme]:
    """The world with a hundred thousand customers more."""
    place: Path = tmp_path_factory.mktemp("crowded")
    with postgres.database() as database:
        async with programme(database, place) as here:
            async with here.owner() as owner:
                now, organisation = here.clock.now(), here.tenant("alpenblick").organisation_id
                await owner.execute(_FILL[0], organisation, now, MANY)
                for partner, one_in in (("nordlicht", 1), ("suedwind", MANY // FEW)):
                    await owner.execute(_FILL[1], here.id(partner), now, one_in)
                await _vacuum(owner)
                await owner.execute("ANALYZE tenant")
            yield here


async def _vacuum(owner: Connection) -> None:
    """Until every page is known to be seen by all; while somebody counts a table meanwhile, the newest rows are not."""
    for _ in range(100):
        await owner.execute("VACUUM ANALYZE reseller_relationship")
        if await owner.fetchval(
            "SELECT relallvisible = relpages FROM pg_class WHERE oid = 'reseller_relationship'::regclass"
        ):
            return
        await asyncio.sleep(0.2)
    raise AssertionError("a snapshot stays open and keeps vacuum from its work")


async def _cost(connection: Connection, here: Programme, who: str, *asked: Any, sql: str = "") -> Cost:
    """The cost of a page once its plans are made; its rows are those that statements read in the relationships."""
    arguments, sql = (*here.context(who).who, *asked), sql or store.page()
    explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}"
    for _ in range(6):  # the sixth call has the plan that stays
        plan = json.loads(await connection.fetchval(explained, *arguments))[0]["Plan"]
    async with connection.transaction():
        before = await _rows(connection)
        await connection.fetchrow(sql, *arguments)
        after = await _rows(connection)
    return Cost(int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"]), after - before)


async def _rows(connection: Connection) -> int:
    """Rows and index entries that this transaction read of the relationships so far."""
    found: int = await connection.fetchval(
        """SELECT coalesce(sum(pg_stat_get_xact_tuples_returned(i.oid)), 0)::bigint FROM pg_class i
        WHERE i.oid = 'reseller_relationship'::regclass OR i.oid IN
            (SELECT indexrelid FROM pg_index WHERE indrelid = 'reseller_relationship'::regclass)"""
    )
    return found


async def _keys(here: Programme, order: str, condition: str) -> list[UUID]:
    async with here.owner() as owner:
        rows = await owner.fetch(
            f"""SELECT customer_tenant_id FROM reseller_relationship
            WHERE partner_tenant_id = $1 AND state = 'active' AND {condition} ORDER BY {order}""",
            here.id("nordlicht"),
        )
    return [row["customer_tenant_id"] for row in rows]


@pytest.mark.verify
async def test_every_page_of_a_hundred_thousand_customers_costs_the_same(crowded: Programme) -> None:
    here = crowded
    cases: dict[str, tuple[str | None, str, str, str]] = {
        "all": (None, "", "customer_tenant_id", "true"),
        "by name": (
            "CompanyName", "gleich", "company_key USING ~<~, customer_tenant_id", "company_key LIKE 'gleich%'",
        ),
        "by domain": ("Domain", "KUNDE-", "domain USING ~<~", "domain LIKE 'kunde-%'"),
    }  # fmt: skip
    connection = await connect(here.database.login_url)
    try:
        for what, (field, prefix, order, condition) in cases.items():
            keys = await _keys(here, order, condition)
            assert len(keys) >= MANY // 2, what
            places = {"first": None, "middle": keys[len(keys) // 2], "last": keys[-101]}
            costs = {
                place: await _cost(connection, here, "aa@nordlicht", field, prefix, after, 0, 100)
                for place, after in places.items()
            }
            base = costs["first"]
            for place, cost in costs.items():
                # A page of names starts inside an index page; what was last is looked up once.
                assert cost.pages <= base.pages + 12, (what, place, costs)
                assert cost.rows <= base.rows + 12, (what, place, costs)
            # Of a search ten thousand are counted besides; the count of all is kept.
            most = 105 if field is None else 10_001 + 110
            assert base.rows <= most, (what, costs)
    finally:
        await connection.close()


@pytest.mark.verify
async def test_a_page_answers_the_kept_count_and_the_searches_own(crowded: Programme) -> None:
    context = crowded.context("aa@nordlicht")
    everything = await list_customers(context, size=1)
    assert everything.total == MANY + 1  # and hafen, by its world
    assert (await list_customers(context, field=SearchField.DOMAIN, starts_with="kunde-", size=1)).total is None
    assert (await list_customers(context, field=SearchField.DOMAIN, starts_with="kunde-99", size=1)).total == 1111


@pytest.mark.verify
async def test_a_search_reads_the_partners_own_customers_alone(crowded: Programme) -> None:
    here = crowded
    connection = await connect(here.database.login_url)
    try:
        for field, prefix in ((None, ""), ("CompanyName", "GLEICH"), ("CompanyName", "kunde a"), ("Domain", "Kunde-9")):
            small = await _cost(connection, here, "aa@suedwind", field, prefix, None, 0, 500)
            # Its two hundred relationships lie on as many pages at worst, whatever the others have.
            assert small.rows <= 2 * FEW + 10, (field, prefix, small)
            assert small.pages <= 2 * FEW + 60, (field, prefix, small)
        # Any part of a name is looked for in all that it has, which is all that is read.
        any_part = await _cost(connection, here, "aa@suedwind", "nowhere", None, 8, sql=store.search())
        assert any_part.rows <= 2 * FEW + 10, any_part
        assert any_part.pages <= 2 * FEW + 60, any_part
    finally:
        await connection.close()


@pytest.mark.verify
async def test_a_search_for_any_part_looks_through_ten_thousand_at_a_time(crowded: Programme) -> None:
    here, text = crowded, "0abc"
    keys = await _keys(here, "company_key USING ~<~, customer_tenant_id", "true")
    connection = await connect(here.database.login_url)
    try:
        for what in ("", "nowhere", "gleich", "kunde-", "ö", str(keys[MANY // 2]), text):
            for after in (None, keys[MANY // 2], keys[-9]):
                cost = await _cost(connection, here, "aa@nordlicht", what, after, 8, sql=store.search())
                # What is looked through stands in one index, which is read again to where a page ended.
                assert cost.rows <= 20_001 + 100, (what, after, cost)
                assert cost.pages <= 1_000, (what, after, cost)
    finally:
        await connection.close()
    context = here.context("aa@nordlicht")
    first, pages, after = await search_customers(context, text=text), [], None
    assert (len(first) < len(await _holding(here, text)), first.total) == (True, None)
    while not pages or after is not None:
        page = await search_customers(context, text=text, after=after)
        pages.append(page)
        after = page.next_after
    found = [one.tenant_id for page in pages for one in page]
    assert sorted(found) == await _holding(here, text), "each once, however far down"
    assert len(pages) == MANY // 10_000 + 1
    # What begins with a text is found at once, wherever it stands.
    for whole in (str(keys[-1]), f"kunde-{MANY - 1}.example"):
        assert len(await search_customers(context, text=whole)) == 1


async def _holding(here: Programme, text: str) -> list[UUID]:
    return await _keys(here, "customer_tenant_id", f"strpos(company_key || ' ' || domain, '{text}') > 0")
