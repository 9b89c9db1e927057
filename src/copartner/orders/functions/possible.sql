-- fn_pools: what all sellers together keep for a customer of these SKUs, without one subscription, each by its reference.
-- A declared disclosure: the sum, never whose.
CREATE FUNCTION fn_pools(p_customer uuid, p_references text[], p_without uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_object_agg(held.reference, held.quantity), '{}')
        FROM (SELECT s.product_id || ':' || s.sku_id AS reference, sum(s.quantity) AS quantity FROM subscription s
            WHERE s.customer_tenant_id = p_customer AND s.product_id || ':' || s.sku_id = ANY (p_references)
            AND s.status IN ('active', 'suspended', 'pending') AND s.id IS DISTINCT FROM p_without
            AND fn_relationship(actor_tenant(), p_customer) IS NOT NULL GROUP BY 1) AS held);
END $$;
ALTER FUNCTION fn_pools OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_pools TO copartner_partner;

-- fn_items_about: items by their catalogue item id, what one SKU becomes or goes on as, and what goes below it, as sold in a
-- country.
CREATE FUNCTION fn_items_about(p_items text[], p_product text, p_sku text, p_country text) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(fn_catalogue_item(a.product_id, a.sku_id, a.id)
        ORDER BY k.title, a.product_id, a.sku_id, a.id), '[]')
    FROM catalogue_availability a
        JOIN catalogue_sku k ON (k.product_id, k.id) = (a.product_id, a.sku_id)
        JOIN catalogue_sku held ON (held.product_id, held.id) = (p_product, p_sku)
    WHERE (a.product_id, a.sku_id, a.id) IN (
        SELECT split_part(i, ':', 1), split_part(i, ':', 2), split_part(i, ':', 3) FROM unnest(p_items) AS i)
    OR a.country = p_country AND (
        (k.product_id, k.id) = (p_product, p_sku)
        OR k.product_id || ':' || k.id = ANY (held.upgrade_targets || held.conversion_targets)
        OR p_product || ':' || p_sku = ANY (k.parents))
$$;
GRANT EXECUTE ON FUNCTION fn_items_about TO copartner_partner;

-- fn_read_possibilities: one subscription that the acting partner sold, with all that decides what could be done with it.
CREATE FUNCTION fn_read_possibilities(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_subscription uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_own subscription;
    v_lines subscription[];
    v_named text[];
    v_items json;
    v_references text[];
    v_holdings record;
BEGIN
    facts := fn_read_on_subscription(p_side, p_tenant, p_subject, p_app_only, p_customer, p_subscription);
    body := 'null';
    SELECT (s).* INTO v_own FROM (SELECT s FROM subscription s
        WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription) AS own(s);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT array_agg(s ORDER BY s.id) INTO v_lines FROM subscription s
        WHERE s.customer_tenant_id = p_customer AND s.id IN (SELECT (l.line ->> 'subscription_id')::uuid
            FROM purchase_order o, jsonb_array_elements(o.lines) AS l(line)
            WHERE o.customer_tenant_id = p_customer AND o.id = v_own.order_id);
    SELECT array_agg(named.item) INTO v_named FROM (
        SELECT l.product_id || ':' || l.sku_id || ':' || l.availability_id AS item FROM unnest(v_lines || v_own) AS l
        UNION SELECT t.to_item FROM subscription_transition t
            WHERE t.customer_tenant_id = p_customer AND t.subscription_id = p_subscription) AS named;
    v_items := fn_items_about(v_named, v_own.product_id, v_own.sku_id, fn_catalogue_country(p_customer, NULL));
    SELECT array_agg(DISTINCT named.reference) INTO v_references FROM json_array_elements(v_items) AS i(item),
        LATERAL (SELECT (i.item -> 'sku' ->> 'product_id') || ':' || (i.item -> 'sku' ->> 'id') AS reference
            UNION ALL SELECT json_array_elements_text(i.item -> 'sku' -> 'prerequisites')
            UNION ALL SELECT json_array_elements_text(i.item -> 'sku' -> 'seller_prerequisites')) AS named;
    SELECT h.in_tenant, h.own, h.azure_elsewhere INTO v_holdings FROM fn_held_references(p_customer, v_references) AS h;
    SELECT json_build_object(
        'facts', fn_transition_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_subscription),
        'company_name', (SELECT r.company_name FROM reseller_relationship r WHERE r.partner_tenant_id = p_tenant
            AND r.customer_tenant_id = p_customer AND r.state = 'active'),
        'own', fn_subscription_row(v_own),
        'above', (SELECT fn_subscription_row(s) FROM subscription s
            WHERE s.customer_tenant_id = p_customer AND s.id = v_own.parent_id),
        'below', (SELECT coalesce(json_agg(fn_subscription_row(s) ORDER BY s.id), '[]') FROM subscription s
            WHERE s.customer_tenant_id = p_customer AND s.parent_id = p_subscription
            AND s.status IN ('pending', 'active', 'suspended')),
        'order', (SELECT fn_order_row(o) FROM purchase_order o
            WHERE o.customer_tenant_id = p_customer AND o.id = v_own.order_id),
        'lines', (SELECT coalesce(json_agg(fn_subscription_row(l)), '[]') FROM unnest(v_lines) AS l),
        'items', v_items,
        'pools', fn_pools(p_customer, (SELECT array_agg(k.product_id || ':' || k.id) FROM catalogue_sku k
            WHERE k.pooled_maximum IS NOT NULL AND k.product_id || ':' || k.id = ANY (v_references)), p_subscription),
        'in_tenant', v_holdings.in_tenant, 'own_references', v_holdings.own,
        'azure_elsewhere', v_holdings.azure_elsewhere,
        'delegated', fn_services_delegated_elsewhere(p_customer, (SELECT array_agg(i.item -> 'product' ->> 'id')
            FROM json_array_elements(v_items) AS i(item))),
        'contact', fn_support_contact(v_own),
        'transitions', (SELECT coalesce(json_agg(fn_transition_row(t) ORDER BY t.id), '[]')
            FROM subscription_transition t
            WHERE t.customer_tenant_id = p_customer AND t.subscription_id = p_subscription))
    INTO body;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_possibilities TO PUBLIC;
