-- fn_company: what a partner reads of a customer's organisation; null without an active relationship between the two.
CREATE FUNCTION fn_company(p_customer uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object('tenant_id', t.id, 'company_name', t.company_name, 'domain', t.domain,
            'culture', t.culture, 'language', t.language, 'registration_number', t.registration_number,
            'address', t.address || jsonb_build_object('country', t.country))
        FROM tenant t WHERE t.id = p_customer AND EXISTS (
            SELECT FROM reseller_relationship r WHERE r.partner_tenant_id = actor_tenant()
            AND r.customer_tenant_id = p_customer AND r.state = 'active'));
END $$;
ALTER FUNCTION fn_company OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_company TO copartner_partner;

-- fn_billing_profile: the acting partner's profile of a customer; until it keeps one, one made of the customer's own data.
CREATE FUNCTION fn_billing_profile(p_partner uuid, p_customer uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    kept jsonb;
    company jsonb;
BEGIN
    SELECT jsonb_build_object('id', b.id, 'partner_tenant_id', b.partner_tenant_id,
        'customer_tenant_id', b.customer_tenant_id, 'email', b.email, 'company_name', b.company_name, 'culture', b.culture,
        'language', b.language, 'address', b.address, 'version', b.version) INTO kept
    FROM billing_profile b WHERE b.partner_tenant_id = p_partner AND b.customer_tenant_id = p_customer;
    IF kept IS NULL THEN
        company := fn_company(p_customer) - 'tenant_id' - 'domain' - 'registration_number';
        SELECT company || jsonb_build_object('id', r.id, 'partner_tenant_id', r.partner_tenant_id,
            'customer_tenant_id', r.customer_tenant_id, 'email', '', 'version', 1) INTO kept
        FROM reseller_relationship r
        WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.state = 'active';
    END IF;
    RETURN kept;
END $$;
GRANT EXECUTE ON FUNCTION fn_billing_profile TO copartner_partner;

-- fn_customer_row: a customer as one of its partners sees it.
CREATE FUNCTION fn_customer_row(r reseller_relationship, p_billing jsonb) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('tenant_id', r.customer_tenant_id, 'relationship_id', r.id, 'company_name', r.company_name,
        'domain', r.domain, 'allows_delegated_access', r.privileges, 'formed_at', r.formed_at,
        'billing_profile', p_billing)
$$;
GRANT EXECUTE ON FUNCTION fn_customer_row TO copartner_partner;

-- fn_read_customer: one customer with its billing profile and the facts that decide its reading, in one trip.
CREATE FUNCTION fn_read_customer(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    SELECT fn_customer_row(r, fn_billing_profile(p_tenant, p_customer)) INTO body FROM reseller_relationship r
        WHERE r.partner_tenant_id = p_tenant AND r.customer_tenant_id = p_customer AND r.state = 'active';
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_customer TO PUBLIC;

-- fn_read_company_profile: the organisation behind one customer.
CREATE FUNCTION fn_read_company_profile(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    body := coalesce(fn_company(p_customer), 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_company_profile TO PUBLIC;

-- fn_read_billing_profile: how the acting partner bills one customer.
CREATE FUNCTION fn_read_billing_profile(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    body := coalesce(fn_billing_profile(p_tenant, p_customer), 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_billing_profile TO PUBLIC;

-- fn_lock_billing_profile: the acting partner's profile of a customer, kept from now on and locked; null when there is none.
CREATE FUNCTION fn_lock_billing_profile(p_partner uuid, p_customer uuid) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_profile (partner_tenant_id, customer_tenant_id, id, email, company_name, culture, language, address)
        SELECT p.partner_tenant_id, p.customer_tenant_id, p.id, p.email, p.company_name, p.culture, p.language, p.address
        FROM jsonb_populate_record(NULL::billing_profile, fn_billing_profile(p_partner, p_customer)) AS p
        WHERE p.id IS NOT NULL
        ON CONFLICT DO NOTHING;
    PERFORM FROM billing_profile b
        WHERE b.partner_tenant_id = p_partner AND b.customer_tenant_id = p_customer FOR UPDATE;
    RETURN fn_billing_profile(p_partner, p_customer);
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_billing_profile TO copartner_partner;

-- fn_customer_witnesses: for each way in which the listed relationships differ to the rules, the facts of reading one.
CREATE FUNCTION fn_customer_witnesses(p_principal json, p_listed reseller_relationship[]) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('principal', p_principal,
        'resource', json_build_object('type', 'Customer', 'id', d.customer_tenant_id, 'partner', d.partner_tenant_id,
            'customer', d.customer_tenant_id),
        'context', json_build_object('relationship', json_build_object('id', d.id, 'partner', d.partner_tenant_id,
            'customer', d.customer_tenant_id, 'active', d.state = 'active', 'privileges', d.privileges)))), '[]')
    FROM (SELECT DISTINCT ON (r.partner_tenant_id, r.state, r.privileges) r.id, r.partner_tenant_id, r.customer_tenant_id,
            r.state, r.privileges
        FROM unnest(p_listed) AS r ORDER BY r.partner_tenant_id, r.state, r.privileges) AS d
$$;
GRANT EXECUTE ON FUNCTION fn_customer_witnesses TO copartner_partner;

-- fn_list_customers: a page of the acting partner's customers, one row more where it goes on, and how many there are: of a
-- search at most 10,000 are counted, beyond that the total is null. A search is read in the order of what it searches.
-- Prefixes are compared by ranges of bytes, which are leakproof, so that indexes serve them under row security.
CREATE FUNCTION fn_list_customers(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_field text,
    p_prefix text, p_after uuid, p_skip integer, p_size integer, OUT facts json, OUT shapes json, OUT body json)
LANGUAGE plpgsql AS $$
DECLARE
    v_from text := lower(p_prefix);
    v_to text := lower(p_prefix) || chr(1114111);
    v_after uuid := coalesce(p_after, '00000000-0000-0000-0000-000000000000');
    v_last reseller_relationship;
    v_total integer;
    v_listed reseller_relationship[];
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    IF p_field IS NOT NULL AND p_after IS NOT NULL THEN
        -- What was last on the page before may have ended meanwhile; the search goes on from its name all the same.
        SELECT (r).* INTO v_last FROM (SELECT r FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.customer_tenant_id = p_after
            ORDER BY r.formed_at DESC LIMIT 1) AS found(r);
    END IF;
    IF p_field IS NULL THEN
        SELECT c.customers INTO v_total FROM customer_count c WHERE c.partner_tenant_id = p_tenant;
        v_total := coalesce(v_total, 0);
        SELECT array_agg(page) INTO v_listed FROM (SELECT r FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.state = 'active' AND r.customer_tenant_id > v_after
            ORDER BY r.customer_tenant_id OFFSET p_skip LIMIT p_size + 1) AS listed(page);
    ELSIF p_field = 'Domain' THEN
        SELECT nullif(count(*), 10001) INTO v_total FROM (SELECT FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.state = 'active' AND r.domain ~>=~ v_from AND r.domain ~<~ v_to
            LIMIT 10001) AS counted;
        v_from := coalesce(v_last.domain, v_from);
        SELECT array_agg(page) INTO v_listed FROM (SELECT r FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.state = 'active' AND r.domain ~>=~ v_from AND r.domain ~<~ v_to
            AND (r.domain ~>~ v_from OR r.customer_tenant_id > v_after)
            ORDER BY r.domain USING ~<~, r.customer_tenant_id OFFSET p_skip LIMIT p_size + 1) AS listed(page);
    ELSE
        SELECT nullif(count(*), 10001) INTO v_total FROM (SELECT FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.state = 'active' AND r.company_key ~>=~ v_from
            AND r.company_key ~<~ v_to LIMIT 10001) AS counted;
        v_from := coalesce(v_last.company_key, v_from);
        SELECT array_agg(page) INTO v_listed FROM (SELECT r FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.state = 'active' AND r.company_key ~>=~ v_from
            AND r.company_key ~<~ v_to AND (r.company_key ~>~ v_from OR r.customer_tenant_id > v_after)
            ORDER BY r.company_key USING ~<~, r.customer_tenant_id OFFSET p_skip LIMIT p_size + 1) AS listed(page);
    END IF;
    body := json_build_object('total', v_total, 'witnesses', fn_customer_witnesses(facts -> 'principal', v_listed),
        'items', (SELECT coalesce(json_agg(fn_customer_row(r, NULL)), '[]') FROM unnest(v_listed) AS r));
END $$;
GRANT EXECUTE ON FUNCTION fn_list_customers TO PUBLIC;

-- fn_customers_that_begin: those of the acting partner's customers whose name, domain or identifier begins with a text, the
-- first so many by name of the first so many of each. An index leads to each.
CREATE FUNCTION fn_customers_that_begin(p_tenant uuid, p_text text, p_most integer) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_to text := p_text || chr(1114111);
    v_low text := p_text || substr('00000000-0000-0000-0000-000000000000', length(p_text) + 1);
    v_high text := p_text || substr('ffffffff-ffff-ffff-ffff-ffffffffffff', length(p_text) + 1);
    v_ids uuid[];
BEGIN
    v_ids := ARRAY(SELECT r.customer_tenant_id FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.state = 'active' AND r.company_key ~>=~ p_text AND r.company_key ~<~ v_to
            ORDER BY r.company_key USING ~<~, r.customer_tenant_id LIMIT p_most)
        || ARRAY(SELECT r.customer_tenant_id FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.state = 'active' AND r.domain ~>=~ p_text AND r.domain ~<~ v_to
            ORDER BY r.domain USING ~<~ LIMIT p_most);
    IF v_low ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        v_ids := v_ids || ARRAY(SELECT r.customer_tenant_id FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.state = 'active'
            AND r.customer_tenant_id >= v_low::uuid AND r.customer_tenant_id <= v_high::uuid
            ORDER BY r.customer_tenant_id LIMIT p_most);
    END IF;
    RETURN ARRAY(SELECT r.customer_tenant_id FROM reseller_relationship r
        WHERE r.partner_tenant_id = p_tenant AND r.state = 'active' AND r.customer_tenant_id = ANY (v_ids)
        ORDER BY r.company_key USING ~<~, r.customer_tenant_id LIMIT p_most);
END $$;
GRANT EXECUTE ON FUNCTION fn_customers_that_begin TO copartner_partner;

-- fn_search_customers: the acting partner's customers whose name or domain has a text in it, or whose identifier begins with
-- it; without a text all of them. The first twenty that begin with it stand before the others, which follow by name. A page
-- looks through 10,000 of the partner's own at most, by name, and ends with what it looked at last; the next one goes on there.
-- How many there are is said where all were looked through.
CREATE FUNCTION fn_search_customers(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_text text,
    p_after uuid, p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_text text := lower(p_text);
    v_from text := '';
    v_after uuid := coalesce(p_after, '00000000-0000-0000-0000-000000000000');
    v_begin uuid[] := '{}';
    v_found uuid[];
    v_room integer := p_size;
    v_next uuid;
    v_listed reseller_relationship[];
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    IF v_text <> '' THEN
        -- One place is left, so that a page always gets on in the order of the names.
        v_begin := fn_customers_that_begin(p_tenant, v_text, least(p_size - 1, 20));
    END IF;
    IF p_after IS NULL THEN
        v_room := p_size - cardinality(v_begin);
    ELSE
        -- What was last on the page before may have ended meanwhile; the search goes on from its name all the same.
        v_from := coalesce((SELECT r.company_key FROM reseller_relationship r WHERE r.partner_tenant_id = p_tenant
            AND r.customer_tenant_id = p_after ORDER BY r.formed_at DESC LIMIT 1), '');
    END IF;
    v_found := ARRAY(SELECT l.customer_tenant_id FROM (SELECT r.customer_tenant_id, r.company_key, r.domain
            FROM reseller_relationship r WHERE r.partner_tenant_id = p_tenant AND r.state = 'active'
            AND r.company_key ~>=~ v_from AND (r.company_key ~>~ v_from OR r.customer_tenant_id > v_after)
            ORDER BY r.company_key USING ~<~, r.customer_tenant_id LIMIT 10000) AS l
        WHERE (v_text = '' OR strpos(l.company_key, v_text) > 0 OR strpos(l.domain, v_text) > 0
            OR starts_with(l.customer_tenant_id::text, v_text)) AND l.customer_tenant_id <> ALL (v_begin)
        LIMIT v_room + 1);
    IF cardinality(v_found) > v_room THEN
        v_next := v_found[v_room];
    ELSE
        -- The last one looked at, if another follows it.
        SELECT CASE WHEN count(*) > 1 THEN (array_agg(l.customer_tenant_id))[1] END INTO v_next
        FROM (SELECT r.customer_tenant_id FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.state = 'active'
            AND r.company_key ~>=~ v_from AND (r.company_key ~>~ v_from OR r.customer_tenant_id > v_after)
            ORDER BY r.company_key USING ~<~, r.customer_tenant_id OFFSET 9999 LIMIT 2) AS l;
    END IF;
    v_found := CASE WHEN p_after IS NULL THEN v_begin ELSE '{}' END || v_found[:v_room];
    v_listed := ARRAY(SELECT r FROM unnest(v_found) WITH ORDINALITY AS l(id, place)
        JOIN reseller_relationship r ON r.partner_tenant_id = p_tenant AND r.customer_tenant_id = l.id AND r.state = 'active'
        ORDER BY l.place);
    body := json_build_object('next_after', v_next,
        'total', CASE WHEN v_text = '' THEN coalesce((SELECT c.customers FROM customer_count c
                WHERE c.partner_tenant_id = p_tenant), 0)
            WHEN p_after IS NULL AND v_next IS NULL THEN cardinality(v_listed) END,
        'witnesses', fn_customer_witnesses(facts -> 'principal', v_listed),
        'items', (SELECT coalesce(json_agg(fn_customer_row(r, NULL)::jsonb || jsonb_build_object(
            'country', coalesce(fn_company(r.customer_tenant_id) -> 'address' ->> 'country', ''))), '[]')
            FROM unnest(v_listed) AS r));
END $$;
GRANT EXECUTE ON FUNCTION fn_search_customers TO PUBLIC;
