-- One subscription by its primary key.
\set s random(0, @subscriptions@ - 1)
\set c case when :s < @in_large@ then :s / @large_holds@ else @large@ + (:s - @in_large@) / @small_holds@ end
\set t @began_ms@ + (:s / @lines@ * @stride@ % @orders@) * @step_ms@
SELECT s.id, s.customer_tenant_id, s.partner_tenant_id, s.order_id, s.line_number, s.partner_of_record, s.parent_id,
    s.product_id, s.sku_id, s.availability_id, s.kind, s.offer_name, s.nickname, s.quantity, s.status, s.auto_renew, s.term,
    s.billing_cycle, s.unit_price, s.currency, s.created_at, s.starts_at, s.commitment_ends_at, s.version
FROM subscription s WHERE s.customer_tenant_id = customer_id(:c) AND s.id = subscription_id(:t, :s);
