-- fn_partner: what a partner shows of itself: to those it asks for a relationship, and to a seller that names it as support
-- contact, which is a declared disclosure; null when the tenant is not enrolled.
CREATE FUNCTION fn_partner(p_tenant uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT json_build_object('tenant_id', t.id, 'company_name', t.company_name, 'domain', t.domain,
            'country', t.country, 'mpn_id', e.mpn_id)
        FROM tenant t JOIN enrolment e ON e.tenant_id = t.id WHERE t.id = p_tenant);
END $$;
ALTER FUNCTION fn_partner OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_partner TO copartner_customer, copartner_partner, copartner_operator;

-- fn_own_company: what is known of the acting partner without its telling.
CREATE FUNCTION fn_own_company(p_tenant uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('tenant_id', t.id, 'company_name', t.company_name, 'domain', t.domain,
        'culture', t.culture, 'language', t.language, 'mpn_id', coalesce(e.mpn_id, ''),
        'currency', coalesce((SELECT a.currency FROM catalogue_availability a WHERE a.country = t.country LIMIT 1), ''),
        'address', t.address || jsonb_build_object('country', t.country))
    FROM tenant t LEFT JOIN enrolment e ON e.tenant_id = t.id WHERE t.id = p_tenant
$$;
GRANT EXECUTE ON FUNCTION fn_own_company TO copartner_partner;

-- fn_read_partner_profile: the acting partner and one kind of profile of it.
CREATE FUNCTION fn_read_partner_profile(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_kind text,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := json_build_object('company', fn_own_company(p_tenant), 'kept', (
        SELECT json_build_object('version', p.version, 'value', p.value) FROM partner_profile p
        WHERE p.partner_tenant_id = p_tenant AND p.kind = p_kind));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_partner_profile TO PUBLIC;

-- fn_read_partner_profiles: the acting partner and every profile of it that is kept, by kind.
CREATE FUNCTION fn_read_partner_profiles(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := json_build_object('company', fn_own_company(p_tenant), 'kept', (
        SELECT coalesce(json_object_agg(p.kind, json_build_object('version', p.version, 'value', p.value)), '{}')
        FROM partner_profile p WHERE p.partner_tenant_id = p_tenant));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_partner_profiles TO PUBLIC;

-- fn_lock_partner_profile: the same inside a command, with the profile locked where one is kept.
CREATE FUNCTION fn_lock_partner_profile(p_tenant uuid, p_kind text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE v_kept json;
BEGIN
    SELECT json_build_object('version', p.version, 'value', p.value) INTO v_kept FROM partner_profile p
        WHERE p.partner_tenant_id = p_tenant AND p.kind = p_kind FOR UPDATE;
    RETURN json_build_object('company', fn_own_company(p_tenant), 'kept', v_kept);
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_partner_profile TO copartner_partner;

-- fn_list_partner_relationships: the acting partner's indirect resellers, or the providers it resells for.
CREATE FUNCTION fn_list_partner_relationships(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_resellers boolean, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT coalesce(json_agg(fn_partner(r.other) ORDER BY r.other), '[]'),
        coalesce((SELECT json_agg(json_build_object('type', 'Home', 'id', one, 'tenant', one))
            FROM (SELECT DISTINCT unnest(array_agg(r.own))) AS owners(one)), '[]')
    INTO body, shapes
    FROM (SELECT CASE WHEN p_resellers THEN p.provider_tenant_id ELSE p.reseller_tenant_id END AS own,
            CASE WHEN p_resellers THEN p.reseller_tenant_id ELSE p.provider_tenant_id END AS other
        FROM partner_relationship p WHERE p.state = 'active') AS r
    WHERE r.own = p_tenant;
END $$;
GRANT EXECUTE ON FUNCTION fn_list_partner_relationships TO PUBLIC;
