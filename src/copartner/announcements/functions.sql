-- fn_announcement_row: one announcement as its model has it.
CREATE FUNCTION fn_announcement_row(a announcement) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', a.id, 'operator_tenant_id', a.operator_tenant_id, 'state', a.state,
        'content', json_build_object('workspace', a.workspace, 'audience', a.audience, 'begins_on', a.begins_on,
            'texts', a.texts, 'contact', a.contact, 'markets', a.markets, 'reminders', a.reminders,
            'supersedes', a.supersedes, 'rule_version', a.rule_version),
        'drafted_at', a.drafted_at, 'updated_at', a.updated_at, 'published_at', a.published_at, 'dated_at', a.dated_at,
        'delayed', a.delayed, 'superseded_by', a.superseded_by, 'revisions', a.revisions, 'remind_at', a.remind_at,
        'version', a.version)
$$;
GRANT EXECUTE ON FUNCTION fn_announcement_row
    TO copartner_partner, copartner_customer, copartner_operator, copartner_worker, copartner_public;

-- fn_is_desk: whether somebody writes announcements: the operator's Global admin.
CREATE FUNCTION fn_is_desk(p_facts json) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT p_facts -> 'principal' ->> 'side' = 'operator'
        AND p_facts -> 'principal' ->> 'appOnly' = 'false'
        AND (p_facts -> 'principal' -> 'roles')::jsonb ? 'Global admin'
$$;
GRANT EXECUTE ON FUNCTION fn_is_desk TO copartner_partner, copartner_customer, copartner_operator;

-- fn_announcement_facts: who acts, and an announcement; one that its rows do not hold is out to nobody.
CREATE FUNCTION fn_announcement_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_announcement uuid)
RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_state text;
    v_audience text[];
BEGIN
    SELECT a.state, a.audience INTO v_state, v_audience FROM announcement a WHERE a.id = p_announcement;
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'Announcement', 'id', p_announcement,
            'published', coalesce(v_state <> 'draft', false), 'audience', coalesce(to_json(v_audience), '[]')));
END $$;
GRANT EXECUTE ON FUNCTION fn_announcement_facts TO copartner_partner, copartner_customer, copartner_operator;

