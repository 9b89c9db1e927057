-- fn_admin_relationship_until: when an active relationship ends, an extension that fell due included; null once it is
-- over, as delegation/rules.py has it.
CREATE FUNCTION fn_admin_relationship_until(p_ends timestamptz, p_auto_extend text, p_now timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_now < p_ends THEN p_ends
        WHEN p_auto_extend = 'P180D' THEN p_ends
            + make_interval(hours => 180 * 24 * (1 + floor(extract(epoch FROM p_now - p_ends) / (180 * 86400))::integer))
        END
$$;
GRANT EXECUTE ON FUNCTION fn_admin_relationship_until TO copartner_partner, copartner_customer, copartner_facts;

-- fn_agent_role: what a partner's agents are in the tenant of a customer that gave their partner privileges over all of it:
-- Global Administrator or Helpdesk Administrator (customers-revoke-admin-privileges).
CREATE FUNCTION fn_agent_role(p_agents text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_agents WHEN 'Admin agent' THEN '62e90394-69f5-4237-9190-012177145e10'::uuid
        WHEN 'Helpdesk agent' THEN '729827e3-9c14-49f7-bb1b-9608f156bbb8'::uuid END
$$;
GRANT EXECUTE ON FUNCTION fn_agent_role TO copartner_partner, copartner_customer, copartner_facts;

-- fn_effective_roles: the roles that a partner's user has in a customer's tenant, a row for each way to one, told to either
-- of the two: by whole-tenant privileges what agents are by them, by a granular relationship what a group was assigned of
-- it. While there is such a one the privileges give nothing (gdap-faq: the granular kind decides). Groups count with all
-- below them.
CREATE FUNCTION fn_effective_roles(p_customer uuid, p_partner uuid, p_user uuid, p_now timestamptz)
RETURNS TABLE (role_id uuid, kind text, relationship_id uuid, assignment_id uuid, group_id uuid, until timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE within(id) AS (
        SELECT m.group_id FROM actor a
            JOIN group_member m ON m.tenant_id = a.tenant_id AND m.member_id = a.subject_id
            WHERE a.tenant_id = p_partner AND a.subject_id = p_user AND NOT a.app_only AND a.roles <> '{}'
            AND actor_tenant() IN (p_partner, p_customer)
        UNION
        SELECT m.group_id FROM within w JOIN group_member m ON m.tenant_id = p_partner AND m.member_id = w.id
    ), granular AS MATERIALIZED (
        SELECT r.id, r.roles, fn_admin_relationship_until(r.ends_at, r.auto_extend, p_now) AS ends
        FROM admin_relationship r
        WHERE r.customer_tenant_id = p_customer AND r.partner_tenant_id = p_partner AND r.status = 'active'
        AND fn_admin_relationship_until(r.ends_at, r.auto_extend, p_now) IS NOT NULL
    )
    SELECT o.role_id, 'assignment', g.id, a.id, a.group_id, g.ends
    FROM within w
        JOIN access_assignment a ON a.customer_tenant_id = p_customer AND a.partner_tenant_id = p_partner
            AND a.group_id = w.id AND a.status = 'active'
        JOIN granular g ON g.id = a.relationship_id
        JOIN access_assignment_role o ON o.partner_tenant_id = p_partner AND o.assignment_id = a.id
            AND o.taken_at IS NULL AND o.role_id = ANY (g.roles)
    UNION ALL
    SELECT fn_agent_role(d.role), 'privileges', r.id, NULL, d.id, NULL
    FROM reseller_relationship r CROSS JOIN within w
        JOIN directory_group d ON d.tenant_id = p_partner AND d.id = w.id AND d.role IS NOT NULL
    WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.state = 'active' AND r.privileges
        AND NOT EXISTS (SELECT FROM granular);
END $$;
ALTER FUNCTION fn_effective_roles OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_effective_roles TO copartner_partner, copartner_customer;
