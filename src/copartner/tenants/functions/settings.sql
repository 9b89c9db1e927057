-- fn_own_organisation: the name of the business behind the acting tenant.
CREATE FUNCTION fn_own_organisation(p_organisation uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT o.name FROM organisation o JOIN tenant t ON t.organisation_id = o.id
        WHERE o.id = p_organisation AND t.id = actor_tenant());
END $$;
ALTER FUNCTION fn_own_organisation OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_own_organisation TO copartner_partner, copartner_customer, copartner_operator;

-- fn_read_own_tenant: the acting tenant, and its enrolment where it has one.
CREATE FUNCTION fn_read_own_tenant(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT json_build_object('id', t.id, 'company_name', t.company_name, 'domain', t.domain, 'country', t.country,
        'cloud', t.cloud, 'organisation', fn_own_organisation(t.organisation_id), 'created_at', t.created_at,
        'enrolment', (SELECT json_build_object('mpn_id', e.mpn_id, 'markets', e.markets, 'state', e.state, 'model', e.model,
            'enrolled_at', e.enrolled_at) FROM enrolment e WHERE e.tenant_id = t.id))
    INTO body FROM tenant t WHERE t.id = p_tenant;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_own_tenant TO PUBLIC;

-- fn_find_users: a page of the acting tenant's users by sign-in name, of those whose name holds a text, and one more where it
-- goes on; with the roles that they hold now, by whichever way. With `p_if_long` the text narrows no list that fits on a page.
CREATE FUNCTION fn_find_users(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_text text, p_if_long boolean,
    p_after uuid, p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_name text;
    v_text text := lower(p_text);
BEGIN
    PERFORM act_as(p_side, p_tenant);
    IF p_if_long AND p_after IS NULL AND NOT EXISTS (
            SELECT FROM user_account u WHERE u.tenant_id = p_tenant AND u.deleted_at IS NULL OFFSET p_size) THEN
        v_text := NULL;
    END IF;
    v_name := (SELECT u.user_principal_name FROM user_account u WHERE u.tenant_id = p_tenant AND u.id = p_after);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT json_build_object('total', NULL, 'items', coalesce(json_agg(json_build_object('id', l.id,
            'user_principal_name', l.user_principal_name, 'display_name', l.display_name, 'enabled', l.enabled,
            'roles', coalesce((SELECT to_json(array_remove(a.roles, 'User')) FROM actor a WHERE a.tenant_id = l.tenant_id
                AND a.subject_id = l.id AND NOT a.app_only), '[]')) ORDER BY l.user_principal_name), '[]')),
        coalesce(json_agg(DISTINCT jsonb_build_object('type', 'UserRecord', 'id', l.tenant_id, 'tenant', l.tenant_id)), '[]')
    INTO body, shapes
    FROM (SELECT u.tenant_id, u.id, u.user_principal_name, u.display_name, u.enabled FROM user_account u
        WHERE u.tenant_id = p_tenant AND u.deleted_at IS NULL AND (v_name IS NULL OR u.user_principal_name > v_name)
            AND (v_text IS NULL OR strpos(u.user_principal_name, v_text) > 0
                OR strpos(lower(u.display_name), v_text) > 0)
        ORDER BY u.user_principal_name LIMIT p_size + 1) AS l;
END $$;
GRANT EXECUTE ON FUNCTION fn_find_users TO PUBLIC;

-- fn_sign_in_methods: by what a user of the acting tenant signs in.
CREATE FUNCTION fn_sign_in_methods(p_user uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT json_build_object('must_change_password', u.must_change_password,
            'second_factor_since', (SELECT f.added_at FROM second_factor f WHERE f.tenant_id = u.tenant_id AND f.user_id = u.id),
            'provider', (SELECT i.issuer FROM provider_identity i WHERE i.tenant_id = u.tenant_id AND i.user_id = u.id))
        FROM user_account u WHERE u.tenant_id = actor_tenant() AND u.id = p_user);
END $$;
ALTER FUNCTION fn_sign_in_methods OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_sign_in_methods TO copartner_partner, copartner_customer, copartner_operator;

-- fn_other_admins: how many other enabled users of a tenant are Global admins, here or by the identity provider's word.
CREATE FUNCTION fn_other_admins(p_tenant uuid, p_user uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM user_account u WHERE u.tenant_id = p_tenant AND u.enabled AND u.id <> p_user AND u.id IN (
        SELECT r.user_id FROM role_assignment r WHERE r.tenant_id = p_tenant AND r.role = 'Global admin'
        UNION ALL
        SELECT p.user_id FROM provider_role p WHERE p.tenant_id = p_tenant AND p.role = 'Global admin')
$$;
GRANT EXECUTE ON FUNCTION fn_other_admins TO copartner_partner, copartner_customer, copartner_operator;

-- fn_groups_of: at most 200 of the groups that something is in, directly or by others, by name.
CREATE FUNCTION fn_groups_of(p_tenant uuid, p_member uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('id', l.id, 'name', l.name, 'role', l.role, 'direct', l.direct)
        ORDER BY lower(l.name), l.id), '[]')
    FROM (SELECT d.id, d.name, d.role, EXISTS (SELECT FROM group_member m
                WHERE m.tenant_id = p_tenant AND m.group_id = d.id AND m.member_id = p_member) AS direct
        FROM directory_group d WHERE d.tenant_id = p_tenant AND d.id = ANY (fn_groups_above(p_tenant,
            ARRAY(SELECT m.group_id FROM group_member m WHERE m.tenant_id = p_tenant AND m.member_id = p_member)))
        ORDER BY lower(d.name), d.id LIMIT 200) AS l
$$;
GRANT EXECUTE ON FUNCTION fn_groups_of TO copartner_partner, copartner_customer, copartner_operator;

-- fn_read_person: one user of the acting tenant with groups and sign-in methods, and how many others administer the tenant.
CREATE FUNCTION fn_read_person(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_user uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE v_user json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_directory_facts(p_side, p_tenant, p_subject, p_app_only, 'UserRecord', p_user);
    v_user := fn_directory_entry(p_tenant, 'UserRecord', p_user);
    body := CASE WHEN v_user IS NULL THEN 'null' ELSE json_build_object('user', v_user,
        'groups', fn_groups_of(p_tenant, p_user), 'methods', fn_sign_in_methods(p_user),
        'other_admins', fn_other_admins(p_tenant, p_user)) END;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_person TO PUBLIC;

-- fn_search_groups: a page of the acting tenant's groups by name, of those whose name holds a text, and one more where it goes
-- on; with how many are in each itself. With `p_if_long` the text narrows no list that fits on a page.
CREATE FUNCTION fn_search_groups(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_text text,
    p_if_long boolean, p_after uuid, p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_name text;
    v_text text := lower(p_text);
BEGIN
    PERFORM act_as(p_side, p_tenant);
    IF p_if_long AND p_after IS NULL AND NOT EXISTS (
            SELECT FROM directory_group d WHERE d.tenant_id = p_tenant OFFSET p_size) THEN
        v_text := NULL;
    END IF;
    v_name := (SELECT lower(d.name) FROM directory_group d WHERE d.tenant_id = p_tenant AND d.id = p_after);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT json_build_object('total', NULL, 'items', coalesce(json_agg(json_build_object('id', l.id, 'name', l.name,
            'role', l.role, 'members', (SELECT count(*) FROM group_member m
                WHERE m.tenant_id = l.tenant_id AND m.group_id = l.id)) ORDER BY lower(l.name), l.id), '[]')),
        coalesce(json_agg(DISTINCT jsonb_build_object('type', 'GroupRecord', 'id', l.tenant_id, 'tenant', l.tenant_id)), '[]')
    INTO body, shapes
    FROM (SELECT d.tenant_id, d.id, d.name, d.role FROM directory_group d
        WHERE d.tenant_id = p_tenant AND (v_name IS NULL OR (lower(d.name), d.id) > (v_name, p_after))
            AND (v_text IS NULL OR strpos(lower(d.name), v_text) > 0)
        ORDER BY lower(d.name), d.id LIMIT p_size + 1) AS l;
END $$;
GRANT EXECUTE ON FUNCTION fn_search_groups TO PUBLIC;

-- fn_look_at_group: one group of the acting tenant, the groups it is in, and a page of what is in it itself by identifier, one
-- more where it goes on.
CREATE FUNCTION fn_look_at_group(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_group uuid, p_after uuid,
    p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_group json;
    v_members json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_directory_facts(p_side, p_tenant, p_subject, p_app_only, 'GroupRecord', p_group);
    v_group := fn_directory_entry(p_tenant, 'GroupRecord', p_group);
    SELECT coalesce(json_agg(json_build_object('id', m.member_id,
            'kind', CASE WHEN u.id IS NULL THEN 'group' ELSE 'user' END, 'name', coalesce(u.user_principal_name, d.name, ''),
            'display_name', coalesce(u.display_name, d.name, '')) ORDER BY m.member_id), '[]')
    INTO v_members
    FROM (SELECT g.member_id FROM group_member g WHERE g.tenant_id = p_tenant AND g.group_id = p_group
            AND (p_after IS NULL OR g.member_id > p_after) ORDER BY g.member_id LIMIT p_size + 1) AS m
        LEFT JOIN user_account u ON u.tenant_id = p_tenant AND u.id = m.member_id
        LEFT JOIN directory_group d ON d.tenant_id = p_tenant AND d.id = m.member_id;
    body := CASE WHEN v_group IS NULL THEN 'null' ELSE json_build_object('group', v_group,
        'above', fn_groups_of(p_tenant, p_group), 'total', (SELECT count(*) FROM group_member g
            WHERE g.tenant_id = p_tenant AND g.group_id = p_group), 'items', v_members) END;
END $$;
GRANT EXECUTE ON FUNCTION fn_look_at_group TO PUBLIC;
