-- Database roles, one per side of a request. None can sign in; the login role may only become them, never inherits from them.
DO $$
DECLARE side text;
BEGIN
    FOREACH side IN ARRAY ARRAY['partner', 'customer', 'operator', 'worker', 'signin', 'facts'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'copartner_' || side) THEN
            EXECUTE format('CREATE ROLE copartner_%s NOLOGIN NOINHERIT NOBYPASSRLS', side);
        END IF;
        IF NOT pg_has_role(current_user, 'copartner_' || side, 'USAGE') THEN
            EXECUTE format('GRANT copartner_%s TO CURRENT_USER', side);
        END IF;
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA copartner TO
    copartner_partner, copartner_customer, copartner_operator, copartner_worker, copartner_signin, copartner_facts;
-- The facts role owns the definer functions, and an owner must be allowed to create in their schema. It owns no table.
GRANT CREATE ON SCHEMA copartner TO copartner_facts;
-- Executing is granted function by function.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- The tenant on whose behalf this transaction runs; null before act_as was called.
CREATE FUNCTION actor_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('copartner.tenant', true), '')::uuid;
GRANT EXECUTE ON FUNCTION actor_tenant() TO PUBLIC;

-- Gives the rest of the transaction the database role of a side and the tenant its rows are compared with, once.
-- Sign-in and worker act for no tenant.
CREATE FUNCTION act_as(side text, tenant uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('copartner.tenant', true), '') <> '' THEN
        RAISE EXCEPTION 'this transaction already acts for a tenant; one actor a transaction';
    END IF;
    PERFORM set_config('copartner.tenant', coalesce(tenant, '00000000-0000-0000-0000-000000000000')::text, true);
    CASE side
        WHEN 'partner' THEN SET LOCAL ROLE copartner_partner;
        WHEN 'customer' THEN SET LOCAL ROLE copartner_customer;
        WHEN 'operator' THEN SET LOCAL ROLE copartner_operator;
        WHEN 'signin' THEN SET LOCAL ROLE copartner_signin;
        WHEN 'worker' THEN SET LOCAL ROLE copartner_worker;
    END CASE;
END $$;
GRANT EXECUTE ON FUNCTION act_as(text, uuid) TO PUBLIC;
