-- fn_admin_addressee: what a customer is called, which language it speaks and whether the acting partner may sell to it, where
-- the partner does or administers it; null for any other tenant.
CREATE FUNCTION fn_admin_addressee(p_customer uuid, p_now timestamptz) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE v_company jsonb := fn_company(p_customer);
BEGIN
    IF v_company IS NULL AND fn_admin_customer_name(p_customer, p_now) IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object('id', p_customer,
        'name', coalesce(v_company ->> 'company_name', fn_admin_customer_name(p_customer, p_now)),
        'language', coalesce(v_company ->> 'language', ''), 'sells', v_company IS NOT NULL);
END $$;
GRANT EXECUTE ON FUNCTION fn_admin_addressee TO copartner_partner;

-- fn_read_admin_standing: one relationship of the acting partner with all that belongs to it, the newest first and at most so
-- many of each kind; and the partner's groups that begin so, by name, with those that have roles of it.
CREATE FUNCTION fn_read_admin_standing(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_partner uuid, p_id uuid, p_begins text, p_size integer, p_now timestamptz,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE v_found admin_relationship;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_admin_relationship_facts(p_side, p_tenant, p_subject, p_app_only, p_partner, p_id);
    SELECT (found.r).* INTO v_found FROM (SELECT r FROM admin_relationship r
        WHERE r.partner_tenant_id = p_tenant AND r.partner_tenant_id = p_partner AND r.id = p_id) AS found;
    WITH assigned AS (
        SELECT a, a.id, a.partner_tenant_id, a.group_id FROM access_assignment a
        WHERE a.partner_tenant_id = p_tenant AND a.partner_tenant_id = p_partner AND a.relationship_id = p_id
        ORDER BY a.status = 'deleted', a.id DESC LIMIT p_size
    ), begun AS (
        SELECT o, o.id, o.partner_tenant_id FROM admin_operation o
        WHERE o.partner_tenant_id = p_tenant AND o.partner_tenant_id = p_partner AND o.relationship_id = p_id
        ORDER BY o.id DESC LIMIT p_size
    ), asked AS (
        SELECT q, q.id, q.partner_tenant_id FROM admin_request q
        WHERE q.partner_tenant_id = p_tenant AND q.partner_tenant_id = p_partner AND q.relationship_id = p_id
        ORDER BY q.id DESC LIMIT p_size
    ), offered AS (
        SELECT d.tenant_id, d.id, d.name FROM directory_group d
        WHERE d.tenant_id = p_tenant AND starts_with(lower(d.name), lower(p_begins))
        ORDER BY lower(d.name), d.id LIMIT p_size + 1
    ), named AS (
        SELECT d.tenant_id, d.id, d.name FROM directory_group d
        WHERE d.tenant_id = p_tenant AND d.id IN (SELECT s.group_id FROM assigned s)
    )
    SELECT json_build_object('asked', facts, 'home', fn_home_facts(p_side, p_tenant, p_subject, p_app_only),
            'relationship', CASE WHEN v_found.id IS NOT NULL THEN fn_admin_relationship_row(v_found) END,
            'assignments', (SELECT coalesce(json_agg(fn_access_assignment_row(s.a)), '[]') FROM assigned s),
            'operations', (SELECT coalesce(json_agg(fn_admin_operation_row(b.o)), '[]') FROM begun b),
            'requests', (SELECT coalesce(json_agg(fn_admin_request_row(k.q)), '[]') FROM asked k),
            'groups', (SELECT coalesce(json_agg(g), '[]') FROM offered g),
            'names', (SELECT coalesce(json_agg(n), '[]') FROM named n),
            'partner', fn_partner(v_found.partner_tenant_id), 'provider', fn_partner(v_found.provider_tenant_id),
            'customer', fn_admin_addressee(v_found.customer_tenant_id, p_now)),
        (SELECT coalesce(json_agg(json_build_object('type', 'AdminRelationship', 'id', t.id, 'partner', t.id)), '[]')
            FROM (SELECT s.partner_tenant_id AS id FROM assigned s UNION SELECT b.partner_tenant_id FROM begun b
                UNION SELECT k.partner_tenant_id FROM asked k) AS t)
    INTO body, shapes;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_admin_standing TO PUBLIC;

-- fn_read_admin_asking: whoever would ask for a relationship in its own name, whom it could ask, and for which of its indirect
-- resellers besides.
CREATE FUNCTION fn_read_admin_asking(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_customer uuid, p_now timestamptz, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'AdminRelationship', 'id', p_tenant, 'partner', p_tenant,
            'withinLimits', true));
    body := json_build_object('asked', facts, 'customer', fn_admin_addressee(p_customer, p_now),
        'resellers', (SELECT coalesce(json_agg(fn_partner(r.reseller_tenant_id) ORDER BY r.reseller_tenant_id), '[]')
            FROM partner_relationship r WHERE r.provider_tenant_id = p_tenant AND r.state = 'active'));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_admin_asking TO PUBLIC;
