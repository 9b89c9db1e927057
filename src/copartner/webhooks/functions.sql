-- fn_event_address_row: an address as its model has it.
CREATE FUNCTION fn_event_address_row(e event_address) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', e.tenant_id, 'key_id', e.id, 'url', e.url, 'registered_at', e.registered_at)
$$;
GRANT EXECUTE ON FUNCTION fn_event_address_row TO copartner_partner, copartner_customer, copartner_operator;

-- fn_read_event_address: where the acting tenant has events sent.
CREATE FUNCTION fn_read_event_address(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT fn_event_address_row(e) INTO body FROM event_address e WHERE e.tenant_id = p_tenant;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_event_address TO PUBLIC;

-- fn_look_at_events: where the acting tenant has events sent, and the oldest 100 of those that wait, without what they say.
CREATE FUNCTION fn_look_at_events(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := json_build_object(
        'address', (SELECT fn_event_address_row(e) FROM event_address e WHERE e.tenant_id = p_tenant),
        'waiting', (SELECT coalesce(json_agg(json_build_object('id', w.id, 'kind', w.kind, 'occurred_at', w.occurred_at,
                'attempts', w.attempts, 'retry_at', w.retry_at, 'given_up', w.given_up, 'failure', w.failure)
                ORDER BY w.occurred_at, w.id), '[]')
            FROM (SELECT o.id, o.kind, o.occurred_at, o.attempts, o.retry_at, o.given_up, o.failure FROM event_outbox o
                WHERE o.tenant_id = p_tenant ORDER BY o.occurred_at, o.id LIMIT 100) AS w));
END $$;
GRANT EXECUTE ON FUNCTION fn_look_at_events TO PUBLIC;

-- fn_lock_event_address: the same within a change, locked.
CREATE FUNCTION fn_lock_event_address(p_tenant uuid) RETURNS json LANGUAGE sql AS $$
    SELECT fn_event_address_row(e) FROM event_address e WHERE e.tenant_id = p_tenant FOR UPDATE
$$;
GRANT EXECUTE ON FUNCTION fn_lock_event_address TO copartner_partner, copartner_customer, copartner_operator;

-- fn_broadcast: an event for every tenant of these sides, in these markets, that has an address; answers for how many. A
-- tenant's side is the operator's, else a partner's, else a customer's; no markets are all of them.
CREATE FUNCTION fn_broadcast(p_key text, p_kind text, p_sides text[], p_markets text[], p_data text, p_at timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_written integer;
BEGIN
    INSERT INTO event_outbox (id, tenant_id, kind, data, occurred_at)
    SELECT md5(p_key || t.id::text)::uuid, t.id, p_kind, p_data, p_at
    FROM event_address a JOIN tenant t ON t.id = a.tenant_id LEFT JOIN enrolment e ON e.tenant_id = t.id
    WHERE CASE WHEN t.kind = 'operator' THEN 'operator' WHEN e.tenant_id IS NOT NULL THEN 'partner' ELSE 'customer' END
            = ANY (p_sides)
        AND (p_markets = '{}' OR t.country = ANY (p_markets));
    GET DIAGNOSTICS v_written = ROW_COUNT;
    RETURN v_written;
END $$;
ALTER FUNCTION fn_broadcast OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_broadcast TO copartner_operator;
