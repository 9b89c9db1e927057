-- Who may act, with the roles held now. Kept by triggers in the transaction of whatever changes them, so that every decision
-- finds them under one key and none is older than the last commit.

-- Writes this table and no other; its functions run for whoever changes a directory.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'copartner_keeper') THEN
        CREATE ROLE copartner_keeper NOLOGIN NOINHERIT NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(current_user, 'copartner_keeper', 'USAGE') THEN
        GRANT copartner_keeper TO CURRENT_USER;
    END IF;
END $$;
GRANT USAGE, CREATE ON SCHEMA copartner TO copartner_keeper;

CREATE TABLE actor (
    tenant_id uuid NOT NULL REFERENCES tenant,
    subject_id uuid NOT NULL,
    app_only boolean NOT NULL,
    sides text[] NOT NULL,
    roles text[] NOT NULL,
    PRIMARY KEY (tenant_id, subject_id, app_only)
);
COMMENT ON TABLE actor IS 'users and applications; kept by triggers, never written by hand';
COMMENT ON COLUMN actor.sides IS 'on which the tenant acts: partners are enrolled, the operator is one, anybody is a customer';
COMMENT ON COLUMN actor.roles IS 'assigned ones, those of the identity provider''s word and those of its groups, nested ones included; none while disabled';


DO $$
DECLARE t text; side text;
BEGIN
    ALTER TABLE actor ENABLE ROW LEVEL SECURITY;
    ALTER TABLE actor FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner_all ON actor TO CURRENT_USER USING (true);
    CREATE POLICY facts_all ON actor FOR SELECT TO copartner_facts USING (true);
    CREATE POLICY keeper_all ON actor TO copartner_keeper USING (true);
    FOR side IN VALUES ('partner'), ('customer'), ('operator') LOOP
        EXECUTE format('CREATE POLICY %s_own ON actor TO copartner_%s USING (tenant_id = (SELECT actor_tenant()))', side, side);
    END LOOP;
    FOR t IN VALUES ('tenant'), ('enrolment'), ('user_account'), ('role_assignment'), ('provider_role'),
        ('directory_group'), ('group_member'), ('application') LOOP
        EXECUTE format('CREATE POLICY keeper_all ON %I FOR SELECT TO copartner_keeper USING (true)', t);
    END LOOP;
END $$;
GRANT SELECT ON actor TO copartner_partner, copartner_customer, copartner_operator, copartner_facts;
GRANT SELECT, INSERT, UPDATE (sides, roles), DELETE ON actor TO copartner_keeper;
GRANT SELECT (id, kind) ON tenant TO copartner_keeper;
GRANT SELECT (tenant_id) ON enrolment TO copartner_keeper;
GRANT SELECT (tenant_id, id, enabled) ON user_account, application TO copartner_keeper;
GRANT SELECT ON role_assignment, provider_role, group_member TO copartner_keeper;
GRANT SELECT (tenant_id, id, role) ON directory_group TO copartner_keeper;

CREATE FUNCTION sides_of(p_tenant uuid) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT array_remove(ARRAY['customer',
            CASE WHEN EXISTS (SELECT FROM enrolment e WHERE e.tenant_id = t.id) THEN 'partner' END,
            CASE WHEN t.kind = 'operator' THEN 'operator' END], NULL)
        FROM tenant t WHERE t.id = p_tenant);
END $$;

