-- fn_try_concerned: what the rules judge of these partners and customers, pair by pair: the relationship and the agreement
-- relied upon, and what the customer holds from others; of every partner related to one of the customers, named or not.
CREATE FUNCTION fn_try_concerned(p_partners uuid[], p_customers uuid[]) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE
    v_pairs json;
    v_tenants uuid[];
BEGIN
    WITH held AS (
        SELECT s.customer_tenant_id AS customer, s.partner_tenant_id AS seller, bool_or(s.kind = 'azure') AS azure
        FROM subscription s WHERE s.customer_tenant_id = ANY (p_customers) AND s.status IN ('active', 'suspended', 'pending')
        GROUP BY s.customer_tenant_id, s.partner_tenant_id
    ), related AS (
        SELECT r.partner_tenant_id AS partner, r.customer_tenant_id AS customer, r.id, r.privileges
        FROM reseller_relationship r WHERE r.customer_tenant_id = ANY (p_customers) AND r.state = 'active'
    ), pair AS (
        SELECT named.partner, named.customer FROM unnest(p_partners, p_customers) AS named(partner, customer)
            WHERE named.partner IS NOT NULL AND named.customer IS NOT NULL
        UNION
        SELECT r.partner, r.customer FROM related r
    )
    SELECT json_agg(json_build_object('partner', p.partner, 'customer', p.customer,
            'relationship', CASE WHEN r.id IS NOT NULL THEN json_build_object('id', r.id, 'partner', p.partner,
                'customer', p.customer, 'active', true, 'privileges', r.privileges) END,
            'agreement', (SELECT json_build_object('id', a.id, 'customer', a.customer_tenant_id,
                    'confirmedBy', a.partner_tenant_id)
                FROM customer_agreement a WHERE a.customer_tenant_id = p.customer
                AND coalesce(a.partner_tenant_id, p.partner) = p.partner
                ORDER BY a.partner_tenant_id NULLS FIRST, a.agreed_at DESC, a.id DESC LIMIT 1),
            'azureElsewhere', EXISTS (SELECT FROM held h
                WHERE h.customer = p.customer AND h.seller <> p.partner AND h.azure),
            'delegatedElsewhere', EXISTS (SELECT FROM held h
                JOIN related o ON o.customer = h.customer AND o.partner = h.seller AND o.privileges
                WHERE h.customer = p.customer AND h.seller <> p.partner))),
        array_agg(DISTINCT p.partner) || array_agg(DISTINCT p.customer)
    INTO v_pairs, v_tenants
    FROM pair p LEFT JOIN related r ON r.partner = p.partner AND r.customer = p.customer;
    v_tenants := coalesce(v_tenants, '{}') || p_partners || p_customers;
    RETURN json_build_object('pairs', coalesce(v_pairs, '[]'), 'tenants', fn_tenants(v_tenants),
        'organisations', fn_organisations(v_tenants));
END $$;
ALTER FUNCTION fn_try_concerned OWNER TO copartner_facts;

-- fn_try_page: things in the order in which they are gone through, each with its partner, its customer and its identifier, and
-- what the rules judge of those whom they concern. The next page goes on after the last one's `p_key` and identifier.
CREATE FUNCTION fn_try_page(p_things json[], p_key text) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('read', count(*), 'rows', coalesce(json_agg(t.thing ORDER BY t.place), '[]'),
        'last', (array_agg(json_build_array(t.thing -> p_key, t.thing -> 'ids' -> 0) ORDER BY t.place DESC))[1],
        'concerned', fn_try_concerned(
            coalesce(array_agg((t.thing ->> 'partner')::uuid ORDER BY t.place), '{}'),
            coalesce(array_agg((t.thing ->> 'customer')::uuid ORDER BY t.place), '{}')))
    FROM unnest(p_things) WITH ORDINALITY AS t(thing, place)
$$;
ALTER FUNCTION fn_try_page OWNER TO copartner_facts;

