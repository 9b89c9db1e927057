-- The rows that a checkout of one line leaves behind, in one transaction: the cart's new state, an order, a subscription,
-- five rows of the audit (cart, order and subscription for the partner, the latter two for the customer as well, who does not
-- read prices), the decision and the result kept for the request's identifier. Each row is as long as that of a real checkout.
\set i :i + 1
\set c random(@large@, @customers@ - 1)
\set p (:c * 7) % @partners@
\set r :c * 4
BEGIN;
UPDATE cart SET state = 'checked_out', modified_at = '2026-11-22 09:00Z', version = version + 1
WHERE customer_tenant_id = customer_id(:c) AND id = customer_id(:c);
INSERT INTO purchase_order (customer_tenant_id, id, partner_tenant_id, relationship_id, cart_id, billing_cycle,
    currency, lines, placed_at, placed_by)
VALUES (customer_id(:c), fresh_id(1), partner_id(:p), relationship_id(:r), customer_id(:c), 'monthly', 'EUR',
    '@order_lines@', '2026-11-22 09:00Z', '01890000-0000-7000-8000-000000000000');
INSERT INTO subscription (customer_tenant_id, id, partner_tenant_id, order_id, line_number, product_id, sku_id,
    availability_id, kind, offer_name, nickname, quantity, status, auto_renew, term, billing_cycle, unit_price,
    currency, created_at, starts_at, commitment_ends_at, is_trial, term_starts_at)
VALUES (customer_id(:c), fresh_id(2), partner_id(:p), fresh_id(1), 0, 'CFQ7TTC0E4TR', '0001', 'CFQ7TTC0AAAA', 'license',
    'Office 365 Enterprise', 'Office 365 Enterprise', 3, 'active', true, 'P1Y', 'monthly', 352.51, 'EUR',
    '2026-11-22 09:00Z', '2026-11-22 09:00Z', '2027-11-22 09:00Z', false, '2026-11-22 09:00Z');
INSERT INTO audit_record (tenant_id, at, id, partner_tenant_id, customer_tenant_id, customer_name, actor_tenant_id,
    actor_name, operation_type, resource_type, resource_id, status, old_value, new_value, correlation_id)
VALUES
    (partner_id(:p), '2026-11-22 09:00Z', fresh_id(11), partner_id(:p), customer_id(:c),
        'Vergleichswerk customer 12345', partner_id(:p), 'agent-0@partner-12.bench.example', 'cart.checkout', 'Cart',
        '01890000-0000-7000-8000-000000000000', 'succeeded', '@cart@', '@cart_checked_out@',
        '01890000-0000-7000-8000-000000000000'),
    (partner_id(:p), '2026-11-22 09:00Z', fresh_id(12), partner_id(:p), customer_id(:c),
        'Vergleichswerk customer 12345', partner_id(:p), 'agent-0@partner-12.bench.example', 'cart.checkout', 'Order',
        '01890000-0000-7000-8000-000000000000', 'succeeded', NULL, '@order@', '01890000-0000-7000-8000-000000000000'),
    (customer_id(:c), '2026-11-22 09:00Z', fresh_id(13), partner_id(:p), customer_id(:c),
        'Vergleichswerk customer 12345', partner_id(:p), 'agent-0@partner-12.bench.example', 'cart.checkout', 'Order',
        '01890000-0000-7000-8000-000000000000', 'succeeded', NULL, '@order_for_customer@',
        '01890000-0000-7000-8000-000000000000'),
    (partner_id(:p), '2026-11-22 09:00Z', fresh_id(14), partner_id(:p), customer_id(:c),
        'Vergleichswerk customer 12345', partner_id(:p), 'agent-0@partner-12.bench.example', 'cart.checkout', 'Subscription',
        '01890000-0000-7000-8000-000000000000', 'succeeded', NULL, '@subscription@',
        '01890000-0000-7000-8000-000000000000'),
    (customer_id(:c), '2026-11-22 09:00Z', fresh_id(15), partner_id(:p), customer_id(:c),
        'Vergleichswerk customer 12345', partner_id(:p), 'agent-0@partner-12.bench.example', 'cart.checkout', 'Subscription',
        '01890000-0000-7000-8000-000000000000', 'succeeded', NULL, '@subscription_for_customer@',
        '01890000-0000-7000-8000-000000000000');
INSERT INTO decided (at, id, action, allowed, rules, digest, facts)
VALUES ('2026-11-22 09:00Z', fresh_id(16), 'cart.checkout', true, '{sales-agent-sells}', encode(sha256('\x00'), 'hex'),
    '@judged@');
INSERT INTO idempotency_key (tenant_id, caller_id, method, path, request_id, body_digest, result, created_at)
VALUES (partner_id(:p), partner_id(:p), 'POST',
    '/v1/customers/01890000-0000-7000-8000-000000000000/carts/01890000-0000-7000-8000-000000000000/checkout',
    fresh_id(3)::text, sha256('\x00'), '[@order@]', '2026-11-22 09:00Z');
END;
