-- fn_admin_role_names: the built-in roles that the rules know, of those with these template ids.
CREATE FUNCTION fn_admin_role_names(p_ids uuid[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(known.name ORDER BY known.name), '{}') FROM (VALUES
        ('62e90394-69f5-4237-9190-012177145e10'::uuid, 'Global Administrator'),
        ('e8611ab8-c189-46e8-94e1-60213ab1f814', 'Privileged Role Administrator'),
        ('7be44c8a-adaf-4e2a-84d6-ab2649e08a13', 'Privileged Authentication Administrator'),
        ('fe930be7-5e62-47db-91af-98c3a49a38b1', 'User Administrator'),
        ('c4e39bd9-1100-46d3-8c65-fb160da0071f', 'Authentication Administrator'),
        ('729827e3-9c14-49f7-bb1b-9608f156bbb8', 'Helpdesk Administrator'),
        ('966707d0-3269-4727-9be2-8c3a10f19b9d', 'Password Administrator'),
        ('4d6ac14f-3453-41d0-bef9-a3e0c569773a', 'License Administrator'),
        ('9360feb5-f418-4baa-8175-e2a00bac4301', 'Directory Writers'),
        ('88d8e3e3-8f55-4a1e-953a-9b9898b8876b', 'Directory Readers'),
        ('f2ef992c-3afb-46b9-b7cf-a126ee74c451', 'Global Reader')) AS known(id, name)
    WHERE known.id = ANY (p_ids)
$$;
GRANT EXECUTE ON FUNCTION fn_admin_role_names TO copartner_facts;

-- fn_has_granular: whether a partner has a granular relationship with a customer at that moment.
CREATE FUNCTION fn_has_granular(p_partner uuid, p_customer uuid, p_now timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM admin_relationship g
        WHERE g.customer_tenant_id = p_customer AND g.partner_tenant_id = p_partner AND g.status = 'active'
        AND fn_admin_relationship_until(g.ends_at, g.auto_extend, p_now) IS NOT NULL)
$$;
GRANT EXECUTE ON FUNCTION fn_has_granular TO copartner_facts;

-- fn_is_delegated: whether a customer delegates its directory to the acting partner at all.
CREATE FUNCTION fn_is_delegated(p_customer uuid, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN fn_has_granular(actor_tenant(), p_customer, p_now) OR EXISTS (SELECT FROM reseller_relationship r
        WHERE r.partner_tenant_id = actor_tenant() AND r.customer_tenant_id = p_customer AND r.state = 'active'
        AND r.privileges);
END $$;
ALTER FUNCTION fn_is_delegated OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_is_delegated TO copartner_partner;

-- fn_delegations: the ways in which a partner's user has roles at a customer, as the rules see them: of each its own
-- columns, so that they find out whose approval it is. Last the reseller relationship, whether it has privileges or not.
CREATE FUNCTION fn_delegations(p_partner uuid, p_customer uuid, p_user uuid, p_now timestamptz) RETURNS json[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        WITH ways AS (
            SELECT e.relationship_id, e.assignment_id, array_agg(e.role_id) AS roles
            FROM fn_effective_roles(p_customer, p_partner, p_user, p_now) AS e GROUP BY e.relationship_id, e.assignment_id)
        SELECT json_build_object('id', way.id, 'partner', way.partner, 'customer', way.customer, 'active', way.active,
            'wholeTenant', way.whole, 'superseded', way.whole AND fn_has_granular(p_partner, p_customer, p_now),
            'roles', fn_admin_role_names(way.roles))
        FROM (
            SELECT a.id, g.partner_tenant_id AS partner, g.customer_tenant_id AS customer,
                a.status = 'active' AND g.status = 'active'
                    AND fn_admin_relationship_until(g.ends_at, g.auto_extend, p_now) IS NOT NULL AS active,
                false AS whole, w.roles
            FROM ways w JOIN access_assignment a ON a.id = w.assignment_id
                JOIN admin_relationship g ON g.id = a.relationship_id
            UNION ALL
            SELECT r.id, r.partner_tenant_id, r.customer_tenant_id, r.state = 'active' AND r.privileges, true,
                coalesce(w.roles, '{}')
            FROM reseller_relationship r LEFT JOIN ways w ON w.relationship_id = r.id AND w.assignment_id IS NULL
            WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.state = 'active'
                OR w.relationship_id IS NOT NULL) AS way
        ORDER BY way.whole, way.id);
END $$;
ALTER FUNCTION fn_delegations OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_delegations TO copartner_partner;

-- fn_guarded: whether a user has an administrator's role, enabled or not; false where there is no such user.
CREATE FUNCTION fn_guarded(p_tenant uuid, p_user uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM role_assignment r WHERE r.tenant_id = p_tenant AND r.user_id = p_user)
        OR EXISTS (SELECT FROM admin_role_assignment r WHERE r.tenant_id = p_tenant AND r.user_id = p_user)
        OR EXISTS (SELECT FROM provider_role r WHERE r.tenant_id = p_tenant AND r.user_id = p_user)
        OR EXISTS (
            WITH RECURSIVE within(id) AS (
                SELECT m.group_id FROM group_member m WHERE m.tenant_id = p_tenant AND m.member_id = p_user
                UNION
                SELECT m.group_id FROM within w JOIN group_member m ON m.tenant_id = p_tenant AND m.member_id = w.id)
            SELECT FROM within w JOIN directory_group d ON d.tenant_id = p_tenant AND d.id = w.id WHERE d.role IS NOT NULL);
END $$;
ALTER FUNCTION fn_guarded OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_guarded TO copartner_partner;

-- fn_behalf_facts: a partner's user and one customer, or one user of it, once for each way in which the partner's user has
-- roles there; the rules are asked about each alone.
CREATE FUNCTION fn_behalf_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_user uuid,
    p_now timestamptz) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_base jsonb := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    v_ways json[] := fn_delegations(p_tenant, p_customer, p_subject, p_now);
BEGIN
    IF p_user IS NOT NULL THEN
        v_base := jsonb_set(v_base, '{resource}', v_base -> 'resource' || jsonb_build_object(
            'type', 'CustomerUser', 'id', p_user, 'guarded', fn_guarded(p_customer, p_user)));
    END IF;
    RETURN (SELECT json_agg(jsonb_set(v_base, '{context,delegation}', coalesce(way::jsonb, 'null')))
        FROM unnest(CASE WHEN cardinality(v_ways) = 0 THEN ARRAY[NULL]::json[] ELSE v_ways END) AS way);
END $$;
GRANT EXECUTE ON FUNCTION fn_behalf_facts TO copartner_partner;

-- fn_looking_facts: the same for a reading, which is a use of the whole-tenant privileges where somebody has roles by them. It
-- is noted here, once a day at most, because a reading is one trip: so it counts even where a rule then refuses it.
CREATE FUNCTION fn_looking_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_user uuid,
    p_now timestamptz) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    v_facts json := fn_behalf_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_user, p_now);
BEGIN
    IF EXISTS (SELECT FROM json_array_elements(v_facts) AS asked
            WHERE (asked #>> '{context,delegation,wholeTenant}')::boolean
            AND json_array_length(asked #> '{context,delegation,roles}') > 0) THEN
        PERFORM fn_mark_privileges_used(p_tenant, p_customer, p_now);
    END IF;
    RETURN v_facts;
END $$;
GRANT EXECUTE ON FUNCTION fn_looking_facts TO copartner_partner;