-- fn_try_subscriptions: the next subscriptions that have not ended, by customer and identifier, those alike to the rules
-- counted together with the identifiers of at most three. `bound`: committed to a term; `open`: they may be cancelled or
-- reduced at a moment.
CREATE FUNCTION fn_try_subscriptions(p_first uuid, p_second uuid, p_size integer, p_now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE
    v_rows json;
    v_read integer;
    v_last json;
    v_sellers uuid[];
    v_customers uuid[];
BEGIN
    WITH page AS (
        SELECT s.customer_tenant_id AS customer, s.id, s.partner_tenant_id AS seller,
            s.kind = 'license' AND s.commitment_ends_at IS NOT NULL AND NOT s.is_trial AS bound,
            p_now <= s.term_starts_at + interval '7 days' AS fresh
        FROM subscription s
        WHERE (s.customer_tenant_id, s.id) > (p_first, p_second) AND s.status IN ('active', 'suspended', 'pending')
        ORDER BY s.customer_tenant_id, s.id LIMIT p_size
    ), alike AS (
        SELECT g.customer, g.seller, g.bound, g.fresh, count(*) AS count, (array_agg(g.id ORDER BY g.id))[1:3] AS ids
        FROM page g GROUP BY g.customer, g.seller, g.bound, g.fresh
    )
    SELECT (SELECT json_agg(json_build_object('partner', a.seller, 'customer', a.customer, 'count', a.count, 'ids', a.ids,
            'bound', a.bound, 'open', a.fresh OR NOT a.bound) ORDER BY a.ids[1]) FROM alike a),
        (SELECT count(*) FROM page),
        (SELECT json_build_array(g.customer, g.id) FROM page g ORDER BY g.customer DESC, g.id DESC LIMIT 1),
        (SELECT array_agg(a.seller ORDER BY a.ids[1]) FROM alike a),
        (SELECT array_agg(a.customer ORDER BY a.ids[1]) FROM alike a)
    INTO v_rows, v_read, v_last, v_sellers, v_customers;
    RETURN json_build_object('read', v_read, 'last', v_last, 'rows', coalesce(v_rows, '[]'),
        'concerned', fn_try_concerned(coalesce(v_sellers, '{}'), coalesce(v_customers, '{}')));
END $$;
ALTER FUNCTION fn_try_subscriptions OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_try_subscriptions TO copartner_operator;

-- fn_try_relationships: the next active reseller relationships, by customer and identifier, with what would have to end
-- before they can.
CREATE FUNCTION fn_try_relationships(p_first uuid, p_second uuid, p_size integer) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN fn_try_page(ARRAY(
        SELECT json_build_object('partner', r.partner_tenant_id, 'customer', r.customer_tenant_id,
            'ids', json_build_array(r.id),
            'ending', (SELECT json_build_object('active', count(*) FILTER (WHERE s.status <> 'suspended'),
                    'running', count(*), 'reservations', count(*) FILTER (WHERE s.kind = 'reservation'))
                FROM subscription s WHERE s.partner_tenant_id = r.partner_tenant_id
                AND s.customer_tenant_id = r.customer_tenant_id AND s.status IN ('pending', 'active', 'suspended')))
        FROM reseller_relationship r
        WHERE (r.customer_tenant_id, r.id) > (p_first, p_second) AND r.state = 'active'
        ORDER BY r.customer_tenant_id, r.id LIMIT p_size), 'customer');
END $$;
ALTER FUNCTION fn_try_relationships OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_try_relationships TO copartner_operator;

-- fn_try_requests: the next relationship requests that wait for an answer, by partner and identifier.
CREATE FUNCTION fn_try_requests(p_first uuid, p_second uuid, p_size integer) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN fn_try_page(ARRAY(
        SELECT json_build_object('partner', q.partner_tenant_id, 'customer', q.customer_tenant_id,
            'ids', json_build_array(q.id), 'includesPrivileges', q.includes_privileges)
        FROM relationship_request q
        WHERE (q.partner_tenant_id, q.id) > (p_first, p_second) AND q.state = 'pending'
        ORDER BY q.partner_tenant_id, q.id LIMIT p_size), 'partner');
END $$;
ALTER FUNCTION fn_try_requests OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_try_requests TO copartner_operator;

-- fn_try_granular: the next granular delegated admin relationships that have not ended, by partner and identifier.
CREATE FUNCTION fn_try_granular(p_first uuid, p_second uuid, p_size integer, p_now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN fn_try_page(ARRAY(
        SELECT json_build_object('partner', q.partner_tenant_id,
            'customer', CASE WHEN q.status <> 'created' THEN q.customer_tenant_id END,
            'ids', json_build_array(q.id), 'provider', q.provider_tenant_id,
            'resellerConsented', CASE WHEN q.provider_tenant_id IS NOT NULL THEN q.reseller_consented_at IS NOT NULL END,
            'active', fn_admin_relationship_status(q, p_now) = 'active',
            'globalAdministrator', '62e90394-69f5-4237-9190-012177145e10' = ANY (q.roles),
            'withinCap', fn_within_cap(q.customer_tenant_id, q.roles))
        FROM admin_relationship q
        WHERE (q.partner_tenant_id, q.id) > (p_first, p_second)
            AND fn_admin_relationship_status(q, p_now) NOT IN ('expired', 'terminated')
        ORDER BY q.partner_tenant_id, q.id LIMIT p_size), 'partner');
END $$;
ALTER FUNCTION fn_try_granular OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_try_granular TO copartner_operator;

-- fn_try_tenants: the next tenants of partners and customers, by identifier.
CREATE FUNCTION fn_try_tenants(p_first uuid, p_size integer) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE
    v_rows json;
    v_read integer;
    v_tenants uuid[];
BEGIN
    SELECT json_agg(json_build_object('partner', CASE WHEN page.enrolled THEN page.id END, 'customer', page.id,
            'ids', json_build_array(page.id)) ORDER BY page.id),
        count(*), coalesce(array_agg(page.id ORDER BY page.id), '{}')
    INTO v_rows, v_read, v_tenants
    FROM (SELECT t.id, EXISTS (SELECT FROM enrolment e WHERE e.tenant_id = t.id) AS enrolled FROM tenant t
        WHERE t.id > p_first AND t.kind <> 'operator' ORDER BY t.id LIMIT p_size) AS page;
    RETURN json_build_object('read', v_read, 'last', json_build_array(v_tenants[v_read], v_tenants[v_read]),
        'rows', coalesce(v_rows, '[]'), 'concerned', json_build_object('pairs', '[]'::json,
            'tenants', fn_tenants(v_tenants), 'organisations', fn_organisations(v_tenants)));
END $$;
ALTER FUNCTION fn_try_tenants OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_try_tenants TO copartner_operator;

-- fn_try_sizes: how many things of each kind there are to ask about.
CREATE FUNCTION fn_try_sizes() RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN json_build_object(
        'subscriptions', (SELECT count(*) FROM subscription s WHERE s.status IN ('active', 'suspended', 'pending')),
        'relationships', (SELECT count(*) FROM reseller_relationship r WHERE r.state = 'active'),
        'requests', (SELECT count(*) FROM relationship_request q WHERE q.state = 'pending'),
        'granular', (SELECT count(*) FROM admin_relationship q WHERE q.status NOT IN ('expired', 'terminated')),
        'tenants', (SELECT count(*) FROM tenant t WHERE t.kind <> 'operator'));
END $$;
ALTER FUNCTION fn_try_sizes OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_try_sizes TO copartner_operator;

-- fn_try_present: the next things of one kind for the acting operator, after the key of the last ones.
CREATE FUNCTION fn_try_present(p_side text, p_tenant uuid, p_kind text, p_first uuid, p_second uuid, p_size integer,
    p_now timestamptz) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    RETURN CASE p_kind
        WHEN 'subscriptions' THEN fn_try_subscriptions(p_first, p_second, p_size, p_now)
        WHEN 'relationships' THEN fn_try_relationships(p_first, p_second, p_size)
        WHEN 'requests' THEN fn_try_requests(p_first, p_second, p_size)
        WHEN 'granular' THEN fn_try_granular(p_first, p_second, p_size, p_now)
        WHEN 'tenants' THEN fn_try_tenants(p_first, p_size) END;
END $$;
GRANT EXECUTE ON FUNCTION fn_try_present TO PUBLIC;

-- fn_try_counted: how many things and, of these actions from a moment on, decisions there are, for the acting operator.
CREATE FUNCTION fn_try_counted(p_side text, p_tenant uuid, p_actions text[], p_from timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    RETURN fn_try_sizes()::jsonb || jsonb_build_object('decisions',
        (SELECT count(*) FROM decided d WHERE d.at >= p_from AND d.action = ANY (p_actions)));
END $$;
GRANT EXECUTE ON FUNCTION fn_try_counted TO PUBLIC;

-- fn_try_decided: the next decisions about these actions, by moment and identifier, for the acting operator.
CREATE FUNCTION fn_try_decided(p_side text, p_tenant uuid, p_actions text[], p_from timestamptz, p_after uuid,
    p_size integer) RETURNS TABLE (at timestamptz, id uuid, times integer, action text, facts text)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    RETURN QUERY SELECT d.at, d.id, d.times, d.action, d.facts::text FROM decided d
        WHERE (d.at, d.id) > (p_from, p_after) AND d.action = ANY (p_actions) ORDER BY d.at, d.id LIMIT p_size;
END $$;
GRANT EXECUTE ON FUNCTION fn_try_decided TO PUBLIC;

-- fn_try_names: what these tenants are called, for the acting operator.
CREATE FUNCTION fn_try_names(p_side text, p_tenant uuid, p_tenants uuid[]) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    RETURN (SELECT coalesce(json_object_agg(t.id, t.company_name), '{}') FROM tenant t WHERE t.id = ANY (p_tenants));
END $$;
GRANT EXECUTE ON FUNCTION fn_try_names TO PUBLIC;
