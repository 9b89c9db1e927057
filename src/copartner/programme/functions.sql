-- fn_enrol_facts: the operator's user and the tenant it means to enrol, whether or not there is one.
CREATE FUNCTION fn_enrol_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_enrolled uuid)
RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'TenantRecord', 'id', p_enrolled, 'tenant', p_enrolled));
END $$;
GRANT EXECUTE ON FUNCTION fn_enrol_facts TO copartner_operator;

-- fn_read_decision: the acting tenant's record of a decision. What it has no record of stands as no tenant's.
CREATE FUNCTION fn_read_decision(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_decision uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE d record;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    SELECT r.tenant_id, r.id, r.at, r.last_at, r.times, r.actor_tenant_id, r.actor_id, r.actor_name, r.action,
        r.resource_type, r.resource_id, r.rules, r.caller_text, r.facts, r.explained, r.digest INTO d
    FROM decision_record r WHERE r.tenant_id = p_tenant AND r.id = p_decision;
    facts := json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'DecisionRecord', 'id', p_decision,
            'tenant', coalesce(d.tenant_id, '00000000-0000-0000-0000-000000000000'),
            'actor', CASE WHEN d.actor_tenant_id = d.tenant_id THEN d.actor_id END));
    body := CASE WHEN d.id IS NULL THEN 'null' ELSE json_build_object('id', d.id, 'at', d.at, 'last_at', d.last_at,
        'times', d.times, 'actor_tenant_id', d.actor_tenant_id, 'actor_name', d.actor_name, 'action', d.action,
        'resource_type', d.resource_type, 'resource_id', d.resource_id, 'rules', d.rules, 'caller_text', d.caller_text,
        'facts', d.facts, 'explained', d.explained, 'digest', d.digest) END;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_decision TO PUBLIC;

-- fn_decided_row: a decision that counted, as JSON; null when none of that number is kept.
CREATE FUNCTION fn_decided_row(p_decision uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', d.id, 'at', d.at, 'action', d.action, 'allowed', d.allowed, 'rules', d.rules,
        'digest', d.digest, 'facts', d.facts) FROM decided d WHERE d.id = p_decision
$$;
GRANT EXECUTE ON FUNCTION fn_decided_row TO copartner_operator, copartner_worker;

