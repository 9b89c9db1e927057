-- fn_agreement: the customer agreement one partner may rely upon, as the rules' witness: the customer's own acceptance
-- first, else what this partner attested; null when there is neither.
CREATE FUNCTION fn_agreement(p_partner uuid, p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT json_build_object('id', a.id, 'customer', a.customer_tenant_id, 'confirmedBy', a.partner_tenant_id)
        FROM customer_agreement a
        WHERE a.customer_tenant_id = p_customer AND coalesce(a.partner_tenant_id, p_partner) = p_partner
        AND actor_tenant() IN (p_partner, p_customer)
        ORDER BY a.partner_tenant_id NULLS FIRST, a.agreed_at DESC, a.id DESC LIMIT 1);
END $$;
ALTER FUNCTION fn_agreement OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_agreement TO copartner_partner, copartner_customer;

-- fn_agreement_row: one agreement as its own party reads it.
CREATE FUNCTION fn_agreement_row(a customer_agreement) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', a.id, 'customer_tenant_id', a.customer_tenant_id,
        'partner_tenant_id', a.partner_tenant_id, 'type', a.type, 'template_id', a.template_id, 'agreed_at', a.agreed_at,
        'contact', json_build_object('first_name', a.first_name, 'last_name', a.last_name, 'email', a.email,
            'phone', a.phone))
$$;
GRANT EXECUTE ON FUNCTION fn_agreement_row TO copartner_partner, copartner_customer;

-- fn_own_acceptances: what a customer accepted itself, without the person, for a partner that has a relationship with it.
CREATE FUNCTION fn_own_acceptances(p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object('id', a.id, 'customer_tenant_id', a.customer_tenant_id,
            'partner_tenant_id', NULL, 'type', a.type, 'template_id', a.template_id, 'agreed_at', a.agreed_at,
            'contact', NULL) ORDER BY a.id), '[]')
        FROM customer_agreement a
        WHERE a.customer_tenant_id = p_customer AND a.partner_tenant_id IS NULL AND EXISTS (
            SELECT FROM reseller_relationship r WHERE r.partner_tenant_id = actor_tenant()
            AND r.customer_tenant_id = p_customer AND r.state = 'active'));
END $$;
ALTER FUNCTION fn_own_acceptances OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_own_acceptances TO copartner_partner;

-- fn_list_agreements: what the customer accepted itself and what the acting partner attested.
CREATE FUNCTION fn_list_agreements(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    SELECT json_build_object('accepted', fn_own_acceptances(p_customer),
            'attested', coalesce(json_agg(fn_agreement_row(a) ORDER BY a.id), '[]')),
        coalesce((SELECT json_agg(json_build_object('type', 'Customer', 'id', p_customer, 'customer', p_customer,
            'partner', attestor)) FROM (SELECT DISTINCT unnest(array_agg(a.partner_tenant_id))) AS d(attestor)), '[]')
    INTO body, shapes
    FROM customer_agreement a WHERE a.partner_tenant_id = p_tenant AND a.customer_tenant_id = p_customer;
END $$;
GRANT EXECUTE ON FUNCTION fn_list_agreements TO PUBLIC;

-- fn_read_metadata: who asks which agreements there are.
CREATE FUNCTION fn_read_metadata(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := 'null';
END $$;
GRANT EXECUTE ON FUNCTION fn_read_metadata TO PUBLIC;

-- fn_read_partner_agreement: the partner agreement as the acting partner signed it.
CREATE FUNCTION fn_read_partner_agreement(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT json_build_object('id', g.id, 'partner_tenant_id', g.partner_tenant_id, 'template_id', g.template_id,
        'signed_at', g.signed_at, 'signed_by', g.signed_by) INTO body
    FROM partner_agreement g WHERE g.partner_tenant_id = p_tenant ORDER BY g.signed_at DESC LIMIT 1;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_partner_agreement TO PUBLIC;

-- fn_signed: whether the acting partner or an indirect reseller of it, by tenant or number, signed the partner agreement;
-- null when it is neither.
CREATE FUNCTION fn_signed(p_partner uuid, p_number text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT EXISTS (SELECT FROM partner_agreement g WHERE g.partner_tenant_id = e.tenant_id)
        FROM enrolment e WHERE (e.tenant_id = p_partner OR e.mpn_id = p_number) AND (e.tenant_id = actor_tenant()
            OR EXISTS (SELECT FROM partner_relationship r WHERE r.provider_tenant_id = actor_tenant()
                AND r.reseller_tenant_id = e.tenant_id AND r.state = 'active')));
END $$;
ALTER FUNCTION fn_signed OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_signed TO copartner_partner;

-- fn_read_signed: the same, with the facts that decide its reading.
CREATE FUNCTION fn_read_signed(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid,
    p_number text, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := coalesce(to_json(fn_signed(p_partner, p_number)), 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_signed TO PUBLIC;
