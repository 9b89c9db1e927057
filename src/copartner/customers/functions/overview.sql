-- fn_read_overview: one customer of the acting partner with what its page tells, and all that decides what may be done there.
CREATE FUNCTION fn_read_overview(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    SELECT json_build_object('facts', fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, true),
        'customer', fn_customer_row(r, fn_billing_profile(p_tenant, p_customer)), 'company', fn_company(p_customer),
        'accepted', fn_own_acceptances(p_customer),
        'attested', (SELECT fn_agreement_row(a) FROM customer_agreement a
            WHERE a.partner_tenant_id = p_tenant AND a.customer_tenant_id = p_customer
            ORDER BY a.agreed_at DESC, a.id DESC LIMIT 1),
        'resellers', fn_customer_resellers(p_customer), 'ending', fn_ending(p_tenant, p_customer))
    INTO body FROM reseller_relationship r
        WHERE r.partner_tenant_id = p_tenant AND r.customer_tenant_id = p_customer AND r.state = 'active';
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_overview TO PUBLIC;
