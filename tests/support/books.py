"""Whether what is kept agrees with what was written down: no half of a change, nothing twice."""

from asyncpg.connection import Connection

# Each answers what is wrong, one row a fault. What the vendor sold directly came with the world, without an audit.
_FAULTS = {
    "a cart and its audit disagree": """
        SELECT c.id::text, c.version, count(a.id) FROM cart c LEFT JOIN audit_record a
            ON (a.tenant_id, a.resource_type, a.resource_id, a.status)
            = (c.partner_tenant_id, 'Cart', c.id::text, 'succeeded')
        GROUP BY c.id, c.version HAVING c.version <> count(a.id)""",
    "an order and its audit disagree": """
        SELECT o.id::text, o.version, t.tenant_id, count(a.id) FROM purchase_order o
            CROSS JOIN LATERAL unnest(ARRAY[o.partner_tenant_id, o.customer_tenant_id]) AS t(tenant_id)
            LEFT JOIN audit_record a ON (a.tenant_id, a.resource_type, a.resource_id, a.status)
                = (t.tenant_id, 'Order', o.id::text, 'succeeded')
        WHERE o.relationship_id IS NOT NULL
        GROUP BY o.id, o.version, t.tenant_id HAVING o.version <> count(a.id)""",
    "a subscription and its audit disagree": """
        SELECT s.id::text, s.version, t.tenant_id, count(a.id) FROM subscription s
            JOIN purchase_order o ON (o.customer_tenant_id, o.id) = (s.customer_tenant_id, s.order_id)
            CROSS JOIN LATERAL unnest(ARRAY[s.partner_tenant_id, s.customer_tenant_id]) AS t(tenant_id)
            LEFT JOIN audit_record a ON (a.tenant_id, a.resource_type, a.resource_id, a.status)
                = (t.tenant_id, 'Subscription', s.id::text, 'succeeded')
        WHERE o.relationship_id IS NOT NULL
        GROUP BY s.id, s.version, t.tenant_id HAVING s.version <> count(a.id)""",
    "the audit tells of what is not there": """
        SELECT a.resource_type, a.resource_id, a.operation_type FROM audit_record a WHERE a.status = 'succeeded'
            AND CASE a.resource_type
                WHEN 'Cart' THEN NOT EXISTS (SELECT FROM cart c WHERE c.id::text = a.resource_id)
                WHEN 'Order' THEN NOT EXISTS (SELECT FROM purchase_order o WHERE o.id::text = a.resource_id)
                WHEN 'Subscription' THEN NOT EXISTS (SELECT FROM subscription s WHERE s.id::text = a.resource_id)
                ELSE false END""",
    "a cart and its orders disagree": """
        SELECT c.id::text, c.state, count(o.id) FROM cart c LEFT JOIN purchase_order o
            ON (o.customer_tenant_id, o.cart_id) = (c.customer_tenant_id, c.id)
        GROUP BY c.id, c.state, c.lines HAVING (c.state = 'checked_out') <> (count(o.id) > 0)
            OR count(o.id) <> count(DISTINCT o.billing_cycle)""",
    "the lines of an order are not what it made or settled": """
        SELECT o.id::text FROM purchase_order o LEFT JOIN LATERAL jsonb_array_elements(o.lines) AS l(line) ON true
        WHERE NOT EXISTS (SELECT FROM subscription s WHERE s.customer_tenant_id = o.customer_tenant_id
            AND s.id::text = l.line ->> 'subscription_id' AND (s.order_id = o.id OR EXISTS (
                SELECT FROM subscription_transition t WHERE t.order_id = o.id AND t.to_subscription_id = s.id)))""",
    "a subscription is no line of the order that made it": """
        SELECT s.id::text FROM subscription s WHERE NOT EXISTS (
            SELECT FROM purchase_order o, jsonb_array_elements(o.lines) AS l(line)
            WHERE (o.customer_tenant_id, o.id, l.line ->> 'subscription_id')
                = (s.customer_tenant_id, s.order_id, s.id::text))""",
    "a partner's customers are miscounted": """
        SELECT p.id::text, c.customers, count(r.id) FROM tenant p
            LEFT JOIN customer_count c ON c.partner_tenant_id = p.id
            LEFT JOIN reseller_relationship r ON (r.partner_tenant_id, r.state) = (p.id, 'active')
        GROUP BY p.id, c.customers HAVING coalesce(c.customers, 0) <> count(r.id)""",
    "a request id was kept without its answer": """
        SELECT k.method, k.path, k.request_id FROM idempotency_key k WHERE k.result IS NULL""",
    "a denial is not in its tenant's audit once": """
        SELECT d.tenant_id, d.id::text, count(a.id) FROM decision_record d FULL JOIN audit_record a
            ON (a.tenant_id, a.decision_id) = (d.tenant_id, d.id)
        WHERE a.id IS NULL OR a.status = 'denied' GROUP BY d.tenant_id, d.id HAVING d.id IS NULL OR count(a.id) <> 1""",
}


async def faults(owner: Connection) -> list[str]:
    """What does not agree, as the owner of the database sees it; the same moment for every question."""
    found = []
    async with owner.transaction(isolation="repeatable_read", readonly=True):
        for fault, question in _FAULTS.items():
            found += [f"{fault}: {tuple(row)}" for row in await owner.fetch(question)]
    return found