-- fn_read_decided: the acting operator and a decision of whomever.
CREATE FUNCTION fn_read_decided(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_decision uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := coalesce(fn_decided_row(p_decision), 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_decided TO PUBLIC;

-- fn_decided: the same for the rules alone, of a decision whose reader is decided already.
CREATE FUNCTION fn_decided(p_decision uuid) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as('worker', NULL);
    RETURN fn_decided_row(p_decision);
END $$;
GRANT EXECUTE ON FUNCTION fn_decided TO PUBLIC;

-- fn_keep_rulebook: keeps a rulebook whole, unless it is kept already.
CREATE FUNCTION fn_keep_rulebook(p_digest text, p_source jsonb, p_sets text[], p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as('worker', NULL);
    INSERT INTO kept_rulebook (digest, source, sets, kept_at) VALUES (p_digest, p_source, p_sets, p_now)
        ON CONFLICT DO NOTHING;
END $$;
GRANT EXECUTE ON FUNCTION fn_keep_rulebook TO PUBLIC;

-- fn_kept_rulebook: what a rulebook was made of that had a set of rules of this digest; null when none was kept.
CREATE FUNCTION fn_kept_rulebook(p_set text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as('worker', NULL);
    RETURN (SELECT k.source FROM kept_rulebook k WHERE k.sets @> ARRAY[p_set] ORDER BY k.kept_at, k.digest LIMIT 1);
END $$;
GRANT EXECUTE ON FUNCTION fn_kept_rulebook TO PUBLIC;

-- fn_list_audit: a page of the acting tenant's audit between two moments, one row more where it goes on, and how many: at
-- most 10,000 are counted, beyond that the total is null.
CREATE FUNCTION fn_list_audit(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_from timestamptz,
    p_to timestamptz, p_customer uuid, p_name text, p_type text, p_after uuid, p_skip integer, p_size integer,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_total integer;
    v_items json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT nullif(count(*), 10001) INTO v_total FROM (SELECT FROM audit_record a
        WHERE a.tenant_id = p_tenant AND fn_audit_wanted(a, p_from, p_to, p_customer, p_name, p_type) LIMIT 10001) AS counted;
    SELECT coalesce(json_agg(fn_audit_row(page) ORDER BY (page).id), '[]'),
        coalesce((SELECT json_agg(json_build_object('type', 'Home', 'id', reader, 'tenant', reader))
            FROM (SELECT DISTINCT unnest(array_agg((page).tenant_id))) AS readers(reader)), '[]')
    INTO v_items, shapes
    FROM (SELECT a FROM audit_record a
        WHERE a.tenant_id = p_tenant AND fn_audit_wanted(a, p_from, p_to, p_customer, p_name, p_type)
        AND (p_after IS NULL OR a.id > p_after) ORDER BY a.id OFFSET p_skip LIMIT p_size + 1) AS listed(page);
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_audit TO PUBLIC;

-- fn_read_audit: one record of the acting tenant's audit.
CREATE FUNCTION fn_read_audit(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_record uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT fn_audit_row(a) INTO body FROM audit_record a WHERE a.tenant_id = p_tenant AND a.id = p_record;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_audit TO PUBLIC;

-- fn_partner_names: names of the partners that the acting tenant's records name, by their identifiers.
CREATE FUNCTION fn_partner_names(p_partners uuid[]) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_object_agg(p.id, fn_partner(p.id) ->> 'company_name'), '{}')
    FROM (SELECT DISTINCT unnest(p_partners)) AS p(id) WHERE p.id IS NOT NULL
$$;
GRANT EXECUTE ON FUNCTION fn_partner_names TO copartner_partner, copartner_customer, copartner_operator;

-- fn_partners_like: which of the partners named in the acting tenant's records between two moments have a text in their name
-- or domain, or have that identifier.
CREATE FUNCTION fn_partners_like(p_tenant uuid, p_from timestamptz, p_to timestamptz, p_text text) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(n.id), '{}')
    FROM (SELECT d.partner_tenant_id AS id, fn_partner(d.partner_tenant_id) AS told
        FROM (SELECT DISTINCT a.partner_tenant_id FROM audit_record a WHERE a.tenant_id = p_tenant AND a.at >= p_from
            AND a.at < p_to AND a.partner_tenant_id IS NOT NULL) AS d) AS n
    WHERE n.id::text = lower(p_text) OR strpos(lower(n.told ->> 'company_name'), lower(p_text)) > 0
        OR strpos(n.told ->> 'domain', lower(p_text)) > 0
$$;
GRANT EXECUTE ON FUNCTION fn_partners_like TO copartner_partner, copartner_customer, copartner_operator;

-- fn_search_audit: a page of the acting tenant's audit between two moments, the newest first, and one row more where it goes
-- on. What is not null narrows: one operation or all on one kind of thing, part of an actor's name, part of the name of the customer or partner concerned or
-- its identifier, one customer, denials alone.
CREATE FUNCTION fn_search_audit(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_from timestamptz,
    p_to timestamptz, p_operation text, p_actor text, p_about text, p_customer uuid, p_denied boolean, p_after uuid,
    p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_partners uuid[];
    v_items json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    v_partners := CASE WHEN p_about IS NULL THEN '{}' ELSE fn_partners_like(p_tenant, p_from, p_to, p_about) END;
    SELECT coalesce(json_agg(json_build_object('id', l.id, 'at', l.at, 'actor_tenant_id', l.actor_tenant_id,
            'actor_name', l.actor_name, 'application_id', l.application_id, 'operation_type', l.operation_type,
            'resource_type', l.resource_type, 'resource_id', l.resource_id, 'status', l.status,
            'customer_tenant_id', l.customer_tenant_id, 'customer_name', l.customer_name,
            'partner_tenant_id', l.partner_tenant_id, 'decision_id', l.decision_id) ORDER BY l.id DESC), '[]'),
        coalesce((SELECT json_agg(json_build_object('type', 'Home', 'id', reader, 'tenant', reader))
            FROM (SELECT DISTINCT unnest(array_agg(l.tenant_id))) AS readers(reader)), '[]'),
        json_build_object('total', NULL, 'partners', fn_partner_names(array_agg(l.partner_tenant_id)))
    INTO v_items, shapes, body
    FROM (SELECT a.tenant_id, a.id, a.at, a.actor_tenant_id, a.actor_name, a.application_id, a.operation_type,
            a.resource_type, a.resource_id, a.status, a.customer_tenant_id, a.customer_name, a.partner_tenant_id, a.decision_id
        FROM audit_record a
        WHERE a.tenant_id = p_tenant AND a.at >= p_from AND a.at < p_to
            AND (p_operation IS NULL OR a.operation_type = p_operation OR starts_with(a.operation_type, p_operation || '.'))
            AND (p_actor IS NULL OR strpos(lower(a.actor_name), lower(p_actor)) > 0)
            AND (p_about IS NULL OR strpos(lower(a.customer_name), lower(p_about)) > 0
                OR a.customer_tenant_id::text = lower(p_about) OR a.partner_tenant_id = ANY (v_partners))
            AND (p_customer IS NULL OR a.customer_tenant_id = p_customer)
            AND (NOT p_denied OR a.status = 'denied') AND (p_after IS NULL OR a.id < p_after)
        ORDER BY a.id DESC LIMIT p_size + 1) AS l;
    body := (body::jsonb || jsonb_build_object('items', v_items))::json;
END $$;
GRANT EXECUTE ON FUNCTION fn_search_audit TO PUBLIC;

-- fn_look_at_audit: one record of the acting tenant's audit, with the name of the partner in it.
CREATE FUNCTION fn_look_at_audit(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_record uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT json_build_object('record', fn_audit_row(a), 'partner_name', fn_partner(a.partner_tenant_id) ->> 'company_name')
    INTO body FROM audit_record a WHERE a.tenant_id = p_tenant AND a.id = p_record;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_look_at_audit TO PUBLIC;

-- fn_audit_wanted: whether a record falls between two moments and fits what is not null of customer, name and
-- types, which stand with commas between them.
CREATE FUNCTION fn_audit_wanted(
    a audit_record, p_from timestamptz, p_to timestamptz, p_customer uuid, p_name text, p_type text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT a.at >= p_from AND a.at < p_to AND (p_customer IS NULL OR a.customer_tenant_id = p_customer)
        AND (p_name IS NULL OR strpos(lower(a.customer_name), lower(p_name)) > 0)
        AND (p_type IS NULL OR lower(a.resource_type) = ANY (string_to_array(lower(p_type), ',')))
$$;
GRANT EXECUTE ON FUNCTION fn_audit_wanted TO copartner_partner, copartner_customer, copartner_operator;

-- fn_audit_row: one record as its tenant reads it.
CREATE FUNCTION fn_audit_row(a audit_record) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', a.id, 'at', a.at, 'partner_tenant_id', a.partner_tenant_id,
        'customer_tenant_id', a.customer_tenant_id, 'customer_name', a.customer_name,
        'actor_tenant_id', a.actor_tenant_id, 'actor_name', a.actor_name, 'application_id', a.application_id,
        'operation_type', a.operation_type, 'resource_type', a.resource_type, 'resource_id', a.resource_id,
        'status', a.status, 'old_value', a.old_value, 'new_value', a.new_value, 'decision_id', a.decision_id,
        'correlation_id', a.correlation_id)
$$;
GRANT EXECUTE ON FUNCTION fn_audit_row TO copartner_partner, copartner_customer, copartner_operator;
