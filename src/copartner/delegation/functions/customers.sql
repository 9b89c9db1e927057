-- fn_admin_customer_name: what a customer with which a relationship of the acting partner is active calls itself; null for
-- any other tenant.
CREATE FUNCTION fn_admin_customer_name(p_customer uuid, p_now timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT t.company_name FROM tenant t WHERE t.id = p_customer AND EXISTS (
        SELECT FROM admin_relationship r WHERE r.partner_tenant_id = actor_tenant() AND r.customer_tenant_id = p_customer
        AND fn_admin_relationship_status(r, p_now) = 'active'));
END $$;
ALTER FUNCTION fn_admin_customer_name OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_admin_customer_name TO copartner_partner;

-- fn_administered_services: what such a customer has licences of, whoever sold them; nothing of any other tenant.
CREATE FUNCTION fn_administered_services(p_customer uuid, p_now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(json_agg(json_build_object('id', c.id, 'name', c.title) ORDER BY c.title, c.id), '[]')
        FROM catalogue_product c
        WHERE fn_admin_customer_name(p_customer, p_now) IS NOT NULL AND EXISTS (
            SELECT FROM subscription s WHERE s.customer_tenant_id = p_customer AND s.product_id = c.id
            AND s.kind = 'license' AND s.status = 'active'));
END $$;
ALTER FUNCTION fn_administered_services OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_administered_services TO copartner_partner;

-- fn_read_admin_customer: one customer with which a relationship of the acting partner is active, and what it has licences
-- of. To the rules it is the relationship with it; without a partner there is none such.
CREATE FUNCTION fn_read_admin_customer(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_customer uuid, p_now timestamptz, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE v_name text;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    v_name := fn_admin_customer_name(p_customer, p_now);
    facts := json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'AdminRelationship', 'id', p_customer,
            'partner', CASE WHEN v_name IS NOT NULL THEN p_tenant END,
            'customer', CASE WHEN v_name IS NOT NULL THEN p_customer END));
    body := json_build_object('customer', json_build_object('id', p_customer, 'display_name', coalesce(v_name, '')),
        'services', fn_administered_services(p_customer, p_now));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_admin_customer TO PUBLIC;

-- fn_list_admin_customers: a page of them, and one more row where the list goes on.
CREATE FUNCTION fn_list_admin_customers(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_now timestamptz, p_descending boolean, p_count boolean, p_after uuid, p_size integer,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE v_total bigint; v_items json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT coalesce(json_agg(json_build_object('id', q.customer,
            'display_name', fn_admin_customer_name(q.customer, p_now)) ORDER BY q.place), '[]'),
        coalesce(json_agg(DISTINCT jsonb_build_object('type', 'AdminRelationship', 'id', q.partner, 'partner', q.partner)),
            '[]')
    INTO v_items, shapes
    FROM (SELECT r.customer_tenant_id AS customer, r.partner_tenant_id AS partner,
            row_number() OVER (ORDER BY CASE WHEN p_descending THEN r.customer_tenant_id END DESC, r.customer_tenant_id)
                AS place
        FROM admin_relationship r
        WHERE r.partner_tenant_id = p_tenant AND fn_admin_relationship_status(r, p_now) = 'active'
        AND (p_after IS NULL
            OR CASE WHEN p_descending THEN r.customer_tenant_id < p_after ELSE r.customer_tenant_id > p_after END)
        GROUP BY r.customer_tenant_id, r.partner_tenant_id ORDER BY place LIMIT p_size + 1) AS q;
    IF p_count THEN
        SELECT count(DISTINCT c.customer_tenant_id) INTO v_total FROM admin_relationship c
            WHERE c.partner_tenant_id = p_tenant AND fn_admin_relationship_status(c, p_now) = 'active';
    END IF;
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_admin_customers TO PUBLIC;