-- fn_read_announcement: one announcement.
CREATE FUNCTION fn_read_announcement(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_announcement uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_announcement_facts(p_side, p_tenant, p_subject, p_app_only, p_announcement);
    SELECT fn_announcement_row(a) INTO body FROM announcement a WHERE a.id = p_announcement;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_announcement TO PUBLIC;

-- fn_list_announcements: a page of what the reader may read, newest first, one row more where it goes on: what was published
-- from p_from to before p_to, to p_audience, where these are not null. The operator's Global admin reads drafts among them
-- where no month is asked for.
CREATE FUNCTION fn_list_announcements(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_from timestamptz,
    p_to timestamptz, p_audience text, p_after uuid, p_size integer, OUT facts json, OUT shapes json, OUT body json)
LANGUAGE plpgsql AS $$
DECLARE
    v_desk boolean;
    v_total integer;
    v_items json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    v_desk := fn_is_desk(facts);
    WITH wanted AS (
        SELECT a.id FROM announcement a WHERE (v_desk OR (a.state <> 'draft' AND p_side = ANY (a.audience)))
            AND (p_from IS NULL OR a.published_at >= p_from) AND (p_to IS NULL OR a.published_at < p_to)
            AND (p_audience IS NULL OR p_audience = ANY (a.audience))
    ), part AS (
        SELECT a FROM wanted w JOIN announcement a ON a.id = w.id WHERE p_after IS NULL OR w.id < p_after
        ORDER BY w.id DESC LIMIT p_size + 1
    )
    SELECT (SELECT count(*) FROM wanted), coalesce(json_agg(fn_announcement_row(part.a) ORDER BY (part.a).id DESC), '[]'),
        coalesce(json_agg(DISTINCT jsonb_build_object('type', 'Announcement', 'id', p_tenant,
            'published', (part.a).state <> 'draft', 'audience', (part.a).audience)) FILTER (WHERE (part.a).id IS NOT NULL), '[]')
    INTO v_total, v_items, shapes FROM part;
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_announcements TO PUBLIC;

-- fn_told_month: what a reader may read of those published in a month, newest first, at most p_most; the nearest moments
-- before and after it at which something was; without a month, that of the newest one.
CREATE FUNCTION fn_told_month(p_side text, p_from timestamptz, p_to timestamptz, p_most integer) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object(
        'items', (SELECT coalesce(json_agg(fn_announcement_row(m.a) ORDER BY (m.a).published_at DESC, (m.a).id DESC), '[]')
            FROM (SELECT a FROM announcement a WHERE a.published_at >= p_from AND a.published_at < p_to
                AND fn_is_told(p_side, a) ORDER BY a.published_at DESC, a.id DESC LIMIT p_most) AS m(a)),
        'before', (SELECT max(a.published_at) FROM announcement a WHERE a.published_at < p_from AND fn_is_told(p_side, a)),
        'after', (SELECT min(a.published_at) FROM announcement a WHERE a.published_at >= p_to AND fn_is_told(p_side, a)));
END $$;
GRANT EXECUTE ON FUNCTION fn_told_month TO copartner_partner, copartner_customer, copartner_operator, copartner_public;

-- fn_is_told: whether an announcement is out and addressed to a side, to everybody for 'public', to whomever for 'desk'.
CREATE FUNCTION fn_is_told(p_side text, a announcement) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT a.state <> 'draft' AND CASE p_side WHEN 'public' THEN a.for_everybody WHEN 'desk' THEN true
        ELSE p_side = ANY (a.audience) END
$$;
GRANT EXECUTE ON FUNCTION fn_is_told TO copartner_partner, copartner_customer, copartner_operator, copartner_public;

-- fn_announced_month: the month as an actor reads it.
CREATE FUNCTION fn_announced_month(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_from timestamptz,
    p_to timestamptz, p_most integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := fn_told_month(CASE WHEN fn_is_desk(facts) THEN 'desk' ELSE p_side END, p_from, p_to, p_most);
    SELECT coalesce(json_agg(DISTINCT jsonb_build_object('type', 'Announcement', 'id', p_tenant,
        'published', one.it ->> 'state' <> 'draft', 'audience', one.it -> 'content' -> 'audience')), '[]')
    INTO shapes FROM json_array_elements(body -> 'items') AS one(it);
END $$;
GRANT EXECUTE ON FUNCTION fn_announced_month TO PUBLIC;

-- fn_public_month: the month as everybody reads it, signed in or not.
CREATE FUNCTION fn_public_month(p_from timestamptz, p_to timestamptz, p_most integer) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as('public', NULL);
    RETURN fn_told_month('public', p_from, p_to, p_most);
END $$;
GRANT EXECUTE ON FUNCTION fn_public_month TO PUBLIC;

-- fn_public_announcements: the newest that everybody reads, by their last change.
CREATE FUNCTION fn_public_announcements(p_most integer) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as('public', NULL);
    RETURN (SELECT coalesce(json_agg(fn_announcement_row(m.a) ORDER BY (m.a).updated_at DESC, (m.a).id DESC), '[]')
        FROM (SELECT a FROM announcement a WHERE fn_is_told('public', a)
            ORDER BY a.updated_at DESC, a.id DESC LIMIT p_most) AS m(a));
END $$;
GRANT EXECUTE ON FUNCTION fn_public_announcements TO PUBLIC;

-- fn_next_reminder: the announcement of which those concerned are reminded first, up to a moment.
CREATE FUNCTION fn_next_reminder(p_until timestamptz) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT fn_announcement_row(a) FROM announcement a WHERE a.remind_at <= p_until
        ORDER BY a.remind_at, a.id LIMIT 1);
END $$;
GRANT EXECUTE ON FUNCTION fn_next_reminder TO copartner_worker;

-- fn_lock_announcement: the announcement, locked, where the acting role may change it.
CREATE FUNCTION fn_lock_announcement(p_announcement uuid) RETURNS json LANGUAGE sql AS $$
    SELECT fn_announcement_row(a) FROM announcement a WHERE a.id = p_announcement FOR UPDATE
$$;
GRANT EXECUTE ON FUNCTION fn_lock_announcement TO copartner_operator, copartner_worker;
