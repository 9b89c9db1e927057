-- fn_token_roles: the roles written into a user's token, for the application's information.
CREATE FUNCTION fn_token_roles(p_tenant uuid, p_user uuid) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
    SELECT fn_roles(p_tenant, p_user)
$$;
ALTER FUNCTION fn_token_roles OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_token_roles TO copartner_signin;
