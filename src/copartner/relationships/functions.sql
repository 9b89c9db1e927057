-- fn_relationship: the active relationship of a partner and a customer as the rules' witness; null when there is none.
CREATE FUNCTION fn_relationship(p_partner uuid, p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT json_build_object('id', r.id, 'partner', r.partner_tenant_id, 'customer', r.customer_tenant_id,
            'active', r.state = 'active', 'privileges', r.privileges)
        FROM reseller_relationship r
        WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.state = 'active');
END $$;
ALTER FUNCTION fn_relationship OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_relationship TO copartner_partner, copartner_customer;

-- fn_known_tenant: the identifier itself when a tenant has it, else null.
CREATE FUNCTION fn_known_tenant(p_tenant uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT t.id FROM tenant t WHERE t.id = p_tenant);
END $$;
ALTER FUNCTION fn_known_tenant OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_known_tenant TO copartner_partner, copartner_customer, copartner_operator;

-- fn_customer_facts: a partner's user and one customer as that partner sees it. Deep facts add what the rules of selling
-- judge: the agreement, both tenants and both organisations.
CREATE FUNCTION fn_customer_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_deep boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE both_tenants uuid[] := ARRAY[p_tenant, p_customer];
BEGIN
    RETURN json_build_object(
        'principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'Customer', 'id', p_customer, 'partner', p_tenant,
            'customer', fn_known_tenant(p_customer)),
        'context', json_build_object('relationship', fn_relationship(p_tenant, p_customer),
            'agreement', CASE WHEN p_deep THEN fn_agreement(p_tenant, p_customer) END),
        'tenants', CASE WHEN p_deep THEN fn_tenants(both_tenants) ELSE '[]' END,
        'organisations', CASE WHEN p_deep THEN fn_organisations(both_tenants) ELSE '[]' END);
END $$;
GRANT EXECUTE ON FUNCTION fn_customer_facts TO copartner_partner;
