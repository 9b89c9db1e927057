-- fn_agent_groups: the groups whose members are a partner's agents, told to the partner and to its customers.
CREATE FUNCTION fn_agent_groups(p_partner uuid) RETURNS TABLE (id uuid, agents text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT d.id, d.role FROM directory_group d WHERE d.tenant_id = p_partner AND d.role IS NOT NULL
        AND (p_partner = actor_tenant() OR EXISTS (SELECT FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = actor_tenant()));
END $$;
ALTER FUNCTION fn_agent_groups OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_agent_groups TO copartner_partner, copartner_customer;

-- fn_access_facts: who asks, and what one partner may do at one customer; one of them asks. A customer has something to do
-- with a partner that it ever was related to, or that asked it to administer its tenant.
CREATE FUNCTION fn_access_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid, p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE v_known boolean := p_side = 'partner'
    OR EXISTS (SELECT FROM reseller_relationship r
        WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer)
    OR EXISTS (SELECT FROM admin_relationship r
        WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.status <> 'created');
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'Access', 'customer', p_customer,
            'id', CASE p_side WHEN 'partner' THEN p_customer ELSE p_partner END,
            'partner', CASE WHEN v_known THEN p_partner END));
END $$;
GRANT EXECUTE ON FUNCTION fn_access_facts TO copartner_partner, copartner_customer;

-- fn_access_grants: what partners may do at a customer at a moment, by what is recorded: each role by each way to it. What is
-- not in force is held, and will be when the granular relationship that decides instead is over. `until` is when it ends or
-- ended. Of the past an assignment counts while its roles were given, its relationship was active and it was not deleted.
CREATE FUNCTION fn_access_grants(p_customer uuid, p_partner uuid, p_at timestamptz)
RETURNS TABLE (customer_tenant_id uuid, partner_tenant_id uuid, kind text, role_id uuid, relationship_id uuid,
    assignment_id uuid, subscription_id uuid, group_id uuid, begins timestamptz, until timestamptz, in_force boolean)
LANGUAGE sql STABLE AS $$
    WITH granular AS (
        SELECT r.customer_tenant_id, r.partner_tenant_id, r.id, r.roles, r.activated_at,
            least(over.at, fn_admin_relationship_until(r.ends_at, r.auto_extend, p_at)) AS ends
        FROM admin_relationship r
            CROSS JOIN LATERAL (SELECT coalesce(r.ended_at, CASE WHEN r.status <> 'active' THEN r.modified_at END)) AS over(at)
        WHERE r.customer_tenant_id = p_customer AND (p_partner IS NULL OR r.partner_tenant_id = p_partner)
            AND r.activated_at <= p_at AND coalesce(over.at > p_at, true)
            AND fn_admin_relationship_until(r.ends_at, r.auto_extend, p_at) IS NOT NULL
    ), given AS (
        SELECT g.customer_tenant_id, g.partner_tenant_id, o.role_id, g.id AS relationship_id, a.id AS assignment_id,
            a.group_id, greatest(o.given_at, a.activated_at, g.activated_at) AS begins, least(g.ends, o.taken_at,
                CASE WHEN a.status <> 'active' THEN coalesce(a.deleted_at, a.modified_at) END) AS ends
        FROM granular g
            JOIN access_assignment a ON a.partner_tenant_id = g.partner_tenant_id AND a.relationship_id = g.id
            JOIN access_assignment_role o ON o.partner_tenant_id = a.partner_tenant_id AND o.assignment_id = a.id
        WHERE (a.status = 'active' OR a.activated_at IS NOT NULL)
            AND (o.taken_at IS NOT NULL OR o.role_id = ANY (g.roles))
    )
    SELECT g.customer_tenant_id, g.partner_tenant_id, 'assignment', g.role_id, g.relationship_id, g.assignment_id,
        NULL::uuid, g.group_id, g.begins, g.ends, true
    FROM given g WHERE g.begins <= p_at AND g.ends > p_at
    UNION ALL
    SELECT r.customer_tenant_id, r.partner_tenant_id, 'privileges', fn_agent_role(a.agents), r.id, NULL, NULL, a.id,
        r.privileges_granted_at, least(r.privileges_removed_at, r.ended_at),
        NOT EXISTS (SELECT FROM granular g WHERE g.partner_tenant_id = r.partner_tenant_id)
    FROM reseller_relationship r CROSS JOIN LATERAL fn_agent_groups(r.partner_tenant_id) a
    WHERE r.customer_tenant_id = p_customer AND (p_partner IS NULL OR r.partner_tenant_id = p_partner)
        AND r.privileges_granted_at <= p_at AND coalesce(least(r.privileges_removed_at, r.ended_at) > p_at, true)
    UNION ALL
    -- The built-in role Owner of Azure, on the one subscription: whoever provisioned it has it until it is deleted.
    SELECT s.customer_tenant_id, s.partner_tenant_id, 'owner', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'::uuid, NULL, NULL,
        s.id, a.id, s.created_at, gone.at, true
    FROM subscription s CROSS JOIN LATERAL fn_agent_groups(s.partner_tenant_id) a
        CROSS JOIN LATERAL (SELECT CASE WHEN s.status = 'deleted' THEN (SELECT max(d.at) FROM audit_record d
            WHERE d.tenant_id = (SELECT actor_tenant()) AND d.resource_id = s.id::text AND d.status = 'succeeded'
            AND d.new_value ->> 'status' = 'deleted') END) AS gone(at)
    WHERE s.customer_tenant_id = p_customer AND (p_partner IS NULL OR s.partner_tenant_id = p_partner)
        AND s.kind = 'azure' AND a.agents = 'Admin agent' AND s.created_at <= p_at
        AND (s.status <> 'deleted' OR gone.at > p_at)
