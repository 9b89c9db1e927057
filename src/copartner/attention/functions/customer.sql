-- fn_requests_to_answer: requests that name the acting customer and wait for its answer, the oldest first; parts are made as
-- for a partner's attention.
CREATE FUNCTION fn_requests_to_answer(p_principal json, p_tenant uuid, p_size integer) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'total', (SELECT nullif(count(*), 1001) FROM (SELECT FROM relationship_request r
            WHERE r.customer_tenant_id = p_tenant AND r.state = 'pending' LIMIT 1001) AS counted),
        'items', coalesce(json_agg(json_build_object('id', (page).id, 'partner', fn_partner((page).partner_tenant_id),
            'includes_privileges', (page).includes_privileges, 'reason', (page).reason, 'asked_at', (page).created_at)
            ORDER BY (page).created_at, (page).id), '[]'),
        'shapes', coalesce(json_agg(DISTINCT jsonb_build_object('principal', p_principal, 'resource', jsonb_build_object(
            'type', 'RelationshipRequest', 'id', (page).partner_tenant_id, 'partner', (page).partner_tenant_id,
            'customer', (page).customer_tenant_id, 'includesPrivileges', (page).includes_privileges))), '[]'))
    FROM (SELECT r FROM relationship_request r WHERE r.customer_tenant_id = p_tenant AND r.state = 'pending'
        ORDER BY r.created_at, r.id LIMIT p_size) AS listed(page)
$$;
GRANT EXECUTE ON FUNCTION fn_requests_to_answer TO copartner_customer;

-- fn_admin_part: some granular relationships of the acting customer, each with its partner, of so many.
CREATE FUNCTION fn_admin_part(p_principal json, p_total bigint, p_listed admin_relationship[]) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_build_object('total', nullif(p_total, 1001),
        'items', coalesce(json_agg(json_build_object('relationship', fn_admin_relationship_row(r),
            'partner', fn_partner(r.partner_tenant_id)) ORDER BY coalesce(r.ends_at, r.asked_at), r.id), '[]'),
        'shapes', coalesce(json_agg(DISTINCT jsonb_build_object('principal', p_principal, 'resource', jsonb_build_object(
            'type', 'AdminRelationship', 'id', r.partner_tenant_id, 'partner', r.partner_tenant_id,
            'customer', r.customer_tenant_id))), '[]'))
    FROM unnest(p_listed) AS r
$$;
GRANT EXECUTE ON FUNCTION fn_admin_part TO copartner_customer;

-- fn_approvals_to_answer: granular relationships that wait for the acting customer's answer, and have not lapsed.
CREATE FUNCTION fn_approvals_to_answer(p_principal json, p_tenant uuid, p_asked_after timestamptz, p_size integer)
RETURNS json LANGUAGE sql STABLE AS $$
    SELECT fn_admin_part(p_principal,
        (SELECT count(*) FROM (SELECT FROM admin_relationship r WHERE r.customer_tenant_id = p_tenant
            AND r.status = 'approvalPending' AND r.asked_at > p_asked_after LIMIT 1001) AS counted),
        (SELECT array_agg(page) FROM (SELECT r FROM admin_relationship r WHERE r.customer_tenant_id = p_tenant
            AND r.status = 'approvalPending' AND r.asked_at > p_asked_after
            ORDER BY r.asked_at, r.id LIMIT p_size) AS listed(page)))
$$;
GRANT EXECUTE ON FUNCTION fn_approvals_to_answer TO copartner_customer;

-- fn_approvals_that_end: what the acting customer approved and what ends by itself between two moments, the next one first.
CREATE FUNCTION fn_approvals_that_end(p_principal json, p_tenant uuid, p_from timestamptz, p_to timestamptz, p_size integer)
RETURNS json LANGUAGE sql STABLE AS $$
    SELECT fn_admin_part(p_principal,
        (SELECT count(*) FROM (SELECT FROM admin_relationship r WHERE r.customer_tenant_id = p_tenant AND r.status = 'active'
            AND r.auto_extend <> 'P180D' AND r.ends_at > p_from AND r.ends_at <= p_to LIMIT 1001) AS counted),
        (SELECT array_agg(page) FROM (SELECT r FROM admin_relationship r WHERE r.customer_tenant_id = p_tenant
            AND r.status = 'active' AND r.auto_extend <> 'P180D' AND r.ends_at > p_from AND r.ends_at <= p_to
            ORDER BY r.ends_at, r.id LIMIT p_size) AS listed(page)))