-- One transaction after the other within a tenant: of two that change it at once, the second has to see what the first made
-- of the same people. Tenants share 256 locks, so that one that loads many needs no more.
CREATE FUNCTION lock_actors(p_tenant uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(x'6163746F'::integer, mod(hashtext(p_tenant::text), 256));
END $$;

-- Keeps these users, those in and below these groups, and these applications.
CREATE FUNCTION keep_actors(p_tenant uuid, p_changed uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    PERFORM lock_actors(p_tenant);
    INSERT INTO actor (tenant_id, subject_id, app_only, sides, roles)
    WITH RECURSIVE below(id) AS (
        SELECT unnest(p_changed)
        UNION
        SELECT m.member_id FROM below b JOIN group_member m ON m.tenant_id = p_tenant AND m.group_id = b.id
    ), within(user_id, group_id) AS (
        SELECT b.id, m.group_id FROM below b JOIN group_member m ON m.tenant_id = p_tenant AND m.member_id = b.id
        UNION
        SELECT w.user_id, m.group_id FROM within w JOIN group_member m ON m.tenant_id = p_tenant AND m.member_id = w.group_id
    )
    SELECT p_tenant, u.id, false, sides_of(p_tenant), CASE WHEN u.enabled THEN ARRAY(
            SELECT 'User'
            UNION
            SELECT r.role FROM role_assignment r WHERE r.tenant_id = p_tenant AND r.user_id = u.id
            UNION
            SELECT p.role FROM provider_role p WHERE p.tenant_id = p_tenant AND p.user_id = u.id
            UNION
            SELECT d.role FROM within w JOIN directory_group d ON d.tenant_id = p_tenant AND d.id = w.group_id
                WHERE w.user_id = u.id AND d.role IS NOT NULL
            ORDER BY 1) ELSE '{}' END
    FROM below b JOIN user_account u ON u.tenant_id = p_tenant AND u.id = b.id
    UNION ALL
    -- An application acts as one of the Admin agents.
    SELECT p_tenant, a.id, true, sides_of(p_tenant), CASE WHEN a.enabled THEN ARRAY['Admin agent'] ELSE '{}' END
    FROM application a WHERE a.tenant_id = p_tenant AND a.id = ANY (p_changed)
    ON CONFLICT (tenant_id, subject_id, app_only) DO UPDATE SET sides = EXCLUDED.sides, roles = EXCLUDED.roles;
END $$;

SELECT keep_actors(t.id, ARRAY(SELECT u.id FROM user_account u WHERE u.tenant_id = t.id)
    || ARRAY(SELECT a.id FROM application a WHERE a.tenant_id = t.id)) FROM tenant t;

-- Whoever is named by a column of the changed row: who stands there now, and who stood there before.
CREATE FUNCTION actors_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE
    v_before jsonb := to_jsonb(OLD);
    v_after jsonb := to_jsonb(NEW);
    v_tenant uuid := coalesce(v_after, v_before) ->> 'tenant_id';
    v_changed uuid[] := ARRAY[v_before ->> TG_ARGV[0], v_after ->> TG_ARGV[0]];
BEGIN
    PERFORM keep_actors(v_tenant, v_changed);
    RETURN NULL;
END $$;

CREATE FUNCTION actors_leave() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    DELETE FROM actor a WHERE a.tenant_id = OLD.tenant_id AND a.subject_id = OLD.id;
    RETURN NULL;
END $$;

-- A tenant begins or ends to be on a side.
CREATE FUNCTION actors_side() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_tenant uuid := coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> TG_ARGV[0];
BEGIN
    PERFORM lock_actors(v_tenant);
    UPDATE actor SET sides = sides_of(v_tenant) WHERE tenant_id = v_tenant;
    RETURN NULL;
END $$;

ALTER FUNCTION lock_actors OWNER TO copartner_keeper;
ALTER FUNCTION sides_of OWNER TO copartner_keeper;
ALTER FUNCTION keep_actors OWNER TO copartner_keeper;
ALTER FUNCTION actors_change OWNER TO copartner_keeper;
ALTER FUNCTION actors_leave OWNER TO copartner_keeper;
ALTER FUNCTION actors_side OWNER TO copartner_keeper;

CREATE TRIGGER actors AFTER INSERT OR UPDATE OF enabled ON user_account FOR EACH ROW EXECUTE FUNCTION actors_change('id');
CREATE TRIGGER actors AFTER INSERT OR UPDATE OF enabled ON application FOR EACH ROW EXECUTE FUNCTION actors_change('id');
CREATE TRIGGER actors AFTER INSERT OR UPDATE OR DELETE ON role_assignment
    FOR EACH ROW EXECUTE FUNCTION actors_change('user_id');
CREATE TRIGGER actors AFTER INSERT OR UPDATE OR DELETE ON provider_role
    FOR EACH ROW EXECUTE FUNCTION actors_change('user_id');
CREATE TRIGGER actors AFTER INSERT OR UPDATE OR DELETE ON group_member
    FOR EACH ROW EXECUTE FUNCTION actors_change('member_id');
CREATE TRIGGER actors AFTER UPDATE OF role ON directory_group FOR EACH ROW EXECUTE FUNCTION actors_change('id');
CREATE TRIGGER actors_leave AFTER DELETE ON user_account FOR EACH ROW EXECUTE FUNCTION actors_leave();
CREATE TRIGGER actors_leave AFTER DELETE ON application FOR EACH ROW EXECUTE FUNCTION actors_leave();
CREATE TRIGGER actors_side AFTER INSERT OR DELETE ON enrolment FOR EACH ROW EXECUTE FUNCTION actors_side('tenant_id');
CREATE TRIGGER actors_side AFTER UPDATE OF kind ON tenant FOR EACH ROW EXECUTE FUNCTION actors_side('id');
