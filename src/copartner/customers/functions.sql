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

-- fn_domains: every domain of a customer, the first one first; null without an active relationship between the two.
CREATE FUNCTION fn_domains(p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT json_agg(d.name ORDER BY d.name <> t.domain, d.name)
        FROM tenant t JOIN tenant_domain d ON d.tenant_id = t.id WHERE t.id = p_customer AND EXISTS (
            SELECT FROM reseller_relationship r WHERE r.partner_tenant_id = actor_tenant()
            AND r.customer_tenant_id = p_customer AND r.state = 'active'));
END $$;
ALTER FUNCTION fn_domains OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_domains TO copartner_partner;

-- fn_read_domains: every domain of one customer.
CREATE FUNCTION fn_read_domains(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    body := coalesce(fn_domains(p_customer), 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_domains TO PUBLIC;

-- fn_read_domain_use: whether any tenant has a domain.
CREATE FUNCTION fn_read_domain_use(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_domain text,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := to_json(fn_tenant_by_domain(p_domain) IS NOT NULL);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_domain_use TO PUBLIC;

-- fn_add_domain: gives a customer that delegated its tenant to the acting partner one more domain; whether it did.
CREATE FUNCTION fn_add_domain(p_customer uuid, p_domain jsonb, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    INSERT INTO tenant_domain (tenant_id, name, is_initial, authentication_type, capability, federation, added_at)
        SELECT p_customer, p_domain ->> 'name', false, p_domain ->> 'authentication_type', p_domain ->> 'capability',
            nullif(p_domain -> 'federation', 'null'), p_now
        WHERE EXISTS (SELECT FROM reseller_relationship r WHERE r.partner_tenant_id = actor_tenant()
            AND r.customer_tenant_id = p_customer AND r.state = 'active' AND r.privileges);
    RETURN FOUND;
END $$;
ALTER FUNCTION fn_add_domain OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_add_domain TO copartner_partner;

-- fn_managed_products: what a customer that delegated its tenant to the acting partner has licences of, whoever sold them.
CREATE FUNCTION fn_managed_products(p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object('id', c.id, 'name', c.title) ORDER BY c.id), '[]')
        FROM catalogue_product c WHERE EXISTS (
            SELECT FROM subscription s WHERE s.customer_tenant_id = p_customer AND s.product_id = c.id
            AND s.kind = 'license' AND s.status = 'active')
        AND EXISTS (SELECT FROM reseller_relationship r WHERE r.partner_tenant_id = actor_tenant()
            AND r.customer_tenant_id = p_customer AND r.state = 'active' AND r.privileges));
END $$;
ALTER FUNCTION fn_managed_products OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_managed_products TO copartner_partner;

-- fn_read_managed_services: what the acting partner manages in one customer's tenant.
CREATE FUNCTION fn_read_managed_services(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    body := fn_managed_products(p_customer);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_managed_services TO PUBLIC;

-- fn_customer_resellers: the indirect resellers of the acting partner through which it works with a customer.
CREATE FUNCTION fn_customer_resellers(p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(fn_partner(r.partner_tenant_id) ORDER BY r.partner_tenant_id), '[]')
        FROM reseller_relationship r WHERE r.provider_tenant_id = actor_tenant()
        AND r.customer_tenant_id = p_customer AND r.state = 'active');
END $$;
ALTER FUNCTION fn_customer_resellers OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_customer_resellers TO copartner_partner;

-- fn_read_resellers: the indirect resellers through which the acting partner works with one customer.
CREATE FUNCTION fn_read_resellers(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    body := fn_customer_resellers(p_customer);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_resellers TO PUBLIC;

-- fn_own_reseller: an indirect reseller of the acting partner as the rules see it; null when it is none.
CREATE FUNCTION fn_own_reseller(p_reseller uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT json_build_object('tenants', fn_tenants(ARRAY[p_reseller]),
            'organisations', fn_organisations(ARRAY[p_reseller]))
        FROM partner_relationship r WHERE r.provider_tenant_id = actor_tenant()
        AND r.reseller_tenant_id = p_reseller AND r.state = 'active');
END $$;
ALTER FUNCTION fn_own_reseller OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_own_reseller TO copartner_partner;

-- fn_standing: what stands in the way of purging a customer of the acting partner. Shared is what anybody else has with it.
CREATE FUNCTION fn_standing(p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN json_build_object('ending', fn_ending(actor_tenant(), p_customer),
        'company_name', fn_company(p_customer) ->> 'company_name',
        'shared', EXISTS (SELECT FROM reseller_relationship r WHERE r.customer_tenant_id = p_customer
                AND r.state = 'active' AND r.partner_tenant_id <> actor_tenant())
            OR EXISTS (SELECT FROM subscription s WHERE s.customer_tenant_id = p_customer
                AND s.partner_tenant_id <> actor_tenant())
            OR EXISTS (SELECT FROM enrolment e WHERE e.tenant_id = p_customer));
END $$;
ALTER FUNCTION fn_standing OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_standing TO copartner_partner;

-- fn_found_tenant: a new organisation with a tenant, its first admin, and the acting partner's relationship and profile.
CREATE FUNCTION fn_found_tenant(p_new jsonb, p_password_hash text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE n record;
BEGIN
    SELECT * INTO n FROM jsonb_to_record(p_new) AS x(tenant_id uuid, organisation_id uuid, user_id uuid,
        relationship_id uuid, billing_id uuid, cloud text, company_name text, domain text, country text, culture text,
        language text, email text, billing_name text, address jsonb, admin text, privileges boolean,
        registration_number text, reseller_tenant_id uuid, reseller_relationship_id uuid,
        owes_default_roles boolean);
    INSERT INTO organisation (id, name) VALUES (n.organisation_id, n.company_name);
    INSERT INTO tenant (id, organisation_id, kind, cloud, company_name, domain, country, culture, language, address,
            created_at, registration_number)
        VALUES (n.tenant_id, n.organisation_id, 'customer', n.cloud, n.company_name, n.domain, n.country, n.culture,
            n.language, n.address, p_now, n.registration_number);
    INSERT INTO user_account (tenant_id, id, user_principal_name, display_name, password_hash, must_change_password)
        VALUES (n.tenant_id, n.user_id, n.admin, n.company_name, p_password_hash, true);
    INSERT INTO role_assignment (tenant_id, user_id, role) VALUES (n.tenant_id, n.user_id, 'Global admin');
    INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, state, privileges, company_name, domain,
            formed_at, owes_default_roles)
        VALUES (n.tenant_id, n.relationship_id, actor_tenant(), 'active', n.privileges, n.company_name, n.domain, p_now,
            n.owes_default_roles);
    IF n.reseller_tenant_id IS NOT NULL THEN
        INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, provider_tenant_id, state,
                privileges, company_name, domain, formed_at)
            VALUES (n.tenant_id, n.reseller_relationship_id, n.reseller_tenant_id, actor_tenant(), 'active', false,
                n.company_name, n.domain, p_now);
    END IF;
    INSERT INTO billing_profile (partner_tenant_id, customer_tenant_id, id, email, company_name, culture, language, address)
        VALUES (actor_tenant(), n.tenant_id, n.billing_id, n.email, n.billing_name, n.culture, n.language, n.address);
END $$;
ALTER FUNCTION fn_found_tenant OWNER TO copartner_founder;
GRANT EXECUTE ON FUNCTION fn_found_tenant TO copartner_partner;
