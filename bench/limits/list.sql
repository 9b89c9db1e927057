-- The first 100 of the 140 subscriptions that a partner sold to one customer, in the order of their keys, as JSON.
\set c random(0, @large@ - 1)
\set p (:c * 7) % @partners@
SELECT json_agg(page) FROM (
    SELECT s.id, s.customer_tenant_id, s.partner_tenant_id, s.order_id, s.line_number, s.partner_of_record, s.parent_id,
        s.product_id, s.sku_id, s.availability_id, s.kind, s.offer_name, s.nickname, s.quantity, s.status, s.auto_renew,
        s.term, s.billing_cycle, s.unit_price, s.currency, s.created_at, s.starts_at, s.commitment_ends_at, s.version
    FROM subscription s WHERE s.customer_tenant_id = customer_id(:c) AND s.partner_tenant_id = partner_id(:p)
    ORDER BY s.id LIMIT 100) AS page;
