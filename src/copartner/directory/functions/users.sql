-- fn_customer_user: one user of the acting customer, deleted at most 30 days ago; null when there is none.
CREATE FUNCTION fn_customer_user(p_partner uuid, p_customer uuid, p_user uuid, p_now timestamptz) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', u.id, 'customer_tenant_id', u.tenant_id, 'partner_tenant_id', p_partner,
        'user_principal_name', u.user_principal_name, 'display_name', u.display_name, 'first_name', u.first_name,
        'last_name', u.last_name, 'usage_location', u.usage_location, 'immutable_id', u.immutable_id,
        'enabled', u.enabled, 'deleted_at', u.deleted_at)
    FROM user_account u WHERE u.tenant_id = p_customer AND u.id = p_user
    AND (u.deleted_at IS NULL OR u.deleted_at + interval '30 days' > p_now)
$$;
GRANT EXECUTE ON FUNCTION fn_customer_user TO copartner_delegate;

-- fn_read_customer_user: one user of a customer.
CREATE FUNCTION fn_read_customer_user(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    p_user uuid, p_now timestamptz, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_looking_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_user, p_now);
    IF fn_act_on_behalf(p_customer, p_now) THEN
        body := fn_customer_user(p_tenant, p_customer, p_user, p_now);
    END IF;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_customer_user TO PUBLIC;

-- fn_list_customer_users: a page of a customer's users, those deleted or all others, and one more where it goes on.
CREATE FUNCTION fn_list_customer_users(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    p_deleted boolean, p_after uuid, p_skip integer, p_size integer, p_now timestamptz,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_total bigint := 0;
    v_items json := '[]';
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_looking_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, NULL, p_now);
    shapes := '[]';
    IF fn_act_on_behalf(p_customer, p_now) THEN
        SELECT count(*) INTO v_total FROM user_account c WHERE c.tenant_id = p_customer
            AND CASE WHEN p_deleted THEN c.deleted_at + interval '30 days' > p_now ELSE c.deleted_at IS NULL END;
        SELECT coalesce(json_agg(fn_customer_user(p_tenant, page.tenant_id, page.id, p_now) ORDER BY page.id), '[]'),
            coalesce(json_agg(DISTINCT jsonb_build_object('type', 'CustomerUser', 'id', page.tenant_id,
                'partner', p_tenant, 'customer', page.tenant_id)), '[]')
        INTO v_items, shapes
        FROM (SELECT u.tenant_id, u.id FROM user_account u WHERE u.tenant_id = p_customer
            AND CASE WHEN p_deleted THEN u.deleted_at + interval '30 days' > p_now ELSE u.deleted_at IS NULL END
            AND (p_after IS NULL OR u.id > p_after) ORDER BY u.id OFFSET p_skip LIMIT p_size + 1) AS page;
    END IF;
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_customer_users TO PUBLIC;

-- fn_sign_in_domains: the domains of the acting customer in which its own directory signs people in.
CREATE FUNCTION fn_sign_in_domains(p_customer uuid) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(d.name ORDER BY d.name), '{}') FROM tenant_domain d
    WHERE d.tenant_id = p_customer AND d.authentication_type = 'managed'
$$;
GRANT EXECUTE ON FUNCTION fn_sign_in_domains TO copartner_delegate;

-- fn_directory_roles: who has which built-in role in the acting customer's directory, by template ids. Three of them are
-- kept as roles of this programme, by which the customer's own people act.
CREATE FUNCTION fn_directory_roles(p_customer uuid) RETURNS TABLE (role_id uuid, user_id uuid) LANGUAGE sql STABLE AS $$
    SELECT CASE r.role WHEN 'Global admin' THEN '62e90394-69f5-4237-9190-012177145e10'::uuid
        WHEN 'User management admin' THEN 'fe930be7-5e62-47db-91af-98c3a49a38b1'
        ELSE 'b0f54661-2d74-4c50-afa3-1ec803f12efe' END, r.user_id
    FROM role_assignment r
    WHERE r.tenant_id = p_customer AND r.role IN ('Global admin', 'User management admin', 'Billing admin')
    UNION ALL
    SELECT a.role_id, a.user_id FROM admin_role_assignment a WHERE a.tenant_id = p_customer
