-- fn_request_resource: whose request it is and whom it names, of any partner; without a partner there is no such request.
-- Where it names nobody, `p_answering` stands as the customer.
CREATE FUNCTION fn_request_resource(p_request uuid, p_answering uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE r record;
BEGIN
    SELECT q.partner_tenant_id, q.customer_tenant_id, q.includes_privileges INTO r
        FROM relationship_request q WHERE q.id = p_request;
    RETURN json_build_object('type', 'RelationshipRequest', 'id', p_request, 'partner', r.partner_tenant_id,
        'customer', CASE WHEN r.partner_tenant_id IS NOT NULL THEN coalesce(r.customer_tenant_id, p_answering) END,
        'includesPrivileges', r.includes_privileges);
END $$;
ALTER FUNCTION fn_request_resource OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_request_resource TO copartner_partner, copartner_customer;

-- fn_request_facts: a partner's user and one request.
CREATE FUNCTION fn_request_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_request uuid)
RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', fn_request_resource(p_request, NULL));
END $$;
GRANT EXECUTE ON FUNCTION fn_request_facts TO copartner_partner;

-- fn_request_row: one request as the partner that sent it reads it.
CREATE FUNCTION fn_request_row(r relationship_request) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', r.id, 'partner_tenant_id', r.partner_tenant_id,
        'customer_tenant_id', r.customer_tenant_id, 'includes_privileges', r.includes_privileges, 'reason', r.reason,
        'state', r.state, 'created_at', r.created_at, 'answered_at', r.answered_at, 'created_by', r.created_by,
        'addressee', r.addressee, 'letter_at', r.letter_at)
$$;
GRANT EXECUTE ON FUNCTION fn_request_row TO copartner_partner, copartner_customer;

-- fn_read_request: one request of the acting partner.
CREATE FUNCTION fn_read_request(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_request uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_request_facts(p_side, p_tenant, p_subject, p_app_only, p_request);
    SELECT fn_request_row(r) INTO body FROM relationship_request r
        WHERE r.partner_tenant_id = p_tenant AND r.id = p_request;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_request TO PUBLIC;

-- fn_list_requests: a page of the acting partner's requests, the oldest or the newest first, and one more row where the list
-- goes on.
CREATE FUNCTION fn_list_requests(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_state text,
    p_after uuid, p_size integer, p_newest boolean, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE v_listed relationship_request[];
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    IF p_newest THEN
        SELECT array_agg(page) INTO v_listed FROM (SELECT r FROM relationship_request r WHERE r.partner_tenant_id = p_tenant
            AND (p_state IS NULL OR r.state = p_state) AND (p_after IS NULL OR r.id < p_after)
            ORDER BY r.id DESC LIMIT p_size + 1) AS listed(page);
    ELSE
        SELECT array_agg(page) INTO v_listed FROM (SELECT r FROM relationship_request r WHERE r.partner_tenant_id = p_tenant
            AND (p_state IS NULL OR r.state = p_state) AND (p_after IS NULL OR r.id > p_after)
            ORDER BY r.id LIMIT p_size + 1) AS listed(page);
    END IF;
    body := (SELECT coalesce(json_agg(fn_request_row(r)), '[]') FROM unnest(v_listed) AS r);
    shapes := (SELECT coalesce(json_agg(json_build_object('type', 'RelationshipRequest', 'id', sender, 'partner', sender)), '[]')
        FROM (SELECT DISTINCT r.partner_tenant_id FROM unnest(v_listed) AS r) AS senders(sender));
END $$;
GRANT EXECUTE ON FUNCTION fn_list_requests TO PUBLIC;
