-- fn_cart_resource: whose cart it is; without a partner there is none such.
CREATE FUNCTION fn_cart_resource(p_customer uuid, p_cart uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_seller uuid;
BEGIN
    SELECT c.partner_tenant_id INTO v_seller FROM cart c WHERE c.customer_tenant_id = p_customer AND c.id = p_cart;
    RETURN json_build_object('type', 'Cart', 'id', p_cart, 'customer', p_customer, 'partner', v_seller);
END $$;
ALTER FUNCTION fn_cart_resource OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_cart_resource TO copartner_partner;

-- fn_order_resource: whose order it is; without a partner there is none such.
CREATE FUNCTION fn_order_resource(p_customer uuid, p_order uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_seller uuid;
BEGIN
    SELECT o.partner_tenant_id INTO v_seller FROM purchase_order o
        WHERE o.customer_tenant_id = p_customer AND o.id = p_order;
    RETURN json_build_object('type', 'Order', 'id', p_order, 'customer', p_customer, 'partner', v_seller);
END $$;
ALTER FUNCTION fn_order_resource OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_order_resource TO copartner_partner;

-- fn_sale_facts: what decides a sale by way of a thing; its seller is described too, whoever that is.
CREATE FUNCTION fn_sale_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_resource json)
RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE v_concerned uuid[] := ARRAY[p_tenant, p_customer, (p_resource ->> 'partner')::uuid];
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', p_resource,
        'context', json_build_object('relationship', fn_relationship(p_tenant, p_customer),
            'agreement', fn_agreement(p_tenant, p_customer)),
        'tenants', fn_tenants(v_concerned), 'organisations', fn_organisations(v_concerned));
END $$;
GRANT EXECUTE ON FUNCTION fn_sale_facts TO copartner_partner;

-- fn_cart_facts: what decides the work on one cart.
CREATE FUNCTION fn_cart_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_cart uuid)
RETURNS json LANGUAGE sql STABLE AS $$
    SELECT fn_sale_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, fn_cart_resource(p_customer, p_cart))
$$;
GRANT EXECUTE ON FUNCTION fn_cart_facts TO copartner_partner;

-- fn_cart_row: one cart as the store reads it.
CREATE FUNCTION fn_cart_row(c cart) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', c.id, 'customer_tenant_id', c.customer_tenant_id,
        'partner_tenant_id', c.partner_tenant_id, 'lines', c.lines, 'state', c.state, 'created_at', c.created_at,
        'modified_at', c.modified_at, 'expires_at', c.expires_at, 'version', c.version)
$$;
GRANT EXECUTE ON FUNCTION fn_cart_row TO copartner_partner;

-- fn_order_row: one order as the store reads it.
CREATE FUNCTION fn_order_row(o purchase_order) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', o.id, 'customer_tenant_id', o.customer_tenant_id,
        'partner_tenant_id', o.partner_tenant_id, 'relationship_id', o.relationship_id, 'cart_id', o.cart_id,
        'billing_cycle', o.billing_cycle, 'currency', o.currency, 'lines', o.lines, 'placed_at', o.placed_at,
        'placed_by', o.placed_by, 'version', o.version)
$$;
GRANT EXECUTE ON FUNCTION fn_order_row TO copartner_partner;

-- fn_read_cart: one cart with the facts that decide its reading.
CREATE FUNCTION fn_read_cart(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_cart uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_cart_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_cart);
    SELECT fn_cart_row(c) INTO body FROM cart c WHERE c.customer_tenant_id = p_customer AND c.id = p_cart;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_cart TO PUBLIC;

-- fn_checkout: what a checkout is decided and settled by, in one trip. First the relationship is kept from ending until the
-- transaction ends, so that the facts stay true; then come the facts, the acting partner's own cart, locked, and the
-- catalogue's items of its lines, null for one that is gone.
CREATE FUNCTION fn_checkout(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_cart uuid,
    OUT facts json, OUT body json, OUT items json) LANGUAGE plpgsql AS $$
DECLARE v_lines jsonb;
BEGIN
    PERFORM FROM reseller_relationship r
        WHERE r.customer_tenant_id = p_customer AND r.partner_tenant_id = p_tenant AND r.state = 'active' FOR SHARE;
    facts := fn_cart_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_cart);
    SELECT fn_cart_row(c), c.lines INTO body, v_lines FROM cart c
        WHERE c.customer_tenant_id = p_customer AND c.id = p_cart FOR UPDATE;
    body := coalesce(body, 'null');
    SELECT coalesce(json_agg(fn_catalogue_item(split_part(n.id, ':', 1), split_part(n.id, ':', 2), split_part(n.id, ':', 3))), '[]')
        INTO items FROM (SELECT DISTINCT l.line ->> 'catalog_item_id' FROM jsonb_array_elements(v_lines) AS l(line)) AS n(id);
