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
