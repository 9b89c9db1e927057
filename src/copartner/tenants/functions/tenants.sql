-- fn_side_of: the side a tenant reads its own records on: operator before partner before customer.
CREATE FUNCTION fn_side_of(p_tenant uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT CASE WHEN t.kind = 'operator' THEN 'operator' WHEN e.tenant_id IS NOT NULL THEN 'partner' END
        FROM tenant t LEFT JOIN enrolment e ON e.tenant_id = t.id WHERE t.id = p_tenant), 'customer');
END $$;
ALTER FUNCTION fn_side_of OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_side_of TO PUBLIC;

-- fn_actor: who acts on a side, as the rules see it. Whoever is not of the side acts there without any role. By what it
-- signed in, and where, its token tells the caller.
CREATE FUNCTION fn_actor(p_side text, a actor) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', a.subject_id, 'tenant', a.tenant_id, 'side', p_side, 'appOnly', a.app_only,
        'roles', CASE WHEN p_side = ANY (a.sides) THEN a.roles ELSE '{}' END, 'enrolled', 'partner' = ANY (a.sides))
$$;
GRANT EXECUTE ON FUNCTION fn_actor TO copartner_partner, copartner_customer, copartner_operator;

-- fn_principal: the same of a user or an application by its identifier, known or not; of the acting tenant alone.
CREATE FUNCTION fn_principal(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(
        (SELECT fn_actor(p_side, a) FROM actor a
            WHERE a.tenant_id = p_tenant AND a.subject_id = p_subject AND a.app_only = p_app_only),
        json_build_object('id', p_subject, 'tenant', p_tenant, 'side', p_side, 'appOnly', p_app_only, 'roles', '[]'::json,
            'enrolled', EXISTS (SELECT FROM enrolment e WHERE e.tenant_id = p_tenant)));
END $$;
GRANT EXECUTE ON FUNCTION fn_principal TO copartner_partner, copartner_customer, copartner_operator;

-- fn_tenants: what the rules judge of these tenants. The limit leaves nothing out; without it PostgreSQL takes the list for
-- longer than it is, and reads every enrolment there is.
CREATE FUNCTION fn_tenants(p_ids uuid[]) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', t.id, 'organisation', t.organisation_id, 'cloud', t.cloud, 'country', t.country,
            'enrolled', e.tenant_id IS NOT NULL, 'sharedServices', t.shared_services,
            'markets', coalesce(to_json(e.markets), '[]'),
            'agreementSigned', EXISTS (SELECT FROM partner_agreement g WHERE g.partner_tenant_id = t.id),
            'indirectReseller', coalesce(e.model = 'indirect-reseller', false),
            'restricted', coalesce(e.state <> 'active', false))), '[]')
        FROM (SELECT k.id, k.organisation_id, k.cloud, k.country, k.shared_services FROM tenant k WHERE k.id = ANY (p_ids)
            LIMIT cardinality(p_ids)) AS t
        LEFT JOIN enrolment e ON e.tenant_id = t.id);
END $$;
ALTER FUNCTION fn_tenants OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_tenants TO copartner_partner, copartner_customer, copartner_operator;

-- fn_organisations: the organisations behind these tenants, with their affiliates. The limit leaves nothing out. Without it
-- PostgreSQL takes the list for longer than it is, finds one plan for all calls too dear, and plans anew at each, which
-- costs eight times the answer.
CREATE FUNCTION fn_organisations(p_ids uuid[]) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', o.organisation_id,
            'affiliates', (SELECT coalesce(json_agg(a.affiliate_id), '[]') FROM affiliation a
                           WHERE a.organisation_id = o.organisation_id),
            'providers', (SELECT coalesce(json_agg(DISTINCT p.organisation_id), '[]') FROM partner_relationship r
                          JOIN tenant s ON s.id = r.reseller_tenant_id JOIN tenant p ON p.id = r.provider_tenant_id
                          WHERE s.organisation_id = o.organisation_id AND r.state = 'active'),
            'enrolled', EXISTS (SELECT FROM tenant s JOIN enrolment e ON e.tenant_id = s.id
                                WHERE s.organisation_id = o.organisation_id))), '[]')
        FROM (SELECT DISTINCT t.organisation_id FROM tenant t WHERE t.id = ANY (p_ids) LIMIT cardinality(p_ids)) o);
END $$;
ALTER FUNCTION fn_organisations OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_organisations TO copartner_partner, copartner_customer, copartner_operator;