END $$;
GRANT EXECUTE ON FUNCTION fn_checkout TO copartner_partner;

-- fn_lock_cart: the acting partner's own cart, locked.
CREATE FUNCTION fn_lock_cart(p_customer uuid, p_cart uuid) RETURNS json LANGUAGE plpgsql AS $$
DECLARE v_cart json;
BEGIN
    SELECT fn_cart_row(c) INTO v_cart FROM cart c WHERE c.customer_tenant_id = p_customer AND c.id = p_cart FOR UPDATE;
    RETURN v_cart;
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_cart TO copartner_partner;

-- fn_orders_of_cart: the acting partner's orders that came of a cart.
CREATE FUNCTION fn_orders_of_cart(p_customer uuid, p_cart uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(fn_order_row(o) ORDER BY o.id), '[]') FROM purchase_order o
    WHERE o.customer_tenant_id = p_customer AND o.cart_id = p_cart
$$;
GRANT EXECUTE ON FUNCTION fn_orders_of_cart TO copartner_partner;

-- fn_read_order: one order with the facts that decide its reading.
CREATE FUNCTION fn_read_order(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_order uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', fn_order_resource(p_customer, p_order),
        'context', json_build_object('relationship', fn_relationship(p_tenant, p_customer)));
    SELECT fn_order_row(o) INTO body FROM purchase_order o WHERE o.customer_tenant_id = p_customer AND o.id = p_order;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_order TO PUBLIC;

-- fn_list_orders: a page of the orders that the acting partner placed for a customer, one row more where it goes on, and how
-- many there are: at most 10,000 are counted, beyond that the total is null. Its rows are those of fn_order_row.
CREATE FUNCTION fn_list_orders(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_cycle text, p_after uuid,
    p_skip integer, p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_after uuid := coalesce(p_after, '00000000-0000-0000-0000-000000000000');
    v_sellers uuid[];
    v_items json;
    v_total integer;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    SELECT coalesce(json_agg(page ORDER BY page.id), '[]'), array_agg(DISTINCT page.partner_tenant_id), count(*)
    INTO v_items, v_sellers, v_total
    FROM (SELECT o.id, o.customer_tenant_id, o.partner_tenant_id, o.relationship_id, o.cart_id, o.billing_cycle, o.currency,
            o.lines, o.placed_at, o.placed_by, o.version
        FROM purchase_order o
        WHERE o.partner_tenant_id = p_tenant AND o.customer_tenant_id = p_customer AND o.id > v_after
        AND (p_cycle IS NULL OR o.billing_cycle = p_cycle)
        ORDER BY o.id OFFSET p_skip LIMIT p_size + 1) AS page;
    IF p_after IS NOT NULL OR p_skip > 0 OR v_total > p_size THEN
        -- Not the whole list, so it is counted.
        SELECT nullif(count(*), 10001) INTO v_total FROM (SELECT FROM purchase_order o
            WHERE o.partner_tenant_id = p_tenant AND o.customer_tenant_id = p_customer
            AND (p_cycle IS NULL OR o.billing_cycle = p_cycle) LIMIT 10001) AS counted;
    END IF;
    body := json_build_object('total', v_total, 'items', v_items);
    SELECT coalesce(json_agg(json_build_object('type', 'Order', 'id', seller, 'customer', p_customer,
        'partner', seller)), '[]') INTO shapes FROM unnest(v_sellers) AS seller;
END $$;
GRANT EXECUTE ON FUNCTION fn_list_orders TO PUBLIC;

-- fn_read_fulfilment: what became of each line of one order, with the facts that decide reading the order.
CREATE FUNCTION fn_read_fulfilment(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_order uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', fn_order_resource(p_customer, p_order),
        'context', json_build_object('relationship', fn_relationship(p_tenant, p_customer)));
    SELECT (SELECT coalesce(json_agg(json_build_object('line_number', (l.line ->> 'number')::integer,
            'quantity', (l.line ->> 'quantity')::integer, 'status', s.status, 'link',
            CASE WHEN s.status IN ('active', 'pending', 'suspended') THEN k.activation_link END)
            ORDER BY (l.line ->> 'number')::integer), '[]')
        FROM jsonb_array_elements(o.lines) AS l(line)
        JOIN subscription s ON s.customer_tenant_id = o.customer_tenant_id AND s.id = (l.line ->> 'subscription_id')::uuid
        LEFT JOIN catalogue_sku k ON k.product_id = split_part(l.line ->> 'catalog_item_id', ':', 1)
            AND k.id = split_part(l.line ->> 'catalog_item_id', ':', 2))
    INTO body FROM purchase_order o WHERE o.customer_tenant_id = p_customer AND o.id = p_order;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_fulfilment TO PUBLIC;

-- fn_transition_facts: what decides that a subscription becomes another, which is a sale as well.
CREATE FUNCTION fn_transition_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_subscription uuid)
RETURNS json LANGUAGE sql STABLE AS $$
    SELECT fn_sale_facts(p_side, p_tenant, p_subject, p_app_only, p_customer,
        fn_subscription_resource(p_customer, p_subscription))
