"""What a partner's user is in a customer's tenant, and through what."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncpg.connection import Connection

from copartner.delegation import rules
from copartner.delegation.model import AutoExtend
from copartner.kernel.database import connect
from copartner.kernel.functions import call
from support.delegated import GLOBAL_ADMINISTRATOR, HELPDESK, LICENCES, READER, USERS, Delegated, effective
from support.programme import Programme


@pytest.fixture
async def pair(here: Programme) -> AsyncIterator[Delegated]:
    """A partner and a customer that are related and have delegated nothing."""
    await here.relate("nordlicht", "alpenblick")
    async with here.owner() as owner:
        yield Delegated(here, owner, "nordlicht", "alpenblick")


async def _roles(pair: Delegated, name: str, *, after: timedelta = timedelta()) -> list[tuple[Any, ...]]:
    here = pair.here
    asked = (*pair.pair, pair.user(name), here.clock.now() + after)
    found = await effective(here, pair.partner, "partner", *asked)
    assert found == await effective(here, pair.customer, "customer", *asked)
    assert await effective(here, "suedwind", "partner", *asked) == []
    return found


async def test_privileges_make_agents_administrators_and_nobody_else(pair: Delegated) -> None:
    assert await _roles(pair, "aa") == []
    await pair.privileges()
    agents = await pair.db.fetchval(
        "SELECT id FROM directory_group WHERE tenant_id = $1 AND role = 'Admin agent'", pair.pair[1]
    )
    relationship = await pair.db.fetchval(
        "SELECT id FROM reseller_relationship WHERE customer_tenant_id = $1 AND partner_tenant_id = $2", *pair.pair
    )
    assert await _roles(pair, "aa") == [(GLOBAL_ADMINISTRATOR, "privileges", relationship, None, agents, None)]
    assert [row[0] for row in await _roles(pair, "hd")] == [HELPDESK]
    # Not the Global admin role alone, nor whoever sells.
    for name in ("ga", "um", "sa", "ba"):
        assert await _roles(pair, name) == [], name
    inner = await pair.group("inner", pair.user("sa"))
    outer = await pair.group("outer", inner)
    await pair.db.execute("INSERT INTO group_member VALUES ($1, $2, $3)", pair.pair[1], agents, outer)
    assert await _roles(pair, "sa") == [(GLOBAL_ADMINISTRATOR, "privileges", relationship, None, agents, None)]


async def test_an_assignment_gives_its_roles_to_all_below_its_group(pair: Delegated) -> None:
    made = await pair.relationship(USERS, LICENCES, READER)
    inner = await pair.group("inner", pair.user("sa"))
    outer = await pair.group("outer", inner, pair.user("um"))
    assignment = await pair.assign(made, outer, USERS, LICENCES)
    ends = pair.here.clock.now() + timedelta(days=365)
    expected = {(role, "assignment", made, assignment, outer, ends) for role in (USERS, LICENCES)}
    for name in ("sa", "um"):
        assert set(await _roles(pair, name)) == expected
    assert await _roles(pair, "aa") == []
    # Another way to the same role is another row.
    second = await pair.relationship(USERS)
    again = await pair.assign(second, inner, USERS)
    assert (USERS, "assignment", second, again, inner, ends) in await _roles(pair, "sa")
    assert len(await _roles(pair, "um")) == 2


async def test_what_is_not_in_force_gives_nothing(pair: Delegated) -> None:
    group = await pair.group("all", pair.user("sa"))
    for status in ("approvalPending", "approved", "activating", "expired", "terminationRequested", "terminated"):
        await pair.assign(await pair.relationship(USERS, status=status), group, USERS)
    made = await pair.relationship(USERS)
    for status in ("pending", "deleting", "error", "deleted"):
        await pair.assign(made, await pair.group(status, pair.user("sa")), USERS, status=status)
    assert await _roles(pair, "sa") == []
    assignment = await pair.assign(made, group, USERS, LICENCES)
    # What the relationship does not hold gives nothing, whatever an assignment says; nor what was taken.
    assert [row[0] for row in await _roles(pair, "sa")] == [USERS]
    await pair.db.execute(
        "UPDATE access_assignment_role SET taken_at = given_at WHERE assignment_id = $1 AND role_id = $2",
        *(assignment, USERS),
    )
    assert await _roles(pair, "sa") == []


async def test_roles_end_with_their_relationship_or_go_on_with_it(pair: Delegated) -> None:
    group = await pair.group("all", pair.user("sa"))
    for extends in ("PT0S", "P180D"):
        made = await pair.relationship(READER, extends=extends)
        await pair.assign(made, group, READER)
    ends = pair.here.clock.now() + timedelta(days=365)
    assert [row[5] for row in await _roles(pair, "sa", after=timedelta(days=365, seconds=-1))] == [ends, ends]
    for days in (365, 366, 544, 545, 904, 905, 3650):
        later = timedelta(days=days)
        [(_, _, _, _, _, until)] = await _roles(pair, "sa", after=later)
        extended = ends + rules.EXTENSION * ((pair.here.clock.now() + later - ends) // rules.EXTENSION + 1)
        assert (until, AutoExtend.HALF_A_YEAR) == (extended, "P180D")


async def test_where_both_kinds_exist_the_granular_one_decides(pair: Delegated) -> None:
    await pair.privileges()
    made = await pair.relationship(READER)
    assert await _roles(pair, "aa") == []
    await pair.assign(made, await pair.group("readers", pair.user("aa")), READER)
    assert [(row[0], row[1]) for row in await _roles(pair, "aa")] == [(READER, "assignment")]
    assert await _roles(pair, "hd") == []
    assert [row[1] for row in await _roles(pair, "aa", after=timedelta(days=365))] == ["privileges"]


async def test_whoever_is_disabled_or_of_another_partner_has_none(pair: Delegated) -> None:
    made, sa = await pair.relationship(USERS), pair.user("sa")
    await pair.assign(made, await pair.group("all", sa), USERS)
    customer, partner = pair.pair
    other = (customer, pair.here.id("suedwind"), sa, pair.here.clock.now())
    assert await effective(pair.here, "suedwind", "partner", *other) == []
    elsewhere = (pair.here.id("lavande"), partner, sa, pair.here.clock.now())
    assert await effective(pair.here, "nordlicht", "partner", *elsewhere) == []
    await pair.db.execute("UPDATE user_account SET enabled = false WHERE id = $1", sa)
    assert await _roles(pair, "sa") == []


# Each of as many other relationships of this partner at other customers, and of other partners at this one, with five
# assignments; and at this pair itself as many that are over.
_OTHERS = """
WITH made AS (
    INSERT INTO tenant (id, organisation_id, kind, cloud, company_name, domain, country, created_at)
    SELECT gen_random_uuid(), $1::uuid, 'customer', 'commercial', 'Kunde ' || n,
        'kunde-' || n || '-' || $6::text || '.example', 'DE', $5 FROM generate_series(1, $4::int) AS n RETURNING id)
