-- fn_list_serving: who serves the acting customer, one row a partner and one for the vendor that sold to it: what it sells,
-- what it may do, for how many subscriptions it is credited, and when it last used what it may do. A page of them by tenant,
-- one more where it goes on, or one partner alone. Of what each sells and may do the first few are named, the rest counted.
CREATE FUNCTION fn_list_serving(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid,
    p_now timestamptz, p_since timestamptz, p_few integer, p_after uuid, p_size integer,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_names json;
    v_total bigint;
    v_items json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := CASE WHEN p_partner IS NULL THEN fn_home_facts(p_side, p_tenant, p_subject, p_app_only)
        ELSE fn_access_facts(p_side, p_tenant, p_subject, p_app_only, p_partner, p_tenant) END;
    SELECT json_object_agg(n.tenant_id, n.company_name) INTO v_names FROM fn_seller_names(p_tenant) n;
    WITH related AS MATERIALIZED (
        SELECT r.customer_tenant_id AS owner, r.partner_tenant_id AS party, r.formed_at, r.privileges, r.privileges_used_at
        FROM reseller_relationship r WHERE r.customer_tenant_id = p_tenant AND r.state = 'active'
    ), sold AS MATERIALIZED (
        SELECT s.customer_tenant_id AS owner, s.partner_tenant_id AS party, s.offer_name AS name, count(*) AS times,
            sum(s.quantity) AS quantity
        FROM subscription s WHERE s.customer_tenant_id = p_tenant AND s.status IN ('pending', 'active', 'suspended', 'disabled')
            AND (p_partner IS NULL OR s.partner_tenant_id = p_partner)
        GROUP BY s.customer_tenant_id, s.partner_tenant_id, s.offer_name
    ), granted AS MATERIALIZED (
        SELECT g.customer_tenant_id AS owner, g.partner_tenant_id AS party, g.id, g.display_name, g.roles, g.auto_extend,
            fn_admin_relationship_until(g.ends_at, g.auto_extend, p_now) AS until
        FROM admin_relationship g WHERE g.customer_tenant_id = p_tenant AND g.status = 'active'
            AND fn_admin_relationship_until(g.ends_at, g.auto_extend, p_now) IS NOT NULL
    ), credited AS MATERIALIZED (
        SELECT s.partner_of_record AS mpn_id, count(*) AS times FROM subscription s WHERE s.customer_tenant_id = p_tenant
            AND s.partner_of_record IS NOT NULL AND s.status IN ('pending', 'active', 'suspended', 'disabled')
        GROUP BY s.partner_of_record
    ), used AS MATERIALIZED (
        SELECT a.actor_tenant_id AS party, max(a.at) AS at FROM audit_record a
        WHERE a.tenant_id = p_tenant AND a.at > p_since AND a.customer_tenant_id = p_tenant AND a.status = 'succeeded'
            AND a.operation_type LIKE 'customer\_%' AND a.actor_tenant_id <> p_tenant
        GROUP BY a.actor_tenant_id
    ), bound AS (
        SELECT owner, party FROM related UNION SELECT owner, party FROM sold UNION SELECT owner, party FROM granted
    ), page AS (
        SELECT b.owner, b.party, fn_partner(b.party) AS partner FROM bound b
        WHERE (p_partner IS NULL OR b.party = p_partner) AND (p_after IS NULL OR b.party > p_after)
        ORDER BY b.party LIMIT p_size + 1
    )
    SELECT (SELECT count(*) FROM bound b WHERE p_partner IS NULL OR b.party = p_partner),
        coalesce(json_agg(json_build_object('id', p.party,
            'name', coalesce(p.partner ->> 'company_name', v_names ->> p.party::text), 'partner', p.partner,
            'since', r.formed_at, 'privileges', coalesce(r.privileges, false),
            'sells', (SELECT coalesce(json_agg(json_build_object('name', few.name, 'subscriptions', few.times,
                    'quantity', few.quantity) ORDER BY few.times DESC, few.name), '[]')
                FROM (SELECT s.name, s.times, s.quantity FROM sold s WHERE s.party = p.party
                    ORDER BY s.times DESC, s.name LIMIT p_few) AS few),
            'sold', (SELECT coalesce(sum(s.times), 0) FROM sold s WHERE s.party = p.party),
            'products', (SELECT count(*) FROM sold s WHERE s.party = p.party),
            'approvals', (SELECT coalesce(json_agg(json_build_object('id', few.id, 'name', few.display_name,
                    'roles', few.roles, 'until', few.until, 'extends', few.auto_extend = 'P180D') ORDER BY few.until, few.id), '[]')
                FROM (SELECT g.id, g.display_name, g.roles, g.until, g.auto_extend FROM granted g WHERE g.party = p.party
                    ORDER BY g.until, g.id LIMIT p_few) AS few),
            'approved', (SELECT count(*) FROM granted g WHERE g.party = p.party),
            'credited', coalesce((SELECT c.times FROM credited c WHERE c.mpn_id = p.partner ->> 'mpn_id'), 0),
            'last_used_at', greatest(r.privileges_used_at, (SELECT u.at FROM used u WHERE u.party = p.party)))
            ORDER BY p.party), '[]'),
        coalesce(json_agg(DISTINCT jsonb_build_object('type', 'Access', 'id', p.party, 'partner', p.party,
            'customer', p.owner)), '[]')
    INTO v_total, v_items, shapes
    FROM page p LEFT JOIN related r ON r.party = p.party;
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_serving TO PUBLIC;

-- fn_read_ended_access: what the acting customer last ended of one partner's access, in one act, by its own audit.
CREATE FUNCTION fn_read_ended_access(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_at timestamptz;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_access_facts(p_side, p_tenant, p_subject, p_app_only, p_partner, p_tenant);
    SELECT max(ended.at) INTO v_at FROM (
        SELECT g.ended_at AS at FROM admin_relationship g WHERE g.customer_tenant_id = p_tenant AND g.partner_tenant_id = p_partner
        UNION ALL SELECT r.privileges_removed_at FROM reseller_relationship r
            WHERE r.customer_tenant_id = p_tenant AND r.partner_tenant_id = p_partner) AS ended;
    SELECT json_build_object('at', v_at, 'items', coalesce(json_agg(json_build_object('id', a.id, 'at', a.at,
            'actor_name', a.actor_name, 'kind', a.resource_type, 'resource_id', a.resource_id,
            'name', a.old_value ->> 'display_name', 'roles', a.old_value -> 'roles',
            'correlation_id', a.correlation_id) ORDER BY a.id), '[]'))
    INTO body
    FROM (SELECT a.id, a.at, a.actor_name, a.resource_type, a.resource_id, a.old_value, a.correlation_id FROM audit_record a
        WHERE a.tenant_id = p_tenant AND a.at = v_at AND a.actor_tenant_id = p_tenant
        AND a.status = 'succeeded' AND a.partner_tenant_id = p_partner
        AND a.resource_type IN ('AdminRelationship', 'Relationship') AND a.operation_type IN
            ('access.revoke', 'admin_relationship.end', 'own_relationship.remove_privileges') ORDER BY a.id LIMIT 100) AS a;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_ended_access TO PUBLIC;

-- fn_read_access_people: whose names the acting customer read in its audit since a moment, of its partners' people.
CREATE FUNCTION fn_read_access_people(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_since timestamptz,
    p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT coalesce(json_agg(json_build_object('name', seen.name, 'company_name', fn_partner(seen.party) ->> 'company_name',
        'last_at', seen.at) ORDER BY seen.at DESC, seen.name), '[]') INTO body
    FROM (SELECT a.actor_tenant_id AS party, a.actor_name AS name, max(a.at) AS at FROM audit_record a
        WHERE a.tenant_id = p_tenant AND a.at > p_since AND a.actor_tenant_id <> p_tenant AND a.actor_name IS NOT NULL
            AND a.application_id IS NULL
        GROUP BY a.actor_tenant_id, a.actor_name ORDER BY max(a.at) DESC, a.actor_name LIMIT p_size) AS seen;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_access_people TO PUBLIC;
