-- fn_enrolled: how a tenant takes part in the programme; null when it does not.
CREATE FUNCTION fn_enrolled(p_tenant uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('mpn_id', e.mpn_id, 'markets', e.markets, 'state', e.state, 'model', e.model,
        'enrolled_at', e.enrolled_at) FROM enrolment e WHERE e.tenant_id = p_tenant
$$;
GRANT EXECUTE ON FUNCTION fn_enrolled TO copartner_operator;

-- fn_tenant_row: a tenant in the operator's lists.
CREATE FUNCTION fn_tenant_row(p_tenant uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', t.id, 'company_name', t.company_name, 'domain', t.domain, 'kind', t.kind,
        'country', t.country, 'created_at', t.created_at, 'organisation_id', t.organisation_id, 'organisation', o.name,
        'enrolment', fn_enrolled(t.id))
    FROM tenant t JOIN organisation o ON o.id = t.organisation_id WHERE t.id = p_tenant
$$;
GRANT EXECUTE ON FUNCTION fn_tenant_row TO copartner_operator;

-- fn_is_wanted: whether a tenant fits a search, in small letters, and a kind, where these are not null.
CREATE FUNCTION fn_is_wanted(t tenant, p_text text, p_kind text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT (p_kind IS NULL OR t.kind = p_kind) AND (p_text IS NULL OR strpos(lower(t.company_name), p_text) > 0
        OR strpos(t.domain, p_text) > 0 OR t.id::text = p_text
        OR EXISTS (SELECT FROM enrolment e WHERE e.tenant_id = t.id AND lower(e.mpn_id) = p_text))
$$;
GRANT EXECUTE ON FUNCTION fn_is_wanted TO copartner_operator;

-- fn_find_tenants: a page of the deployment's tenants, one more where it goes on; at most 10,000 are counted, beyond that the
-- total is null.
CREATE FUNCTION fn_find_tenants(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_text text, p_kind text,
    p_after uuid, p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_total integer;
    v_items json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT nullif(count(*), 10001) INTO v_total
        FROM (SELECT FROM tenant t WHERE fn_is_wanted(t, p_text, p_kind) LIMIT 10001) AS counted;
    SELECT coalesce(json_agg(fn_tenant_row(part.id) ORDER BY part.id), '[]') INTO v_items
        FROM (SELECT t.id FROM tenant t WHERE fn_is_wanted(t, p_text, p_kind) AND (p_after IS NULL OR t.id > p_after)
            ORDER BY t.id LIMIT p_size + 1) AS part;
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_find_tenants TO PUBLIC;

-- fn_tenant_names: at most so many tenants of a business, without one of them where it is named.
CREATE FUNCTION fn_tenant_names(p_organisation uuid, p_without uuid, p_most integer) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('id', s.id, 'company_name', s.company_name, 'domain', s.domain) ORDER BY s.domain),
        '[]') FROM (SELECT t.id, t.company_name, t.domain FROM tenant t
            WHERE t.organisation_id = p_organisation AND (p_without IS NULL OR t.id <> p_without)
            ORDER BY t.domain LIMIT p_most) AS s
$$;
GRANT EXECUTE ON FUNCTION fn_tenant_names TO copartner_operator;

-- fn_read_tenant: one tenant, other tenants of its business, and the businesses affiliated to that.
CREATE FUNCTION fn_read_tenant(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_read uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_enrol_facts(p_side, p_tenant, p_subject, p_app_only, p_read);
    SELECT json_build_object('tenant', fn_tenant_row(t.id), 'cloud', t.cloud, 'shared_services', t.shared_services,
        'culture', t.culture, 'language', t.language, 'address', t.address,
        'siblings', fn_tenant_names(t.organisation_id, t.id, 100),
        'affiliates', (SELECT coalesce(json_agg(json_build_object('organisation_id', a.id, 'name', a.name,
                'tenants', fn_tenant_names(a.id, NULL, 3)) ORDER BY a.name, a.id), '[]')
            FROM (SELECT o.id, o.name FROM affiliation f JOIN organisation o ON o.id = f.affiliate_id
                WHERE f.organisation_id = t.organisation_id ORDER BY o.name, o.id LIMIT 100) AS a)) INTO body
    FROM tenant t WHERE t.id = p_read;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_tenant TO PUBLIC;

-- fn_affiliate_pair: a tenant and another one, by its domain or identifier, with their businesses; null when one is missing.
CREATE FUNCTION fn_affiliate_pair(p_one uuid, p_other text) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('tenant_id', t.id, 'organisation_id', t.organisation_id, 'affiliate_tenant_id', s.id,
        'affiliate_id', s.organisation_id)
    FROM tenant t, tenant s WHERE t.id = p_one AND (s.domain = p_other OR s.id::text = p_other)
$$;
GRANT EXECUTE ON FUNCTION fn_affiliate_pair TO copartner_operator;

-- fn_operator_home: versions of the rules to be checked or approved, announcements that are drafts or begin up to a day, and
-- the newest tenants.
CREATE FUNCTION fn_operator_home(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_today date, p_near date,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := json_build_object(
        'versions', (SELECT coalesce(json_agg(to_json(v) ORDER BY v.begins, v.number), '[]') FROM (
            SELECT r.id, r.number, r.title, r.state, r.begins, r.proposed_by, r.proposed_by_name, r.check_wanted_at
            FROM rule_version r WHERE r.tenant_id = p_tenant AND r.state IN ('proposed', 'checked')
            ORDER BY r.begins, r.number LIMIT 20) AS v),
        'announcements', (SELECT coalesce(json_agg(to_json(n) ORDER BY n.begins_on, n.id), '[]') FROM (
            SELECT a.id, a.state, a.begins_on, a.texts FROM announcement a WHERE a.operator_tenant_id = p_tenant
                AND (a.state = 'draft' OR (a.state = 'published' AND a.begins_on BETWEEN p_today AND p_near))
            ORDER BY a.begins_on, a.id LIMIT 20) AS n),
        'newest', (SELECT coalesce(json_agg(fn_tenant_row(n.id) ORDER BY n.created_at DESC, n.id DESC), '[]') FROM (
            SELECT t.id, t.created_at FROM tenant t ORDER BY t.created_at DESC, t.id DESC LIMIT 5) AS n));
END $$;
GRANT EXECUTE ON FUNCTION fn_operator_home TO PUBLIC;

-- fn_deployment_standing: what waits to go out or to be checked, what the worker would take up next, and the denials since a moment by
-- rule; for the operator, whose reading of it is decided already.
CREATE FUNCTION fn_deployment_standing(p_now timestamptz, p_since timestamptz, p_waits interval, p_takes interval, p_notices integer[],
    p_idle timestamptz) RETURNS json LANGUAGE plpgsql AS $$
DECLARE v_denied json;
BEGIN
    PERFORM act_as('worker', NULL);
    WITH denied AS (
        SELECT d.rules, d.times FROM decided d WHERE d.at >= p_since AND NOT d.allowed ORDER BY d.at DESC LIMIT 10000
    ), by_rule AS (
        SELECT rule, sum(d.times) AS times FROM denied d
        CROSS JOIN unnest(CASE WHEN d.rules = '{}' THEN ARRAY[''] ELSE d.rules END) AS rule
        GROUP BY rule ORDER BY times DESC, rule LIMIT 20
    )
    SELECT json_build_object('denied', (SELECT coalesce(sum(d.times), 0) FROM denied d),
        'denials', (SELECT coalesce(json_agg(to_json(b) ORDER BY b.times DESC, b.rule), '[]') FROM by_rule b)) INTO v_denied;
    RETURN json_build_object(
        'rulebook', (SELECT n.number FROM rulebook_number n),
        'letters', (SELECT json_build_object('waiting', count(*) FILTER (WHERE NOT w.given_up),
                'given_up', count(*) FILTER (WHERE w.given_up), 'oldest', min(w.written_at) FILTER (WHERE NOT w.given_up))
            FROM (SELECT m.given_up, m.written_at FROM mail_outbox m LIMIT 10000) AS w),
        'events', (SELECT json_build_object('waiting', count(*) FILTER (WHERE NOT w.given_up),
                'given_up', count(*) FILTER (WHERE w.given_up), 'oldest', min(w.occurred_at) FILTER (WHERE NOT w.given_up))
            FROM (SELECT e.given_up, e.occurred_at FROM event_outbox e LIMIT 10000) AS w),
        'checks', (SELECT json_build_object('waiting', count(*), 'given_up', 0, 'oldest', min(r.check_wanted_at))
            FROM rule_version r WHERE r.check_wanted_at IS NOT NULL),
        'step', fn_next_admin_relationship(p_now, p_waits, p_takes),
        'notice', (SELECT CASE WHEN n.days IS NOT NULL THEN json_build_object('relationship', n.relationship, 'days', n.days) END
            FROM fn_next_admin_notice(p_notices, p_now) AS n),
        'idle_since', (SELECT i.used_at FROM fn_longest_idle(p_idle) AS i),
        'remind_at', (SELECT min(a.remind_at) FROM announcement a WHERE a.remind_at <= p_now),
        'denied', v_denied -> 'denied', 'denials', v_denied -> 'denials');
END $$;
GRANT EXECUTE ON FUNCTION fn_deployment_standing TO PUBLIC;
