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

-- fn_found_tenant: a new organisation with a tenant, its first admin, and the acting partner's relationship and profile,
-- with its default granular relationship where that comes with them.
CREATE FUNCTION fn_found_tenant(p_new jsonb, p_password_hash text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE n record;
BEGIN
    SELECT * INTO n FROM jsonb_to_record(p_new) AS x(tenant_id uuid, organisation_id uuid, user_id uuid,
        relationship_id uuid, billing_id uuid, cloud text, company_name text, domain text, country text, culture text,
        language text, email text, billing_name text, address jsonb, admin text, privileges boolean,
        registration_number text, reseller_tenant_id uuid, reseller_relationship_id uuid, default_roles jsonb);
    INSERT INTO organisation (id, name) VALUES (n.organisation_id, n.company_name);
    INSERT INTO tenant (id, organisation_id, kind, cloud, company_name, domain, country, culture, language, address,
            created_at, registration_number)
        VALUES (n.tenant_id, n.organisation_id, 'customer', n.cloud, n.company_name, n.domain, n.country, n.culture,
            n.language, n.address, p_now, n.registration_number);
    INSERT INTO user_account (tenant_id, id, user_principal_name, display_name, password_hash, must_change_password)
        VALUES (n.tenant_id, n.user_id, n.admin, n.company_name, p_password_hash, true);
    INSERT INTO role_assignment (tenant_id, user_id, role) VALUES (n.tenant_id, n.user_id, 'Global admin');
    INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, state, privileges, company_name, domain,
            formed_at)
        VALUES (n.tenant_id, n.relationship_id, actor_tenant(), 'active', n.privileges, n.company_name, n.domain, p_now);
    IF n.reseller_tenant_id IS NOT NULL THEN
        INSERT INTO reseller_relationship (customer_tenant_id, id, partner_tenant_id, provider_tenant_id, state,
                privileges, company_name, domain, formed_at)
            VALUES (n.tenant_id, n.reseller_relationship_id, n.reseller_tenant_id, actor_tenant(), 'active', false,
                n.company_name, n.domain, p_now);
    END IF;
    INSERT INTO admin_relationship (partner_tenant_id, id, customer_tenant_id, customer_name, display_name, roles,
            duration, auto_extend, status, created_at, modified_at, activated_at, ends_at)
        SELECT actor_tenant(), d.id, n.tenant_id, d.customer_name, d.display_name, d.roles, d.duration, 'PT0S', 'active',
            p_now, p_now, d.activated_at, d.ends_at
        FROM jsonb_to_record(n.default_roles) AS d(id uuid, customer_name text, display_name text, roles uuid[],
            duration text, activated_at timestamptz, ends_at timestamptz)
        WHERE n.default_roles IS NOT NULL;
    INSERT INTO billing_profile (partner_tenant_id, customer_tenant_id, id, email, company_name, culture, language, address)
        VALUES (actor_tenant(), n.tenant_id, n.billing_id, n.email, n.billing_name, n.culture, n.language, n.address);
END $$;
ALTER FUNCTION fn_found_tenant OWNER TO copartner_founder;
GRANT EXECUTE ON FUNCTION fn_found_tenant TO copartner_partner;

-- fn_read_creating: the acting partner before it makes a tenant, with what the rules judge of that.
CREATE FUNCTION fn_read_creating(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := CASE WHEN p_side = 'partner' THEN fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, true)
        ELSE facts END;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_creating TO PUBLIC;