INSERT INTO admin_relationship (partner_tenant_id, id, customer_tenant_id, display_name, roles, duration, auto_extend,
    status, created_at, modified_at, activated_at, ends_at)
SELECT $2::uuid, gen_random_uuid(), m.id, left(md5(random()::text), 30), ARRAY[$7::uuid], 'P1Y', 'PT0S', 'active',
    $5::timestamptz, $5, $5, $5 + interval '1 year' FROM made m
UNION ALL
SELECT $2, gen_random_uuid(), $3::uuid, left(md5(random()::text), 30), ARRAY[$7::uuid], 'P1Y', 'PT0S', 'terminated',
    $5, $5, $5, $5 + interval '1 year' FROM made m"""
_ASSIGNED = """
INSERT INTO access_assignment (partner_tenant_id, id, relationship_id, customer_tenant_id, group_id, status, created_at,
    modified_at)
SELECT r.partner_tenant_id, gen_random_uuid(), r.id, r.customer_tenant_id, g.id,
    CASE r.status WHEN 'active' THEN 'active' ELSE 'deleted' END, $1, $1
FROM admin_relationship r JOIN directory_group g ON g.tenant_id = r.partner_tenant_id AND g.name LIKE 'many %'
WHERE NOT EXISTS (SELECT FROM access_assignment a WHERE a.relationship_id = r.id)"""
_GIVEN = """
INSERT INTO access_assignment_role SELECT a.partner_tenant_id, a.id, a.customer_tenant_id, $1, a.created_at
FROM access_assignment a WHERE NOT EXISTS (SELECT FROM access_assignment_role o WHERE o.assignment_id = a.id)"""


async def _crowd(pair: Delegated, count: int) -> None:
    """So many relationships of other pairs, and as many of this one that ended."""
    customer, partner = pair.pair
    organisation = pair.here.tenant("alpenblick").organisation_id
    now = pair.here.clock.now()
    await pair.db.execute(_OTHERS, organisation, partner, customer, count, now, str(count), USERS)
    await pair.db.execute(_ASSIGNED, now)
    await pair.db.execute(_GIVEN, USERS)
    for table in ("admin_relationship", "access_assignment", "access_assignment_role"):
        await pair.db.execute(f"VACUUM ANALYZE {table}")


_TABLES = ("admin_relationship", "access_assignment", "access_assignment_role", "group_member", "directory_group")


async def _rows(connection: Connection) -> int:
    """Rows and index entries that this transaction read of delegated admin so far."""
    found: int = await connection.fetchval(
        """SELECT coalesce(sum(pg_stat_get_xact_tuples_returned(i.oid)), 0)::bigint FROM pg_class i
        WHERE i.relname = ANY ($1) OR i.oid IN
            (SELECT x.indexrelid FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid WHERE c.relname = ANY ($1))""",
        _TABLES,
    )
    return found


async def _cost(url: str, acting: UUID, asked: tuple[Any, ...]) -> tuple[int, int]:
    """Pages and rows of one call, once its plan is the one that stays."""
    connection = await connect(url)
    statement = call("fn_effective_roles", 4)
    try:
        async with connection.transaction():
            await connection.execute("SELECT act_as('partner', $1)", acting)
            for _ in range(7):
                explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
                plan = json.loads(await connection.fetchval(explained, *asked))[0]["Plan"]
            before = await _rows(connection)
            assert len(await connection.fetch(statement, *asked)) == 5
            return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"]), await _rows(connection) - before
    finally:
        await connection.close()


@pytest.mark.verify
async def test_other_relationships_cost_nothing(pair: Delegated) -> None:
    made = await pair.relationship(USERS)
    for number in range(5):
        group = await pair.group(f"many {number}", pair.user("sa"))
        await pair.assign(made, group, USERS)
    asked = (*pair.pair, pair.user("sa"), pair.here.clock.now())
    costs = []
    for count in (1_000, 9_000):
        await _crowd(pair, count)
        costs.append(await _cost(pair.here.database.login_url, pair.pair[1], asked))
    (few_pages, few_rows), (many_pages, many_rows) = costs
    # An index that grew by a level is entered one page deeper.
    assert many_pages <= few_pages + 12, costs
    assert many_rows <= few_rows + 5, costs
    assert few_pages < 150, costs
    assert few_rows < 100, costs