$$;
GRANT EXECUTE ON FUNCTION fn_transition_facts TO copartner_partner;

-- fn_settle: make what a purchase settled of a subscription what a line of an order of the same seller says.
CREATE FUNCTION fn_settle(
    p_customer uuid, p_subscription uuid, p_order uuid, p_term_starts timestamptz, p_ends timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    UPDATE subscription s SET product_id = split_part(l.line ->> 'catalog_item_id', ':', 1),
        sku_id = split_part(l.line ->> 'catalog_item_id', ':', 2),
        availability_id = split_part(l.line ->> 'catalog_item_id', ':', 3), offer_name = l.line ->> 'title',
        term = l.line ->> 'term', billing_cycle = l.line ->> 'billing_cycle',
        unit_price = (l.line ->> 'unit_price')::numeric, currency = o.currency, term_starts_at = p_term_starts,
        commitment_ends_at = p_ends, is_trial = coalesce((SELECT k.is_trial FROM catalogue_sku k
            WHERE k.product_id = split_part(l.line ->> 'catalog_item_id', ':', 1)
            AND k.id = split_part(l.line ->> 'catalog_item_id', ':', 2)), false)
    FROM purchase_order o, jsonb_array_elements(o.lines) AS l(line)
    WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription
        AND o.customer_tenant_id = p_customer AND o.id = p_order AND o.partner_tenant_id = s.partner_tenant_id
        AND (l.line ->> 'subscription_id')::uuid = s.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no order of the seller settles this subscription';
    END IF;
END $$;
ALTER FUNCTION fn_settle OWNER TO copartner_settler;
GRANT EXECUTE ON FUNCTION fn_settle TO copartner_partner;

-- fn_transition_row: one transition as the store reads it.
CREATE FUNCTION fn_transition_row(t subscription_transition) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', t.id, 'customer_tenant_id', t.customer_tenant_id,
        'partner_tenant_id', t.partner_tenant_id, 'subscription_id', t.subscription_id,
        'to_subscription_id', t.to_subscription_id, 'order_id', t.order_id, 'from_item', t.from_item,
        'to_item', t.to_item, 'quantity', t.quantity, 'term', t.term, 'billing_cycle', t.billing_cycle,
        'made_at', t.made_at)
$$;
GRANT EXECUTE ON FUNCTION fn_transition_row TO copartner_partner;

-- fn_read_transitions: what became of one subscription that the acting partner sold, the oldest first.
CREATE FUNCTION fn_read_transitions(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_subscription uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    facts := fn_read_on_subscription(p_side, p_tenant, p_subject, p_app_only, p_customer, p_subscription);
    SELECT coalesce(json_agg(fn_transition_row(t) ORDER BY t.id), '[]') INTO body FROM subscription_transition t
        WHERE t.customer_tenant_id = p_customer AND t.subscription_id = p_subscription;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_transitions TO PUBLIC;

-- fn_read_targets: one subscription that the acting partner sold, its add-ons, and what is sold in the customer's country.
CREATE FUNCTION fn_read_targets(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_subscription uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    facts := fn_read_on_subscription(p_side, p_tenant, p_subject, p_app_only, p_customer, p_subscription);
    SELECT json_build_object('source', fn_subscription_row(s), 'items',
        fn_offers_sold(fn_catalogue_country(p_customer, NULL)), 'has_addons', EXISTS (
            SELECT FROM subscription b WHERE b.customer_tenant_id = s.customer_tenant_id AND b.parent_id = s.id
            AND b.status IN ('pending', 'active', 'suspended'))) INTO body
    FROM subscription s WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_targets TO PUBLIC;

-- fn_order_facts: what decides changing one order.
CREATE FUNCTION fn_order_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_order uuid)
RETURNS json LANGUAGE sql STABLE AS $$
    SELECT fn_sale_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, fn_order_resource(p_customer, p_order))
$$;
GRANT EXECUTE ON FUNCTION fn_order_facts TO copartner_partner;

-- fn_lock_order: the acting partner's own order, locked.
CREATE FUNCTION fn_lock_order(p_customer uuid, p_order uuid) RETURNS json LANGUAGE plpgsql AS $$
DECLARE v_order json;
BEGIN
    SELECT fn_order_row(o) INTO v_order FROM purchase_order o
        WHERE o.customer_tenant_id = p_customer AND o.id = p_order FOR UPDATE;
    RETURN v_order;
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_order TO copartner_partner;
