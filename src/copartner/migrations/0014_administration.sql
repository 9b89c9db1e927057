-- A tenant administers its own users, groups and applications, and what ends a token's ground is known everywhere.

-- From `not_before` on, tokens that were made earlier on this ground are refused.
CREATE TABLE revocation (
    tenant_id uuid NOT NULL REFERENCES tenant,
    ground_id uuid NOT NULL,
    not_before timestamptz NOT NULL,
    changed_in xid8 NOT NULL,
    PRIMARY KEY (tenant_id, ground_id)
);
COMMENT ON COLUMN revocation.ground_id IS 'a user, an application, one of its secrets, or a session';
COMMENT ON COLUMN revocation.not_before IS 'machine time';
COMMENT ON COLUMN revocation.changed_in IS 'the transaction, by which each process finds what is new to it';
CREATE INDEX revocation_news ON revocation (changed_in);

ALTER TABLE application_secret
    ADD COLUMN description text NOT NULL DEFAULT '' CHECK (length(description) <= 200),
    ADD COLUMN created_at timestamptz,
    ADD COLUMN last_used_at timestamptz,
    ADD COLUMN removed_at timestamptz;
COMMENT ON COLUMN application_secret.expires_at IS 'machine time, as all times of a secret';
COMMENT ON COLUMN application_secret.last_used_at IS 'to the minute';

-- Enrolling makes the two groups of agents by a function of the founder, so the operator needs no foreign group.
DROP POLICY operator_groups ON directory_group;
REVOKE ALL ON directory_group FROM copartner_operator;
CREATE POLICY founder_adds ON directory_group FOR INSERT TO copartner_founder WITH CHECK (true);
GRANT INSERT (tenant_id, id, name, role) ON directory_group TO copartner_founder;

DO $$
DECLARE t text; side text;
BEGIN
    ALTER TABLE revocation ENABLE ROW LEVEL SECURITY;
    ALTER TABLE revocation FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner_all ON revocation TO CURRENT_USER USING (true);
    CREATE POLICY signin_all ON revocation TO copartner_signin USING (true);
    FOR t IN VALUES ('user_account'), ('role_assignment'), ('directory_group'), ('group_member'), ('application'),
        ('application_secret'), ('revocation') LOOP
        FOR side IN VALUES ('partner'), ('customer'), ('operator') LOOP
            EXECUTE format('CREATE POLICY %s_own ON %I TO copartner_%s USING (tenant_id = (SELECT actor_tenant()))',
                side, t, side);
        END LOOP;
    END LOOP;
END $$;

-- Hashes are written and never read by a side; which role a group carries is settled when a tenant is enrolled.
GRANT SELECT (tenant_id, id, user_principal_name, display_name, enabled),
    INSERT (tenant_id, id, user_principal_name, display_name, password_hash),
    UPDATE (display_name, password_hash, enabled) ON user_account
    TO copartner_partner, copartner_customer, copartner_operator;
GRANT SELECT, INSERT, DELETE ON role_assignment, group_member TO copartner_partner, copartner_customer, copartner_operator;
GRANT SELECT, INSERT (tenant_id, id, name), UPDATE (name) ON directory_group
    TO copartner_partner, copartner_customer, copartner_operator;
GRANT SELECT, INSERT (tenant_id, id, name, redirect_uris), UPDATE (name, redirect_uris, enabled) ON application
    TO copartner_partner, copartner_customer, copartner_operator;
GRANT SELECT (tenant_id, application_id, id, description, created_at, expires_at, last_used_at, removed_at),
    INSERT (tenant_id, application_id, id, secret_hash, description, created_at, expires_at),
    UPDATE (removed_at) ON application_secret
    TO copartner_partner, copartner_customer, copartner_operator;
GRANT UPDATE (last_used_at) ON application_secret TO copartner_signin;
GRANT SELECT, INSERT, UPDATE (not_before, changed_in) ON revocation
    TO copartner_partner, copartner_customer, copartner_operator, copartner_signin;
