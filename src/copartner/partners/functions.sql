-- fn_partner: what a partner shows of itself: to those it asks for a relationship, and to a seller that names it as support
-- contact, which is a declared disclosure; null when the tenant is not enrolled.
CREATE FUNCTION fn_partner(p_tenant uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT json_build_object('tenant_id', t.id, 'company_name', t.company_name, 'domain', t.domain,
            'country', t.country, 'mpn_id', e.mpn_id)
        FROM tenant t JOIN enrolment e ON e.tenant_id = t.id WHERE t.id = p_tenant);
END $$;
ALTER FUNCTION fn_partner OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_partner TO copartner_customer, copartner_partner;
