-- fn_read_basket: one cart of the acting partner with the catalogue's items of its lines and, once it was checked out, its
-- orders and the subscriptions that they made.
CREATE FUNCTION fn_read_basket(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_cart uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_cart_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_cart);
    SELECT json_build_object('facts', facts, 'cart', fn_cart_row(c),
        'items', (SELECT coalesce(json_agg(fn_catalogue_item(
                split_part(n.id, ':', 1), split_part(n.id, ':', 2), split_part(n.id, ':', 3))), '[]')
            FROM (SELECT DISTINCT l.line ->> 'catalog_item_id' FROM jsonb_array_elements(c.lines) AS l(line)) AS n(id)),
        'azure_elsewhere', (SELECT h.azure_elsewhere FROM fn_held_references(p_customer, '{}') AS h),
        'orders', fn_orders_of_cart(p_customer, p_cart),
        'made', (SELECT coalesce(json_agg(fn_subscription_row(s) ORDER BY s.id), '[]') FROM subscription s
            WHERE s.customer_tenant_id = p_customer AND s.order_id IN (SELECT o.id FROM purchase_order o
                WHERE o.customer_tenant_id = p_customer AND o.cart_id = p_cart)))
    INTO body FROM cart c WHERE c.customer_tenant_id = p_customer AND c.id = p_cart;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_basket TO PUBLIC;
