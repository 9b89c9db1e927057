-- fn_licence_units: how many units of each SKU the acting customer has licences of, in each state, of all its sellers
-- together; a declared disclosure that names no subscription, seller, price or term.
CREATE FUNCTION fn_licence_units(p_customer uuid)
RETURNS TABLE (product_id text, sku_id text, title text, active bigint, warning bigint, suspended bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT s.product_id, s.sku_id, k.title,
        coalesce(sum(s.quantity) FILTER (WHERE s.status = 'active'), 0),
        coalesce(sum(s.quantity) FILTER (WHERE s.status = 'expired'), 0),
        coalesce(sum(s.quantity) FILTER (WHERE s.status IN ('suspended', 'disabled')), 0)
    FROM subscription s JOIN catalogue_sku k ON k.product_id = s.product_id AND k.id = s.sku_id
    WHERE s.customer_tenant_id = p_customer AND p_customer = actor_tenant() AND s.kind = 'license'
    AND s.status IN ('active', 'expired', 'suspended', 'disabled')
    GROUP BY s.product_id, s.sku_id, k.title;
END $$;
ALTER FUNCTION fn_licence_units OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_licence_units TO copartner_delegate;

-- fn_licences: the SKUs that the acting customer has licences of, with the units of each and how many are given to users.
CREATE FUNCTION fn_licences(p_customer uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('sku', json_build_object('product_id', u.product_id, 'sku_id', u.sku_id,
            'title', u.title), 'active', u.active, 'warning', u.warning, 'suspended', u.suspended,
            'consumed', (SELECT count(*) FROM licence_assignment a WHERE a.tenant_id = p_customer
                AND a.product_id = u.product_id AND a.sku_id = u.sku_id))
        ORDER BY u.product_id, u.sku_id), '[]')
    FROM fn_licence_units(p_customer) AS u
$$;
GRANT EXECUTE ON FUNCTION fn_licences TO copartner_delegate;

-- fn_read_licences: the SKUs that a customer has licences of.
CREATE FUNCTION fn_read_licences(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    p_now timestamptz, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_looking_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, NULL, p_now);
    IF fn_act_on_behalf(p_customer, p_now) THEN
        body := fn_licences(p_customer);
    END IF;
    body := coalesce(body, '[]');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_licences TO PUBLIC;

-- fn_licences_of: the SKUs that a user of the acting customer has licences of; what the customer has none of any more
-- keeps its identifiers.
CREATE FUNCTION fn_licences_of(p_customer uuid, p_user uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('product_id', a.product_id, 'sku_id', a.sku_id,
        'title', coalesce(u.title, '')) ORDER BY a.product_id, a.sku_id), '[]')
    FROM licence_assignment a LEFT JOIN fn_licence_units(p_customer) AS u
        ON u.product_id = a.product_id AND u.sku_id = a.sku_id
    WHERE a.tenant_id = p_customer AND a.user_id = p_user
$$;
GRANT EXECUTE ON FUNCTION fn_licences_of TO copartner_delegate;

-- fn_read_user_licences: the licences of one user of a customer; null when there is no such user.
CREATE FUNCTION fn_read_user_licences(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    p_user uuid, p_now timestamptz, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_looking_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_user, p_now);
    IF fn_act_on_behalf(p_customer, p_now) THEN
        IF fn_customer_user(p_tenant, p_customer, p_user, p_now) IS NOT NULL THEN
            body := fn_licences_of(p_customer, p_user);
        END IF;
    END IF;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_user_licences TO PUBLIC;
