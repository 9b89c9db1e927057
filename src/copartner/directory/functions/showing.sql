-- fn_own_ways: the ways in which a user of the acting partner has roles at a customer, with what approval and group of each
-- are called.
CREATE FUNCTION fn_own_ways(p_tenant uuid, p_customer uuid, p_user uuid, p_now timestamptz) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('id', coalesce(e.assignment_id, e.relationship_id), 'kind', e.kind,
        'role_id', e.role_id, 'relationship_id', e.relationship_id, 'relationship_name', coalesce(g.display_name, ''),
        'group_name', coalesce(d.name, ''), 'until', e.until) ORDER BY e.kind, e.relationship_id, e.role_id), '[]')
    FROM fn_effective_roles(p_customer, p_tenant, p_user, p_now) AS e
        LEFT JOIN admin_relationship g ON g.partner_tenant_id = p_tenant AND g.id = e.relationship_id
        LEFT JOIN directory_group d ON d.tenant_id = p_tenant AND d.id = e.group_id
$$;
GRANT EXECUTE ON FUNCTION fn_own_ways TO copartner_partner;

-- fn_read_customer_directory: what a page of a customer's users shows: the same page of them as fn_list_customer_users, by a
-- text in their names where one is given, the domains in which new ones sign in, and the ways by which the reader acts.
CREATE FUNCTION fn_read_customer_directory(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    p_deleted boolean, p_text text, p_after uuid, p_size integer, p_now timestamptz,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_text text := lower(p_text);
    v_total bigint := 0;
    v_items json := '[]';
    v_domains text[] := '{}';
    v_ways json;
    v_customer json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_looking_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, NULL, p_now);
    v_ways := fn_own_ways(p_tenant, p_customer, p_subject, p_now);
    v_customer := fn_admin_addressee(p_customer, p_now);
    shapes := '[]';
    IF fn_act_on_behalf(p_customer, p_now) THEN
        v_domains := fn_sign_in_domains(p_customer);
        WITH wanted AS (
            SELECT u.tenant_id, u.id FROM user_account u WHERE u.tenant_id = p_customer
            AND CASE WHEN p_deleted THEN u.deleted_at + interval '30 days' > p_now ELSE u.deleted_at IS NULL END
            AND (v_text = '' OR strpos(lower(u.display_name), v_text) > 0 OR strpos(u.user_principal_name, v_text) > 0)
        ), page AS (
            SELECT w.tenant_id, w.id FROM wanted w WHERE p_after IS NULL OR w.id > p_after ORDER BY w.id LIMIT p_size + 1
        )
        SELECT (SELECT count(*) FROM wanted),
            coalesce(json_agg(fn_customer_user(p_tenant, page.tenant_id, page.id, p_now) ORDER BY page.id), '[]'),
            coalesce(json_agg(DISTINCT jsonb_build_object('type', 'CustomerUser', 'id', page.tenant_id,
                'partner', p_tenant, 'customer', page.tenant_id)), '[]')
        INTO v_total, v_items, shapes FROM page;
    END IF;
    body := json_build_object('asked', facts, 'total', v_total, 'items', v_items, 'domains', v_domains, 'ways', v_ways,
        'customer', v_customer);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_customer_directory TO PUBLIC;

-- fn_read_customer_person: one user of a customer with the roles and licences it has, what licences of the customer are free,
-- the domains in which it can sign in, and the ways by which the reader acts.
CREATE FUNCTION fn_read_customer_person(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    p_user uuid, p_now timestamptz, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_user json;
    v_roles json := '[]';
    v_licences json := '[]';
    v_units json := '[]';
    v_domains text[] := '{}';
    v_ways json;
    v_customer json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_looking_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_user, p_now);
    v_ways := fn_own_ways(p_tenant, p_customer, p_subject, p_now);
    v_customer := fn_admin_addressee(p_customer, p_now);
    IF fn_act_on_behalf(p_customer, p_now) THEN
        v_user := fn_customer_user(p_tenant, p_customer, p_user, p_now);
        IF v_user IS NOT NULL THEN
            v_roles := (SELECT coalesce(json_agg(r.role_id ORDER BY r.role_id), '[]') FROM fn_directory_roles(p_customer) AS r
                WHERE r.user_id = p_user);
            v_licences := fn_licences_of(p_customer, p_user);
            v_units := fn_licences(p_customer);
            v_domains := fn_sign_in_domains(p_customer);
        END IF;
    END IF;
    body := json_build_object('asked', facts, 'user', v_user, 'roles', v_roles, 'licences', v_licences, 'units', v_units,
        'domains', v_domains, 'ways', v_ways, 'customer', v_customer);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_customer_person TO PUBLIC;
