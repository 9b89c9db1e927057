-- fn_access_assignment_row: one assignment as the store reads it, with the roles it gives or, once it is over, last gave.
CREATE FUNCTION fn_access_assignment_row(a access_assignment) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', a.id, 'partner_tenant_id', a.partner_tenant_id, 'relationship_id', a.relationship_id,
        'customer_tenant_id', a.customer_tenant_id, 'group_id', a.group_id, 'status', a.status,
        'created_at', a.created_at, 'modified_at', a.modified_at, 'activated_at', a.activated_at,
        'deleted_at', a.deleted_at, 'version', a.version,
        'roles', (SELECT coalesce(json_agg(o.role_id ORDER BY o.given_at, o.role_id), '[]') FROM access_assignment_role o
            WHERE o.partner_tenant_id = a.partner_tenant_id AND o.assignment_id = a.id
            AND o.taken_at IS NOT DISTINCT FROM CASE WHEN a.status IN ('deleting', 'deleted') THEN
                (SELECT max(l.taken_at) FROM access_assignment_role l
                    WHERE l.partner_tenant_id = a.partner_tenant_id AND l.assignment_id = a.id) END))
$$;
GRANT EXECUTE ON FUNCTION fn_access_assignment_row TO copartner_partner, copartner_customer, copartner_worker;

-- fn_admin_operation_row: one long-running operation as the store reads it.
CREATE FUNCTION fn_admin_operation_row(o admin_operation) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', o.id, 'partner_tenant_id', o.partner_tenant_id, 'relationship_id', o.relationship_id,
        'operation_type', o.operation_type, 'status', o.status, 'data', o.data, 'created_at', o.created_at,
        'modified_at', o.modified_at)
$$;
GRANT EXECUTE ON FUNCTION fn_admin_operation_row TO copartner_partner;

-- fn_admin_request_row: one request as the store reads it.
CREATE FUNCTION fn_admin_request_row(q admin_request) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', q.id, 'partner_tenant_id', q.partner_tenant_id, 'relationship_id', q.relationship_id,
        'action', q.action, 'status', q.status, 'created_at', q.created_at, 'modified_at', q.modified_at)
$$;
GRANT EXECUTE ON FUNCTION fn_admin_request_row TO copartner_partner;

-- fn_read_below_admin_relationship: one relationship of the acting partner, and a page of what belongs to it: assignments,
-- operations or requests, one more where the list goes on; or the one that is named.
CREATE FUNCTION fn_read_below_admin_relationship(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_partner uuid, p_id uuid, p_kind text, p_one uuid, p_descending boolean, p_count boolean, p_after uuid,
    p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_admin_relationship_facts(p_side, p_tenant, p_subject, p_app_only, p_partner, p_id);
    WITH held(id, item) AS (
        SELECT a.id, fn_access_assignment_row(a) FROM access_assignment a WHERE p_kind = 'assignment'
            AND a.partner_tenant_id = p_tenant AND a.partner_tenant_id = p_partner AND a.relationship_id = p_id
        UNION ALL
        SELECT o.id, fn_admin_operation_row(o) FROM admin_operation o WHERE p_kind = 'operation'
            AND o.partner_tenant_id = p_tenant AND o.partner_tenant_id = p_partner AND o.relationship_id = p_id
        UNION ALL
        SELECT q.id, fn_admin_request_row(q) FROM admin_request q WHERE p_kind = 'request'
            AND q.partner_tenant_id = p_tenant AND q.partner_tenant_id = p_partner AND q.relationship_id = p_id
    ), page AS (
        SELECT h.item, row_number() OVER (ORDER BY CASE WHEN p_descending THEN h.id END DESC, h.id) AS place FROM held h
        WHERE (p_one IS NULL OR h.id = p_one)
        AND (p_after IS NULL OR CASE WHEN p_descending THEN h.id < p_after ELSE h.id > p_after END)
        ORDER BY place LIMIT p_size + 1
    )
    SELECT json_build_object(
        'relationship', (SELECT fn_admin_relationship_row(r) FROM admin_relationship r
            WHERE r.partner_tenant_id = p_tenant AND r.partner_tenant_id = p_partner AND r.id = p_id),
        'total', CASE WHEN p_count THEN (SELECT count(*) FROM held) END,
        'items', (SELECT coalesce(json_agg(l.item ORDER BY l.place), '[]') FROM page l))
    INTO body;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_below_admin_relationship TO PUBLIC;

-- fn_access_assignments: the assignments of a relationship of the actor that are not over, or the one that is named.
CREATE FUNCTION fn_access_assignments(p_partner uuid, p_id uuid, p_one uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(fn_access_assignment_row(a) ORDER BY a.id), '[]') FROM access_assignment a
    WHERE a.partner_tenant_id = p_partner AND a.relationship_id = p_id
    AND CASE WHEN p_one IS NULL THEN a.status <> 'deleted' ELSE a.id = p_one END
$$;
GRANT EXECUTE ON FUNCTION fn_access_assignments TO copartner_partner, copartner_customer, copartner_worker;
