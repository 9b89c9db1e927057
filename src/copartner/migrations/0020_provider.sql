-- People whom an identity provider of the operator's signs in, and what is on its way there and back.

-- Which user a subject of an issuer is. Nothing else ever leads from one to the other.
CREATE TABLE provider_identity (
    issuer text NOT NULL CHECK (issuer <> ''),
    subject text NOT NULL CHECK (subject <> ''),
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    said_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
COMMENT ON COLUMN provider_identity.said_at IS 'when the token was made whose roles hold; an older one changes nothing';

-- Roles by the provider's word, beside those given here (role_assignment) and those of groups.
CREATE TABLE provider_role (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('Global admin', 'User management admin', 'Admin agent', 'Sales agent',
        'Helpdesk agent', 'Billing admin')),
    PRIMARY KEY (tenant_id, user_id, role),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);

-- A browser that is at the provider: what it comes back for, once.
CREATE TABLE provider_visit (
    state_hash bytea PRIMARY KEY CHECK (length(state_hash) = 32),
    sealed bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN provider_visit.sealed IS 'browser, nonce, verifier and purpose, encrypted under the key file';
CREATE INDEX provider_visit_age ON provider_visit (expires_at);

DO $$
DECLARE t text; side text;
BEGIN
    FOR t IN VALUES ('provider_identity'), ('provider_role'), ('provider_visit') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
        EXECUTE format('CREATE POLICY signin_all ON %I TO copartner_signin USING (true)', t);
    END LOOP;
    FOR side IN VALUES ('partner'), ('customer'), ('operator') LOOP
        EXECUTE format('CREATE POLICY %s_own ON provider_role TO copartner_%s USING (tenant_id = (SELECT actor_tenant()))',
            side, side);
    END LOOP;
END $$;
CREATE POLICY facts_all ON provider_role FOR SELECT TO copartner_facts USING (true);

GRANT SELECT, INSERT, UPDATE (said_at) ON provider_identity TO copartner_signin;
GRANT SELECT, INSERT, DELETE ON provider_role TO copartner_signin;
GRANT SELECT, INSERT, DELETE ON provider_visit TO copartner_signin;
GRANT SELECT ON provider_role TO copartner_partner, copartner_customer, copartner_operator, copartner_facts;
-- Who comes for the first time gets an account; its roles come from the table above.
GRANT INSERT (tenant_id, id, user_principal_name, display_name, password_hash) ON user_account TO copartner_signin;