$$;
GRANT EXECUTE ON FUNCTION fn_approvals_that_end TO copartner_customer;

-- fn_terms_that_end: subscriptions of the acting customer, of all sellers, whose term ends between two moments.
CREATE FUNCTION fn_terms_that_end(p_principal json, p_tenant uuid, p_from timestamptz, p_to timestamptz, p_size integer)
RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'total', (SELECT nullif(count(*), 1001) FROM (SELECT FROM subscription s WHERE s.customer_tenant_id = p_tenant
            AND s.status = 'active' AND s.commitment_ends_at > p_from AND s.commitment_ends_at <= p_to LIMIT 1001) AS counted),
        'items', coalesce(json_agg(json_build_object('id', page.id, 'name', page.nickname, 'seller_name',
            coalesce((SELECT n.company_name FROM fn_seller_names(p_tenant) n WHERE n.tenant_id = page.partner_tenant_id), ''),
            'quantity', page.quantity, 'renews', page.auto_renew, 'at', page.commitment_ends_at)
            ORDER BY page.commitment_ends_at, page.id), '[]'),
        'shapes', coalesce(json_agg(DISTINCT jsonb_build_object('principal', p_principal, 'resource', jsonb_build_object(
            'type', 'Home', 'id', page.customer_tenant_id, 'tenant', page.customer_tenant_id))), '[]'))
    FROM (SELECT s.id, s.customer_tenant_id, s.partner_tenant_id, s.nickname, s.quantity, s.auto_renew, s.commitment_ends_at
        FROM subscription s WHERE s.customer_tenant_id = p_tenant AND s.status = 'active'
        AND s.commitment_ends_at > p_from AND s.commitment_ends_at <= p_to
        ORDER BY s.commitment_ends_at, s.id LIMIT p_size) AS page
$$;
GRANT EXECUTE ON FUNCTION fn_terms_that_end TO copartner_customer;

-- fn_read_own_attention: all that needs the acting customer's attention, with the facts of its own tenant, by which each part
-- is decided, and how many partners sell to it and may administer it.
CREATE FUNCTION fn_read_own_attention(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_now timestamptz,
    p_today timestamptz, p_asked_after timestamptz, p_ends_to timestamptz, p_size integer, OUT body json)
LANGUAGE plpgsql AS $$
DECLARE
    v_home json;
    v_who json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    v_home := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    v_who := v_home -> 'principal';
    body := json_build_object('home', v_home,
        'requests', fn_requests_to_answer(v_who, p_tenant, p_size),
        'approvals', fn_approvals_to_answer(v_who, p_tenant, p_asked_after, p_size),
        'endings', fn_approvals_that_end(v_who, p_tenant, p_now, p_ends_to, p_size),
        'renewals', fn_terms_that_end(v_who, p_tenant, p_now, p_ends_to, p_size),
        'denials', fn_newest_denials(v_who, p_tenant, p_today, p_size),
        'selling', (SELECT count(*) FROM reseller_relationship r WHERE r.customer_tenant_id = p_tenant AND r.state = 'active'),
        'administering', (SELECT count(*) FROM (SELECT r.partner_tenant_id FROM reseller_relationship r
                WHERE r.customer_tenant_id = p_tenant AND r.state = 'active' AND r.privileges
            UNION SELECT g.partner_tenant_id FROM admin_relationship g WHERE g.customer_tenant_id = p_tenant
                AND g.status = 'active' AND fn_admin_relationship_until(g.ends_at, g.auto_extend, p_now) IS NOT NULL) AS them));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_own_attention TO PUBLIC;