$$;
GRANT EXECUTE ON FUNCTION fn_access_grants TO copartner_partner, copartner_customer;

-- fn_access_grant_rows: the same as the store reads it.
CREATE FUNCTION fn_access_grant_rows(p_customer uuid, p_partner uuid, p_at timestamptz) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('partner', fn_partner(g.partner_tenant_id),
        'customer_tenant_id', g.customer_tenant_id, 'kind', g.kind, 'role_id', g.role_id, 'relationship_id', g.relationship_id, 'assignment_id', g.assignment_id,
        'subscription_id', g.subscription_id, 'group_id', g.group_id, 'begins', g.begins, 'until', g.until,
        'in_force', g.in_force) ORDER BY g.partner_tenant_id, g.kind, g.role_id, g.begins, g.relationship_id, g.subscription_id,
            g.group_id), '[]')
    FROM fn_access_grants(p_customer, p_partner, p_at) g
$$;
GRANT EXECUTE ON FUNCTION fn_access_grant_rows TO copartner_partner, copartner_customer;

-- fn_read_access: what partners, or one of them, may do at a customer at each of some moments.
CREATE FUNCTION fn_read_access(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid,
    p_customer uuid, p_moments timestamptz[], OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := CASE WHEN p_partner IS NULL THEN fn_home_facts(p_side, p_tenant, p_subject, p_app_only)
        ELSE fn_access_facts(p_side, p_tenant, p_subject, p_app_only, p_partner, p_customer) END;
    SELECT json_agg(fn_access_grant_rows(p_customer, p_partner, m.at) ORDER BY m.place) INTO body
        FROM unnest(p_moments) WITH ORDINALITY AS m(at, place);
    SELECT coalesce(json_agg(DISTINCT jsonb_build_object('type', 'Access', 'id', row -> 'partner' ->> 'tenant_id',
            'partner', row -> 'partner' ->> 'tenant_id', 'customer', row ->> 'customer_tenant_id')), '[]') INTO shapes
        FROM json_array_elements(body) AS part, json_array_elements(part) AS row;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_access TO PUBLIC;

-- fn_access_layers: all that binds a partner and the acting customer, as far as the customer may read it: of the
-- subscriptions at most so many, all where that is null, and how many there are.
CREATE FUNCTION fn_access_layers(p_partner uuid, p_customer uuid, p_most integer) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('partner', fn_partner(p_partner),
        'granular', (SELECT coalesce(json_agg(fn_admin_relationship_row(r) ORDER BY r.id), '[]') FROM admin_relationship r
            WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer
            AND r.status NOT IN ('created', 'expired', 'terminated')),
        'reseller', (SELECT fn_relationship_row(r) FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.state = 'active'),
        'subscriptions', (SELECT coalesce(json_agg(json_build_object('id', s.id, 'name', s.nickname, 'kind', s.kind,
                'status', s.status, 'commitment_ends_at', s.commitment_ends_at) ORDER BY s.id), '[]')
            FROM (SELECT s.id, s.nickname, s.kind, s.status, s.commitment_ends_at FROM subscription s
                WHERE s.partner_tenant_id = p_partner AND s.customer_tenant_id = p_customer
                AND s.status NOT IN ('deleted', 'expired') ORDER BY s.id LIMIT p_most) AS s),
        'sold', (SELECT count(*) FROM subscription s WHERE s.partner_tenant_id = p_partner
            AND s.customer_tenant_id = p_customer AND s.status NOT IN ('deleted', 'expired')))
$$;
GRANT EXECUTE ON FUNCTION fn_access_layers TO copartner_customer;

-- fn_lock_access: waits until nobody else changes what binds a partner and the acting customer, and keeps it so.
CREATE FUNCTION fn_lock_access(p_partner uuid, p_customer uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM reseller_relationship r WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer
        AND r.state = 'active' FOR UPDATE;
    PERFORM FROM admin_relationship r WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer
        AND r.status NOT IN ('created', 'expired', 'terminated') ORDER BY r.id FOR UPDATE;
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_access TO copartner_customer;

-- fn_read_revocation: what would end, and what would stay, if the acting customer took everything from a partner.
CREATE FUNCTION fn_read_revocation(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid,
    p_most integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_access_facts(p_side, p_tenant, p_subject, p_app_only, p_partner, p_tenant);
    body := fn_access_layers(p_partner, p_tenant, p_most);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_revocation TO PUBLIC;

-- fn_access_user: a user, by its identifier or its sign-in name, of the acting partner, or of a partner that the acting customer has something to do with, as the
-- rules see who signed in with a second factor; null for any other.
CREATE FUNCTION fn_access_user(p_side text, p_user uuid, p_name text) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT json_build_object('id', u.id, 'partner', u.tenant_id, 'name', u.user_principal_name, 'principal', json_build_object(
            'id', u.id, 'tenant', u.tenant_id, 'side', 'partner', 'appOnly', false, 'roles', a.roles,
            'enrolled', 'partner' = ANY (a.sides), 'multiFactor', true))
        FROM (SELECT actor_tenant() AS id WHERE p_side = 'partner'
            UNION SELECT r.partner_tenant_id FROM reseller_relationship r
                WHERE p_side = 'customer' AND r.customer_tenant_id = actor_tenant()
            UNION SELECT g.partner_tenant_id FROM admin_relationship g
                WHERE p_side = 'customer' AND g.customer_tenant_id = actor_tenant() AND g.status <> 'created') AS partner
            JOIN user_account u ON u.tenant_id = partner.id
                AND u.id = coalesce(p_user, (SELECT n.id FROM user_account n WHERE n.user_principal_name = lower(p_name)))
            JOIN actor a ON a.tenant_id = u.tenant_id AND a.subject_id = u.id AND NOT a.app_only LIMIT 1);
END $$;
ALTER FUNCTION fn_access_user OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_access_user TO copartner_partner, copartner_customer;

-- fn_read_access_question: a partner's user who does something at a customer, asked by one of the two: what the rules judge
-- of it, whatever it is done to. Of a subscription its seller counts, otherwise the thing is the partner's own.
CREATE FUNCTION fn_read_access_question(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid,
    p_user uuid, p_name text, p_kind text, p_subscription uuid, p_now timestamptz, OUT facts json, OUT shapes json, OUT body json)
LANGUAGE plpgsql AS $$
DECLARE
    v_user json;
    v_partner uuid;
    v_witness json;
    v_parties uuid[];
BEGIN
    PERFORM act_as(p_side, p_tenant);
    v_user := fn_access_user(p_side, p_user, p_name);
    v_partner := v_user ->> 'partner';
    v_witness := fn_relationship(v_partner, p_customer);
    -- Of a stranger nothing is judged, so that it answers as who does not exist.
    v_parties := ARRAY[v_partner] || CASE WHEN p_side = 'customer' OR v_witness IS NOT NULL THEN p_customer END;
    facts := CASE WHEN v_partner IS NULL AND p_side = 'partner'
        THEN fn_access_facts(p_side, p_tenant, p_subject, p_app_only, p_tenant, p_customer)
        ELSE fn_access_facts(p_side, p_tenant, p_subject, p_app_only, coalesce(v_partner, p_user, p_customer), p_customer) END;
    body := json_build_object('user', v_user, 'partner', fn_partner(v_partner),
        'granular', EXISTS (SELECT FROM admin_relationship g WHERE g.partner_tenant_id = v_partner
            AND g.customer_tenant_id = p_customer AND g.status = 'active'
            AND fn_admin_relationship_until(g.ends_at, g.auto_extend, p_now) IS NOT NULL),
        'ways', (SELECT coalesce(json_agg(json_build_object('role_id', e.role_id, 'kind', e.kind,
                'relationship_id', e.relationship_id, 'assignment_id', e.assignment_id, 'group_id', e.group_id,
                'until', e.until) ORDER BY e.kind, e.assignment_id, e.role_id), '[]')
            FROM fn_effective_roles(p_customer, v_partner, (v_user ->> 'id')::uuid, p_now) AS e),
        'facts', json_build_object('principal', v_user -> 'principal',
            'resource', json_build_object('type', p_kind, 'id', coalesce(p_subscription, p_customer), 'guarded', false,
                'customer', p_customer, 'partner', CASE WHEN p_subscription IS NULL THEN v_partner ELSE (
                    SELECT s.partner_tenant_id FROM subscription s
                    WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription) END),
            'context', json_build_object('relationship', v_witness, 'agreement', fn_agreement(v_partner, p_customer)),
            'tenants', fn_tenants(v_parties), 'organisations', fn_organisations(v_parties)));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_access_question TO PUBLIC;

-- fn_access_used: what partners, or one of them, did in a customer's directory since a moment, by the reader's own audit. A
-- change that leaves a user as it was gave it a new password.
CREATE FUNCTION fn_access_used(p_reader uuid, p_customer uuid, p_partner uuid, p_since timestamptz) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('partner_tenant_id', u.actor_tenant_id, 'operation', u.operation,
        'times', u.times, 'last_at', u.last_at) ORDER BY u.actor_tenant_id, u.operation), '[]')
    FROM (SELECT a.actor_tenant_id, named.operation, count(*) AS times, max(a.at) AS last_at
        FROM audit_record a CROSS JOIN LATERAL (SELECT CASE
            WHEN a.operation_type = 'customer_user.change' AND a.old_value = a.new_value THEN 'customer_user.reset_password'
            WHEN a.operation_type = 'customer_user.change' AND a.old_value ->> 'deleted_at' IS NOT NULL
                AND a.new_value ->> 'deleted_at' IS NULL THEN 'customer_user.restore'
            ELSE a.operation_type END) AS named(operation)
        WHERE a.tenant_id = p_reader AND a.at > p_since AND a.customer_tenant_id = p_customer AND a.status = 'succeeded'
            AND a.operation_type LIKE 'customer\_%' AND a.actor_tenant_id <> p_customer
            AND (p_partner IS NULL OR a.actor_tenant_id = p_partner)
        GROUP BY a.actor_tenant_id, named.operation) AS u
$$;
GRANT EXECUTE ON FUNCTION fn_access_used TO copartner_partner, copartner_customer;

-- fn_read_access_use: what partners, or one of them, may do at a customer now, and what they did since a moment.
CREATE FUNCTION fn_read_access_use(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid,
    p_customer uuid, p_since timestamptz, p_now timestamptz, OUT facts json, OUT shapes json, OUT body json)
LANGUAGE plpgsql AS $$
DECLARE v_held json;
BEGIN
    SELECT r.facts, r.shapes, r.body -> 0 INTO facts, shapes, v_held FROM fn_read_access(
        p_side, p_tenant, p_subject, p_app_only, p_partner, p_customer, ARRAY[p_now]) AS r;
    body := json_build_object('held', v_held, 'used', fn_access_used(p_tenant, p_customer, p_partner, p_since));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_access_use TO PUBLIC;
