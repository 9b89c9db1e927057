-- fn_waiting_requests: requests of the acting partner that wait for an answer, the oldest first: so many of them, and how
-- many there are, null beyond 1,000. Each part of what needs attention answers so, with the facts of reading each kind of row.
CREATE FUNCTION fn_waiting_requests(p_principal json, p_tenant uuid, p_size integer) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'total', (SELECT nullif(count(*), 1001) FROM (SELECT FROM relationship_request r
            WHERE r.partner_tenant_id = p_tenant AND r.state = 'pending' LIMIT 1001) AS counted),
        'items', coalesce(json_agg(fn_request_row(page) ORDER BY (page).created_at, (page).id), '[]'),
        'shapes', coalesce((SELECT json_agg(json_build_object('principal', p_principal, 'resource', json_build_object(
                'type', 'RelationshipRequest', 'id', sender, 'partner', sender)))
            FROM (SELECT DISTINCT unnest(array_agg((page).partner_tenant_id))) AS senders(sender)), '[]'))
    FROM (SELECT r FROM relationship_request r WHERE r.partner_tenant_id = p_tenant AND r.state = 'pending'
        ORDER BY r.created_at, r.id LIMIT p_size) AS listed(page)
$$;
GRANT EXECUTE ON FUNCTION fn_waiting_requests TO copartner_partner;

-- fn_waiting_approvals: granular relationships that the acting partner asked for and no customer answered yet.
CREATE FUNCTION fn_waiting_approvals(p_principal json, p_tenant uuid, p_asked_after timestamptz, p_size integer)
RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'total', (SELECT nullif(count(*), 1001) FROM (SELECT FROM admin_relationship r WHERE r.partner_tenant_id = p_tenant
            AND r.status = 'approvalPending' AND r.asked_at > p_asked_after LIMIT 1001) AS counted),
        'items', coalesce(json_agg(fn_admin_relationship_row(page) ORDER BY (page).asked_at, (page).id), '[]'),
        'shapes', fn_attention_shapes(p_principal, array_agg(page)))
    FROM (SELECT r FROM admin_relationship r WHERE r.partner_tenant_id = p_tenant AND r.status = 'approvalPending'
        AND r.asked_at > p_asked_after ORDER BY r.asked_at, r.id LIMIT p_size) AS listed(page)
$$;
GRANT EXECUTE ON FUNCTION fn_waiting_approvals TO copartner_partner;

-- fn_ending_approvals: granular relationships of the acting partner that end between two moments, the next one first.
CREATE FUNCTION fn_ending_approvals(p_principal json, p_tenant uuid, p_from timestamptz, p_to timestamptz, p_size integer)
RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'total', (SELECT nullif(count(*), 1001) FROM (SELECT FROM admin_relationship r WHERE r.partner_tenant_id = p_tenant
            AND r.status = 'active' AND r.auto_extend <> 'P180D' AND r.ends_at > p_from AND r.ends_at <= p_to LIMIT 1001) AS counted),
        'items', coalesce(json_agg(fn_admin_relationship_row(page) ORDER BY (page).ends_at, (page).id), '[]'),
        'shapes', fn_attention_shapes(p_principal, array_agg(page)))
    FROM (SELECT r FROM admin_relationship r WHERE r.partner_tenant_id = p_tenant AND r.status = 'active'
        AND r.auto_extend <> 'P180D' AND r.ends_at > p_from AND r.ends_at <= p_to
        ORDER BY r.ends_at, r.id LIMIT p_size) AS listed(page)
$$;
GRANT EXECUTE ON FUNCTION fn_ending_approvals TO copartner_partner;

-- fn_attention_shapes: the facts of reading each partner's granular relationships among some.
CREATE FUNCTION fn_attention_shapes(p_principal json, p_listed admin_relationship[]) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('principal', p_principal, 'resource', json_build_object(
        'type', 'AdminRelationship', 'id', asker, 'partner', asker))), '[]')
    FROM (SELECT DISTINCT r.partner_tenant_id FROM unnest(p_listed) AS r) AS askers(asker)
$$;
GRANT EXECUTE ON FUNCTION fn_attention_shapes TO copartner_partner;

-- fn_due_subscriptions: subscriptions that the acting partner sold to its customers and for which something is due between
-- two moments: the end of a term, or with `p_window` the end of the time in which they can be cancelled.
CREATE FUNCTION fn_due_subscriptions(p_principal json, p_tenant uuid, p_from timestamptz, p_to timestamptz, p_window interval,
    p_size integer) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_total integer;
    v_listed subscription[];
