-- fn_token_roles: the roles written into a user's token, for the application's information.
CREATE FUNCTION fn_token_roles(p_tenant uuid, p_user uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT to_json(a.roles) FROM actor a
        WHERE a.tenant_id = p_tenant AND a.subject_id = p_user AND NOT a.app_only), '[]');
END $$;
ALTER FUNCTION fn_token_roles OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_token_roles TO copartner_signin;

-- fn_revocations: what transactions not seen before have revoked after a moment, and from where to look the next time: the
-- oldest transaction that was still at work, since nothing older can show anything new.
CREATE FUNCTION fn_revocations(p_since text, p_after timestamptz,
    OUT seen text, OUT tenants uuid[], OUT grounds uuid[], OUT moments timestamptz[]) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as('signin', NULL);
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text, coalesce(array_agg(r.tenant_id), '{}'),
        coalesce(array_agg(r.ground_id), '{}'), coalesce(array_agg(r.not_before), '{}')
    INTO seen, tenants, grounds, moments
    FROM revocation r WHERE r.changed_in >= p_since::xid8 AND r.not_before > p_after;
END $$;
GRANT EXECUTE ON FUNCTION fn_revocations TO PUBLIC;

-- fn_application_consent_facts: an actor and one consent of its tenant to an application; without a tenant there is none.
CREATE FUNCTION fn_application_consent_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_id uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_user uuid;
    v_known boolean;
BEGIN
    SELECT c.user_id INTO v_user FROM application_consent c WHERE c.tenant_id = p_tenant AND c.id = p_id;
    v_known := FOUND;
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'ConsentRecord', 'id', p_id, 'tenant', CASE WHEN v_known THEN p_tenant END,
            'user', v_user));
END $$;
GRANT EXECUTE ON FUNCTION fn_application_consent_facts TO copartner_partner, copartner_customer, copartner_operator;

-- fn_list_application_consents: a page of the consents that hold in the acting tenant, the actor's own and the tenant's or
-- all of them, or those of them to one application, and one more where the list goes on.
CREATE FUNCTION fn_list_application_consents(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_all boolean, p_application uuid, p_after uuid, p_size integer,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT coalesce(json_agg(json_build_object('id', c.id, 'tenant_id', c.tenant_id, 'application_id', c.application_id,
            'application_name', c.name, 'user_id', c.user_id, 'user_principal_name', c.user_principal_name,
            'offline', c.offline, 'consented_at', c.consented_at, 'consented_by', c.consented_by,
            'withdrawn_at', NULL) ORDER BY c.id), '[]'),
        coalesce(json_agg(DISTINCT jsonb_build_object('type', 'ConsentRecord', 'id', c.tenant_id, 'tenant', c.tenant_id,
            'user', c.user_id)), '[]')
    INTO body, shapes
    FROM (SELECT s.tenant_id, s.id, s.application_id, s.user_id, s.offline, s.consented_at, s.consented_by, a.name,
            u.user_principal_name
        FROM application_consent s
        JOIN application a ON a.tenant_id = s.tenant_id AND a.id = s.application_id
        LEFT JOIN user_account u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
        WHERE s.tenant_id = p_tenant AND s.withdrawn_at IS NULL AND (p_all OR coalesce(s.user_id = p_subject, true))
            AND (p_application IS NULL OR s.application_id = p_application) AND (p_after IS NULL OR s.id > p_after)
        ORDER BY s.id LIMIT p_size + 1) AS c;
END $$;
GRANT EXECUTE ON FUNCTION fn_list_application_consents TO PUBLIC;

-- fn_application_consent_question: an application of the acting tenant as somebody is asked about it; the tenant's name.
CREATE FUNCTION fn_application_consent_question(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_application uuid, OUT facts json, OUT registered_by text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_directory_facts(p_side, p_tenant, p_subject, p_app_only, 'ApplicationRecord', p_application);
    registered_by := (SELECT t.company_name FROM tenant t WHERE t.id = p_tenant);
END $$;
GRANT EXECUTE ON FUNCTION fn_application_consent_question TO PUBLIC;