-- fn_home_facts: an actor and its own tenant.
CREATE FUNCTION fn_home_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'Home', 'id', p_tenant, 'tenant', p_tenant));
END $$;
GRANT EXECUTE ON FUNCTION fn_home_facts TO copartner_partner, copartner_customer, copartner_operator;

-- fn_revoke: ends the tokens that were made before a machine moment on one ground, and wakes every process at the commit.
CREATE FUNCTION fn_revoke(p_tenant uuid, p_ground uuid, p_not_before timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO revocation AS r (tenant_id, ground_id, not_before, changed_in)
        VALUES (p_tenant, p_ground, p_not_before, pg_current_xact_id())
        ON CONFLICT (tenant_id, ground_id) DO UPDATE
        SET not_before = greatest(r.not_before, EXCLUDED.not_before), changed_in = EXCLUDED.changed_in;
    PERFORM pg_notify('copartner_revocation', '');
END $$;
GRANT EXECUTE ON FUNCTION fn_revoke
    TO copartner_partner, copartner_customer, copartner_operator, copartner_signin, copartner_delegate;

-- fn_lock_directory: one change of a tenant's users, groups and applications after the other, until the transaction ends.
CREATE FUNCTION fn_lock_directory(p_tenant uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('copartner directory ' || p_tenant::text, 0));
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_directory TO copartner_partner, copartner_customer, copartner_operator, copartner_delegate;

-- fn_found_agents: makes the group that gives agents of a tenant their role, unless there is one of that name; answers
-- whether it made it.
CREATE FUNCTION fn_found_agents(p_tenant uuid, p_group uuid, p_name text, p_role text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    INSERT INTO directory_group (tenant_id, id, name, role) VALUES (p_tenant, p_group, p_name, p_role)
        ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;
ALTER FUNCTION fn_found_agents OWNER TO copartner_founder;
GRANT EXECUTE ON FUNCTION fn_found_agents TO copartner_operator;

-- fn_groups_above: these groups and every group they are in, directly or by others.
CREATE FUNCTION fn_groups_above(p_tenant uuid, p_groups uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above(id) AS (
        SELECT unnest(p_groups)
        UNION
        SELECT m.group_id FROM group_member m JOIN above a ON m.member_id = a.id WHERE m.tenant_id = p_tenant)
    SELECT coalesce(array_agg(id), '{}') FROM above
$$;
GRANT EXECUTE ON FUNCTION fn_groups_above TO copartner_partner, copartner_customer, copartner_operator;

-- fn_makes_agents: whether a member of one of these groups is an agent.
CREATE FUNCTION fn_makes_agents(p_tenant uuid, p_groups uuid[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM directory_group d WHERE d.tenant_id = p_tenant AND d.role IS NOT NULL
        AND d.id = ANY (fn_groups_above(p_tenant, p_groups)))
$$;
GRANT EXECUTE ON FUNCTION fn_makes_agents TO copartner_partner, copartner_customer, copartner_operator;

-- fn_directory_facts: an actor and one user, group or application of its tenant; without a tenant there is none such.
CREATE FUNCTION fn_directory_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_type text, p_id uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_known boolean;
    v_guarded boolean;
BEGIN
    CASE p_type
        WHEN 'UserRecord' THEN
            v_known := EXISTS (SELECT FROM user_account u WHERE u.tenant_id = p_tenant AND u.id = p_id);
            v_guarded := EXISTS (SELECT FROM role_assignment r
                    WHERE r.tenant_id = p_tenant AND r.user_id = p_id
                    AND r.role IN ('Global admin', 'Customer Delegated Admin Relationship Administrator'))
                OR EXISTS (SELECT FROM provider_role r WHERE r.tenant_id = p_tenant AND r.user_id = p_id
                    AND r.role IN ('Global admin', 'Admin agent', 'Helpdesk agent',
                        'Customer Delegated Admin Relationship Administrator'))
                OR fn_makes_agents(p_tenant,
                    ARRAY(SELECT m.group_id FROM group_member m WHERE m.tenant_id = p_tenant AND m.member_id = p_id));
        WHEN 'GroupRecord' THEN
            v_known := EXISTS (SELECT FROM directory_group d WHERE d.tenant_id = p_tenant AND d.id = p_id);
            v_guarded := fn_makes_agents(p_tenant, ARRAY[p_id]);
        WHEN 'ApplicationRecord' THEN
            v_known := EXISTS (SELECT FROM application a WHERE a.tenant_id = p_tenant AND a.id = p_id);
    END CASE;
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', CASE WHEN p_type = 'ApplicationRecord'
            THEN json_build_object('type', p_type, 'id', p_id, 'tenant', CASE WHEN v_known THEN p_tenant END,
                'adminConsent', (SELECT a.admin_consent FROM application a WHERE a.tenant_id = p_tenant AND a.id = p_id))
            ELSE json_build_object('type', p_type, 'id', p_id, 'tenant', CASE WHEN v_known THEN p_tenant END,
                'guarded', CASE WHEN v_known THEN v_guarded END) END);
END $$;
GRANT EXECUTE ON FUNCTION fn_directory_facts TO copartner_partner, copartner_customer, copartner_operator;

-- fn_directory_entry: one user, group or application of the acting tenant with what belongs to it; null when there is none.
CREATE FUNCTION fn_directory_entry(p_tenant uuid, p_type text, p_id uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT CASE p_type
        WHEN 'UserRecord' THEN (SELECT json_build_object('id', u.id, 'tenant_id', u.tenant_id,
                'user_principal_name', u.user_principal_name, 'display_name', u.display_name, 'enabled', u.enabled,
                'roles', (SELECT coalesce(json_agg(r.role ORDER BY r.role), '[]') FROM role_assignment r
                    WHERE r.tenant_id = p_tenant AND r.user_id = u.id),
                'provider_roles', (SELECT coalesce(json_agg(r.role ORDER BY r.role), '[]') FROM provider_role r
                    WHERE r.tenant_id = p_tenant AND r.user_id = u.id))
            FROM user_account u WHERE u.tenant_id = p_tenant AND u.id = p_id)
        WHEN 'GroupRecord' THEN (
            SELECT json_build_object('id', d.id, 'tenant_id', d.tenant_id, 'name', d.name, 'role', d.role)
            FROM directory_group d WHERE d.tenant_id = p_tenant AND d.id = p_id)
        WHEN 'ApplicationRecord' THEN (SELECT json_build_object('id', a.id, 'tenant_id', a.tenant_id, 'name', a.name,
                'redirect_uris', a.redirect_uris, 'enabled', a.enabled, 'admin_consent', a.admin_consent,
                'secrets', (SELECT coalesce(json_agg(json_build_object('id', s.id, 'tenant_id', s.tenant_id,
                        'application_id', s.application_id, 'description', s.description, 'created_at', s.created_at,
                        'expires_at', s.expires_at, 'last_used_at', s.last_used_at, 'removed_at', s.removed_at)
                        ORDER BY s.id), '[]')
                    FROM application_secret s WHERE s.tenant_id = p_tenant AND s.application_id = a.id))
            FROM application a WHERE a.tenant_id = p_tenant AND a.id = p_id)
    END
$$;
GRANT EXECUTE ON FUNCTION fn_directory_entry TO copartner_partner, copartner_customer, copartner_operator;

-- fn_read_directory: one user, group or application of the acting tenant.
CREATE FUNCTION fn_read_directory(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_type text, p_id uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_directory_facts(p_side, p_tenant, p_subject, p_app_only, p_type, p_id);
    body := coalesce(fn_directory_entry(p_tenant, p_type, p_id), 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_directory TO PUBLIC;

-- fn_list_directory: a page of the acting tenant's users, groups or applications, and one more where the list goes on.
CREATE FUNCTION fn_list_directory(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_type text,
    p_after uuid, p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT coalesce(json_agg(fn_directory_entry(listed.tenant_id, p_type, listed.id) ORDER BY listed.id), '[]'),
        coalesce(json_agg(DISTINCT jsonb_build_object('type', p_type, 'id', listed.tenant_id, 'tenant', listed.tenant_id)),
            '[]')
    INTO body, shapes
    FROM (SELECT e.tenant_id, e.id FROM (
            SELECT u.tenant_id, u.id FROM user_account u WHERE p_type = 'UserRecord'
            UNION ALL
            SELECT d.tenant_id, d.id FROM directory_group d WHERE p_type = 'GroupRecord'
            UNION ALL
            SELECT a.tenant_id, a.id FROM application a WHERE p_type = 'ApplicationRecord') AS e
        WHERE e.tenant_id = p_tenant AND (p_after IS NULL OR e.id > p_after) ORDER BY e.id LIMIT p_size + 1) AS listed;
END $$;
GRANT EXECUTE ON FUNCTION fn_list_directory TO PUBLIC;

-- fn_list_groups: a page of the acting tenant's groups by name, of one name or with a beginning, and one more where the
-- list goes on. Into its statement come words of this function alone.
CREATE FUNCTION fn_list_groups(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_name text, p_begins text,
    p_descending boolean, p_count boolean, p_value text, p_after uuid, p_size integer,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_total bigint;
    v_items json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    EXECUTE format($statement$
        SELECT coalesce(json_agg(fn_directory_entry(listed.tenant_id, 'GroupRecord', listed.id) ORDER BY listed.place), '[]'),
            coalesce(json_agg(DISTINCT jsonb_build_object('type', 'GroupRecord', 'id', listed.tenant_id,
                'tenant', listed.tenant_id)), '[]')
        FROM (SELECT d.tenant_id, d.id, row_number() OVER (ORDER BY lower(d.name) %1$s, d.id %1$s) AS place
            FROM directory_group d WHERE d.tenant_id = $1
            AND ($2 IS NULL OR lower(d.name) = lower($2)) AND ($3 IS NULL OR starts_with(lower(d.name), lower($3)))
            AND ($5 IS NULL OR (lower(d.name), d.id) %2$s (lower($4), $5))
            ORDER BY lower(d.name) %1$s, d.id %1$s LIMIT $6) AS listed
        $statement$, CASE WHEN p_descending THEN 'DESC' ELSE 'ASC' END, CASE WHEN p_descending THEN '<' ELSE '>' END)
    INTO v_items, shapes
    USING p_tenant, p_name, p_begins, p_value, p_after, p_size + 1;
    IF p_count THEN
        SELECT count(*) INTO v_total FROM directory_group c WHERE c.tenant_id = p_tenant
            AND (p_name IS NULL OR lower(c.name) = lower(p_name))
            AND (p_begins IS NULL OR starts_with(lower(c.name), lower(p_begins)));
    END IF;
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_groups TO PUBLIC;

-- fn_group_inside: what is in a group of the acting tenant and in the groups in it, each once.
CREATE FUNCTION fn_group_inside(p_tenant uuid, p_group uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE inside(id) AS (
        SELECT g.member_id FROM group_member g WHERE g.tenant_id = p_tenant AND g.group_id = p_group
        UNION
        SELECT g.member_id FROM group_member g JOIN inside i ON g.group_id = i.id WHERE g.tenant_id = p_tenant)
    SELECT id FROM inside
$$;
GRANT EXECUTE ON FUNCTION fn_group_inside TO copartner_partner, copartner_customer, copartner_operator;

-- fn_read_members: one group of the acting tenant: a page of who and what is in it, nested or not, by identifier, and one
-- more where it goes on.
CREATE FUNCTION fn_read_members(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_group uuid,
    p_nested boolean, p_count boolean, p_after uuid, p_size integer,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_ids uuid[];
    v_total bigint;
    v_items json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_directory_facts(p_side, p_tenant, p_subject, p_app_only, 'GroupRecord', p_group);
    IF p_nested THEN
        v_ids := ARRAY(SELECT i.id FROM fn_group_inside(p_tenant, p_group) AS i(id)
            WHERE p_after IS NULL OR i.id > p_after ORDER BY i.id LIMIT p_size + 1);
    ELSE
        v_ids := ARRAY(SELECT g.member_id FROM group_member g WHERE g.tenant_id = p_tenant AND g.group_id = p_group
            AND (p_after IS NULL OR g.member_id > p_after) ORDER BY g.member_id LIMIT p_size + 1);
    END IF;
    SELECT coalesce(json_agg(json_build_object('id', m.id, 'kind', CASE WHEN u.id IS NULL THEN 'group' ELSE 'user' END,
            'name', coalesce(u.user_principal_name, d.name, ''), 'display_name', coalesce(u.display_name, d.name, ''))
            ORDER BY m.place), '[]')
    INTO v_items
    FROM unnest(v_ids) WITH ORDINALITY AS m(id, place)
        LEFT JOIN user_account u ON u.tenant_id = p_tenant AND u.id = m.id
        LEFT JOIN directory_group d ON d.tenant_id = p_tenant AND d.id = m.id;
    IF p_count AND p_nested THEN
        v_total := (SELECT count(*) FROM fn_group_inside(p_tenant, p_group));
    ELSIF p_count THEN
        v_total := (SELECT count(*) FROM group_member g WHERE g.tenant_id = p_tenant AND g.group_id = p_group);
    END IF;
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_members TO PUBLIC;
