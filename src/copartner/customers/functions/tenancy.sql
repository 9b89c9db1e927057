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
