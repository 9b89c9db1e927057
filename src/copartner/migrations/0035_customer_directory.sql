-- A partner acts in a customer's directory on its behalf: who is in there, with which roles and licences, and the database
-- role as which it is done.

-- Reaches the directory of one customer alone, and only by fn_act_on_behalf.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'copartner_delegate') THEN
        CREATE ROLE copartner_delegate NOLOGIN NOINHERIT NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(current_user, 'copartner_delegate', 'USAGE') THEN
        GRANT copartner_delegate TO CURRENT_USER;
    END IF;
END $$;
GRANT USAGE ON SCHEMA copartner TO copartner_delegate;

ALTER TABLE user_account
    ADD COLUMN first_name text NOT NULL DEFAULT '' CHECK (length(first_name) <= 200),
    ADD COLUMN last_name text NOT NULL DEFAULT '' CHECK (length(last_name) <= 200),
    ADD COLUMN usage_location text NOT NULL DEFAULT '' CHECK (usage_location ~ '^([A-Z]{2})?$'),
    ADD COLUMN immutable_id text NOT NULL DEFAULT '' CHECK (length(immutable_id) <= 200),
    ADD COLUMN deleted_at timestamptz,
    -- Whoever is deleted neither signs in nor acts, wherever only `enabled` is looked at.
    ADD CONSTRAINT user_account_deleted CHECK (deleted_at IS NULL OR NOT enabled);
COMMENT ON COLUMN user_account.deleted_at IS 'programme time; within 30 days of it the user is restored by being enabled';
GRANT SELECT (deleted_at), UPDATE (deleted_at) ON user_account TO copartner_partner, copartner_customer, copartner_operator;

-- Built-in roles of a directory that are none of this programme's; the others are in role_assignment.
CREATE TABLE admin_role_assignment (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, user_id, role_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
COMMENT ON COLUMN admin_role_assignment.role_id IS 'template id';
CREATE INDEX admin_role_assignment_role ON admin_role_assignment (tenant_id, role_id, user_id);

-- Units come from the customer's subscriptions of all sellers; which one a licence is of, nobody says.
CREATE TABLE licence_assignment (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    product_id text NOT NULL,
    sku_id text NOT NULL,
    assigned_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id, product_id, sku_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id),
    FOREIGN KEY (product_id, sku_id) REFERENCES catalogue_sku (product_id, id)
);
CREATE INDEX licence_assignment_sku ON licence_assignment (tenant_id, product_id, sku_id);

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('admin_role_assignment'), ('licence_assignment') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
    END LOOP;
    FOR t IN VALUES ('user_account'), ('role_assignment'), ('admin_role_assignment'), ('licence_assignment'),
        ('tenant_domain'), ('revocation') LOOP
        EXECUTE format('CREATE POLICY delegate_own ON %I TO copartner_delegate USING (tenant_id = (SELECT actor_tenant()))', t);
    END LOOP;
END $$;
CREATE POLICY facts_all ON admin_role_assignment FOR SELECT TO copartner_facts USING (true);

GRANT SELECT (tenant_id, id, user_principal_name, display_name, first_name, last_name, usage_location, immutable_id, enabled,
        deleted_at),
    INSERT (tenant_id, id, user_principal_name, display_name, first_name, last_name, usage_location, immutable_id,
        password_hash, must_change_password),
    UPDATE (user_principal_name, display_name, first_name, last_name, usage_location, immutable_id, password_hash,
        must_change_password, enabled, deleted_at) ON user_account TO copartner_delegate;
GRANT SELECT, INSERT, DELETE ON role_assignment, admin_role_assignment, licence_assignment TO copartner_delegate;
GRANT SELECT (tenant_id, name, authentication_type) ON tenant_domain TO copartner_delegate;
GRANT SELECT, INSERT, UPDATE (not_before, changed_in) ON revocation TO copartner_delegate;
GRANT SELECT ON admin_role_assignment TO copartner_facts;
