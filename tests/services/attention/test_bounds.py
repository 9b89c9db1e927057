"""A look at what needs attention reads what it names and counts, whatever else the partner and others have."""

import json

from copartner.attention import rules, store
from copartner.attention.service import read_attention
from copartner.delegation.rules import WAITS
from copartner.kernel.database import connect
from copartner.subscriptions.rules import WINDOW
from support.programme import Programme

MANY = 10_000
# What needs nothing: answered requests, ended and far-off relationships, terms of next year, allowed acts of today.
_REST = (
    """INSERT INTO relationship_request (partner_tenant_id, id, includes_privileges, state, created_at,
        answered_at, created_by)
    SELECT $1, gen_random_uuid(), false, 'declined', $2::timestamptz, $2::timestamptz, ''
    FROM generate_series(1, $3::int)""",
    """INSERT INTO admin_relationship (partner_tenant_id, id, customer_tenant_id, display_name, roles, duration,
        auto_extend, status, created_at, modified_at, activated_at, ends_at)
    SELECT $1, gen_random_uuid(), (SELECT r.customer_tenant_id FROM reseller_relationship r
        WHERE r.partner_tenant_id = $1 LIMIT 1), 'far-' || n, ARRAY['f2ef992c-3afb-46b9-b7cf-a126ee74c451']::uuid[],
        'P1Y', 'PT0S', 'active', $2::timestamptz, $2::timestamptz, $2::timestamptz,
        $2::timestamptz + interval '300 days'
    FROM generate_series(1, $3::int) AS n""",
    """INSERT INTO subscription (customer_tenant_id, id, partner_tenant_id, order_id, line_number, product_id, sku_id,
        availability_id, kind, offer_name, nickname, quantity, status, auto_renew, term, billing_cycle, unit_price,
        currency, created_at, starts_at, commitment_ends_at, is_trial, term_starts_at)
    SELECT o.customer_tenant_id, gen_random_uuid(), $1, o.id, n, 'p', 's', 'a', 'license', 'Far', 'Far', 1, 'active',
        true, 'P1Y', 'monthly', 1, 'EUR', $2::timestamptz, $2::timestamptz, $2::timestamptz + interval '300 days',
        false, $2::timestamptz - interval '65 days'
    FROM (SELECT id, customer_tenant_id FROM purchase_order WHERE partner_tenant_id = $1 LIMIT 1) AS o,
        generate_series(1, $3::int) AS n""",
    """INSERT INTO audit_record (tenant_id, at, id, operation_type, resource_type, status)
    SELECT $1, $2::timestamptz, gen_random_uuid(), 'subscription.change', 'Subscription', 'succeeded'
    FROM generate_series(1, $3::int)""",
)
_ORDER = """INSERT INTO purchase_order (customer_tenant_id, id, partner_tenant_id, relationship_id, billing_cycle,
    currency, lines, placed_at, placed_by)
    SELECT r.customer_tenant_id, gen_random_uuid(), r.partner_tenant_id, r.id, 'monthly', 'EUR', '[]', $2, ''
    FROM reseller_relationship r WHERE r.partner_tenant_id = $1 AND r.state = 'active' LIMIT 1"""


async def _pages(here: Programme) -> int:
    """Pages of tables and indexes that one look reads, once its plans are made."""
    context, now = here.context("ga@nordlicht"), here.clock.now()
    arguments = (
        *context.who, now, rules.today(now), list(rules.weeks(now)), now - WAITS, now + rules.ENDING,
        now + rules.CLOSING, WINDOW, rules.FEW,
    )  # fmt: skip
    connection = await connect(here.database.login_url)
    try:
        for _ in range(6):  # the sixth call has the plan that stays
            told = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {store.attention()}", *arguments)
        plan = json.loads(told)[0]["Plan"]
        return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])
    finally:
        await connection.close()


async def test_a_look_costs_the_same_whatever_else_there_is(here: Programme) -> None:
    await here.relate("nordlicht", "alpenblick")
    given = (here.id("nordlicht"), here.clock.now())
    async with here.owner() as owner:
        await owner.execute(_ORDER, *given)
        for statement in _REST:
            await owner.execute(statement, *given, 50)
        before = await _pages(here)
        for statement in _REST:
            await owner.execute(
                statement.replace("'far-'", "'more-'").replace("o.id, n,", "o.id, n + 1000,"), *given, MANY
            )
        for table in ("relationship_request", "admin_relationship", "subscription", "audit_record"):
            await owner.execute(f"VACUUM ANALYZE {table}")
        found = await read_attention(here.context("ga@nordlicht"))
        assert (found.requests.total, found.endings.total, found.windows.total, found.denials.total) == (0, 0, 0, 0)
        assert await _pages(here) <= before + 40, "an index leads to each part, and a few of its pages are read"
