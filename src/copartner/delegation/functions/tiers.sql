-- fn_provided_facts: an indirect provider and the reseller for which it asks; without a partner it has no such reseller.
CREATE FUNCTION fn_provided_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_reseller uuid, p_id uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'AdminRelationship', 'id', p_id, 'provider', p_tenant,
            'partner', (SELECT r.reseller_tenant_id FROM partner_relationship r WHERE r.provider_tenant_id = p_tenant
                AND r.reseller_tenant_id = p_reseller AND r.state = 'active')),
        'tenants', fn_tenants(ARRAY[p_tenant, p_reseller]), 'organisations', fn_organisations(ARRAY[p_tenant, p_reseller]));
END $$;
GRANT EXECUTE ON FUNCTION fn_provided_facts TO copartner_partner;