$$;
GRANT EXECUTE ON FUNCTION fn_directory_roles TO copartner_delegate;

-- fn_read_directory_roles: of a customer's user, the built-in roles by their template ids; null when there is no such user.
CREATE FUNCTION fn_read_directory_roles(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    p_user uuid, p_now timestamptz, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_looking_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_user, p_now);
    IF fn_act_on_behalf(p_customer, p_now) THEN
        IF fn_customer_user(p_tenant, p_customer, p_user, p_now) IS NOT NULL THEN
            body := (SELECT coalesce(json_agg(r.role_id ORDER BY r.role_id), '[]') FROM fn_directory_roles(p_customer) AS r
                WHERE r.user_id = p_user);
        END IF;
    END IF;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_directory_roles TO PUBLIC;

-- fn_read_role_members: a page of those who have one built-in role at a customer, and one more where it goes on.
CREATE FUNCTION fn_read_role_members(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    p_role uuid, p_after uuid, p_skip integer, p_size integer, p_now timestamptz,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_total bigint := 0;
    v_items json := '[]';
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_looking_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, NULL, p_now);
    IF fn_act_on_behalf(p_customer, p_now) THEN
        SELECT count(*) INTO v_total FROM fn_directory_roles(p_customer) AS c
            JOIN user_account h ON h.tenant_id = p_customer AND h.id = c.user_id
            WHERE c.role_id = p_role AND h.deleted_at IS NULL;
        SELECT coalesce(json_agg(fn_customer_user(p_tenant, p_customer, page.id, p_now) ORDER BY page.id), '[]') INTO v_items
        FROM (SELECT u.id FROM fn_directory_roles(p_customer) AS r
            JOIN user_account u ON u.tenant_id = p_customer AND u.id = r.user_id
            WHERE r.role_id = p_role AND u.deleted_at IS NULL AND (p_after IS NULL OR u.id > p_after)
            ORDER BY u.id OFFSET p_skip LIMIT p_size + 1) AS page;
    END IF;
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_role_members TO PUBLIC;

-- fn_read_behalf: a partner's user and one customer's directory, for what needs no row.
CREATE FUNCTION fn_read_behalf(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    p_now timestamptz, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_looking_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, NULL, p_now);
    body := 'null';
END $$;
GRANT EXECUTE ON FUNCTION fn_read_behalf TO PUBLIC;

-- fn_set_directory_role: gives a user of the acting customer a built-in role or takes it; whether that changed anything.
CREATE FUNCTION fn_set_directory_role(p_customer uuid, p_user uuid, p_role uuid, p_given boolean) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_known text := CASE p_role WHEN '62e90394-69f5-4237-9190-012177145e10' THEN 'Global admin'
        WHEN 'fe930be7-5e62-47db-91af-98c3a49a38b1' THEN 'User management admin'
        WHEN 'b0f54661-2d74-4c50-afa3-1ec803f12efe' THEN 'Billing admin' END;
BEGIN
    IF p_given AND v_known IS NOT NULL THEN
        INSERT INTO role_assignment (tenant_id, user_id, role) VALUES (p_customer, p_user, v_known) ON CONFLICT DO NOTHING;
    ELSIF p_given THEN
        INSERT INTO admin_role_assignment (tenant_id, user_id, role_id) VALUES (p_customer, p_user, p_role)
            ON CONFLICT DO NOTHING;
    ELSIF v_known IS NOT NULL THEN
        DELETE FROM role_assignment WHERE tenant_id = p_customer AND user_id = p_user AND role = v_known;
    ELSE
        DELETE FROM admin_role_assignment WHERE tenant_id = p_customer AND user_id = p_user AND role_id = p_role;
    END IF;
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION fn_set_directory_role TO copartner_delegate;
