-- fn_read_asking: the acting partner before it invites somebody, with what the rules judge of it.
CREATE FUNCTION fn_read_asking(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE v_asking json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    v_asking := CASE WHEN p_side = 'partner' THEN fn_asking_facts(p_side, p_tenant, p_subject, p_app_only) END;
    body := json_build_object('facts', coalesce(v_asking, facts), 'partner', fn_partner(p_tenant));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_asking TO PUBLIC;

-- fn_addressee_language: the language of the customer that a request of the acting partner names, so that it is written to in
-- it; null for any other request.
CREATE FUNCTION fn_addressee_language(p_request uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT lower(split_part(t.language, '-', 1)) FROM relationship_request r JOIN tenant t ON t.id = r.customer_tenant_id
        WHERE r.id = p_request AND r.partner_tenant_id = actor_tenant());
END $$;
ALTER FUNCTION fn_addressee_language OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_addressee_language TO copartner_partner;

-- fn_writing: what a letter about a request of the acting partner needs.
CREATE FUNCTION fn_writing(p_tenant uuid, p_request uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('request', fn_request_row(r), 'partner', fn_partner(p_tenant),
        'language', fn_addressee_language(p_request))
    FROM relationship_request r WHERE r.partner_tenant_id = p_tenant AND r.id = p_request
$$;
GRANT EXECUTE ON FUNCTION fn_writing TO copartner_partner;

-- fn_read_sent: one request of the acting partner with what a letter about it needs.
CREATE FUNCTION fn_read_sent(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_request uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_request_facts(p_side, p_tenant, p_subject, p_app_only, p_request);
    body := coalesce(fn_writing(p_tenant, p_request), 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_sent TO PUBLIC;