BEGIN
    IF p_window IS NULL THEN
        SELECT nullif(count(*), 1001) INTO v_total FROM (SELECT FROM subscription s
            WHERE s.partner_tenant_id = p_tenant AND s.status = 'active'
            AND s.commitment_ends_at > p_from AND s.commitment_ends_at <= p_to LIMIT 1001) AS counted;
        SELECT array_agg(page) INTO v_listed FROM (SELECT s FROM subscription s
            WHERE s.partner_tenant_id = p_tenant AND s.status = 'active'
            AND s.commitment_ends_at > p_from AND s.commitment_ends_at <= p_to
            ORDER BY s.commitment_ends_at, s.id LIMIT p_size) AS listed(page);
    ELSE
        SELECT nullif(count(*), 1001) INTO v_total FROM (SELECT FROM subscription s
            WHERE s.partner_tenant_id = p_tenant AND s.status = 'active' AND s.kind = 'license' AND NOT s.is_trial
            AND s.commitment_ends_at IS NOT NULL
            AND s.term_starts_at > p_from - p_window AND s.term_starts_at <= p_to - p_window LIMIT 1001) AS counted;
        SELECT array_agg(page) INTO v_listed FROM (SELECT s FROM subscription s
            WHERE s.partner_tenant_id = p_tenant AND s.status = 'active' AND s.kind = 'license' AND NOT s.is_trial
            AND s.commitment_ends_at IS NOT NULL
            AND s.term_starts_at > p_from - p_window AND s.term_starts_at <= p_to - p_window
            ORDER BY s.term_starts_at, s.id LIMIT p_size) AS listed(page);
    END IF;
    RETURN (SELECT json_build_object('total', v_total,
            'items', coalesce(json_agg(json_build_object('id', s.id, 'customer_tenant_id', s.customer_tenant_id,
                'customer_name', coalesce(r.company_name, ''), 'name', s.nickname, 'quantity', s.quantity,
                'renews', s.auto_renew, 'at', coalesce(s.term_starts_at + p_window, s.commitment_ends_at))
                ORDER BY coalesce(s.term_starts_at + p_window, s.commitment_ends_at), s.id), '[]'),
            'shapes', coalesce(json_agg(DISTINCT jsonb_build_object('principal', p_principal,
                'resource', jsonb_build_object('type', 'Subscription', 'id', s.customer_tenant_id,
                    'customer', s.customer_tenant_id, 'partner', s.partner_tenant_id),
                'context', jsonb_build_object('relationship', fn_witness(r)))), '[]'))
        FROM unnest(v_listed) AS s LEFT JOIN reseller_relationship r ON r.partner_tenant_id = p_tenant
            AND r.customer_tenant_id = s.customer_tenant_id AND r.state = 'active');
END $$;
GRANT EXECUTE ON FUNCTION fn_due_subscriptions TO copartner_partner;

-- fn_newest_denials: what the rules denied in the acting tenant since a moment, by its own audit, the newest first; and the
-- partner whose people it was denied to, as far as the audit says.
CREATE FUNCTION fn_newest_denials(p_principal json, p_tenant uuid, p_since timestamptz, p_size integer) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'total', (SELECT nullif(count(*), 1001) FROM (SELECT FROM audit_record a WHERE a.tenant_id = p_tenant
            AND a.status = 'denied' AND a.at >= p_since LIMIT 1001) AS counted),
        'items', coalesce(json_agg(json_build_object('id', (page).id, 'at', (page).at, 'actor_name', (page).actor_name,
            'company_name', fn_partner((page).actor_tenant_id) ->> 'company_name', 'action', (page).operation_type,
            'customer_tenant_id', (page).customer_tenant_id, 'customer_name', (page).customer_name,
            'decision_id', (page).decision_id, 'told', (page).new_value -> 'told') ORDER BY (page).at DESC, (page).id DESC), '[]'),
        'shapes', coalesce((SELECT json_agg(json_build_object('principal', p_principal, 'resource', json_build_object(
                'type', 'Home', 'id', reader, 'tenant', reader)))
            FROM (SELECT DISTINCT unnest(array_agg((page).tenant_id))) AS readers(reader)), '[]'))
    FROM (SELECT a FROM audit_record a WHERE a.tenant_id = p_tenant AND a.status = 'denied' AND a.at >= p_since
        ORDER BY a.at DESC, a.id DESC LIMIT p_size) AS listed(page)
$$;
GRANT EXECUTE ON FUNCTION fn_newest_denials TO copartner_partner, copartner_customer;

-- fn_read_attention: all that needs the acting partner's attention, with the facts by which each part is decided: those of
-- its own tenant and, as subscriptions are listed by customer, those of one of its customers, null without any. Terms end in
-- the weeks between the moments of `p_weeks`.
CREATE FUNCTION fn_read_attention(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_now timestamptz,
    p_today timestamptz, p_weeks timestamptz[], p_asked_after timestamptz, p_ends_to timestamptz, p_closes_to timestamptz,
    p_window interval, p_size integer, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_home json;
    v_who json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    v_home := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    v_who := v_home -> 'principal';
    body := json_build_object('home', v_home,
        'selling', (SELECT json_build_object('principal', v_who, 'resource', json_build_object('type', 'Customer',
                'id', r.customer_tenant_id, 'partner', r.partner_tenant_id, 'customer', r.customer_tenant_id),
                'context', json_build_object('relationship', fn_witness(r)))
            FROM reseller_relationship r WHERE r.partner_tenant_id = p_tenant AND r.state = 'active'
            ORDER BY r.customer_tenant_id LIMIT 1),
        'requests', fn_waiting_requests(v_who, p_tenant, p_size),
        'approvals', fn_waiting_approvals(v_who, p_tenant, p_asked_after, p_size),
        'endings', fn_ending_approvals(v_who, p_tenant, p_now, p_ends_to, p_size),
        'weeks', (SELECT json_agg(fn_due_subscriptions(v_who, p_tenant, p_weeks[n], p_weeks[n + 1], NULL, p_size) ORDER BY n)
            FROM generate_series(1, cardinality(p_weeks) - 1) AS n),
        'windows', fn_due_subscriptions(v_who, p_tenant, p_now, p_closes_to, p_window, p_size),
        'denials', fn_newest_denials(v_who, p_tenant, p_today, p_size));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_attention TO PUBLIC;
