-- fn_agreement: the customer agreement one partner may rely upon, as the rules' witness: the customer's own acceptance
-- first, else what this partner attested; null when there is neither.
CREATE FUNCTION fn_agreement(p_partner uuid, p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT json_build_object('id', a.id, 'customer', a.customer_tenant_id, 'confirmedBy', a.partner_tenant_id)
        FROM customer_agreement a
        WHERE a.customer_tenant_id = p_customer AND coalesce(a.partner_tenant_id, p_partner) = p_partner
        ORDER BY a.partner_tenant_id NULLS FIRST, a.agreed_at DESC, a.id DESC LIMIT 1);
END $$;
ALTER FUNCTION fn_agreement OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_agreement TO copartner_partner, copartner_customer;
