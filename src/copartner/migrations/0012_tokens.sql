-- What longer sign-ins need: refresh tokens in families, devices waiting for a person, keys that begin to sign later.
ALTER TABLE signing_key ADD COLUMN signs_from timestamptz, ADD COLUMN ends_at timestamptz;
UPDATE signing_key SET signs_from = created_at;
ALTER TABLE signing_key ALTER COLUMN signs_from SET NOT NULL;
COMMENT ON COLUMN signing_key.ends_at IS 'set when a key is withdrawn: what it signed holds no more';
GRANT UPDATE (ends_at) ON signing_key TO copartner_signin;

ALTER TABLE authorization_code
    ADD COLUMN nonce text,
    ADD COLUMN scopes text[] NOT NULL DEFAULT '{}',
    ADD COLUMN session_id uuid,
    ADD COLUMN signed_in_at timestamptz;
COMMENT ON COLUMN authorization_code.scopes IS 'what was asked for, OpenID''s scopes and the resource''s';

-- One sign-in of a user at an application. Each refresh token of it is used once; a second use ends the family.
CREATE TABLE refresh_family (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    application_id uuid NOT NULL,
    audience text NOT NULL,
    scopes text[] NOT NULL,
    methods text[] NOT NULL CHECK (cardinality(methods) > 0),
    session_id uuid,
    signed_in_at timestamptz NOT NULL,
    code_hash bytea,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
COMMENT ON COLUMN refresh_family.application_id IS 'no reference: the deployment''s own applications are not in the table';
COMMENT ON COLUMN refresh_family.code_hash IS 'the code it began with, whose second use ends it';
COMMENT ON COLUMN refresh_family.expires_at IS 'the end of its latest token';
CREATE INDEX refresh_family_user ON refresh_family (tenant_id, user_id);
CREATE INDEX refresh_family_application ON refresh_family (application_id);
CREATE INDEX refresh_family_session ON refresh_family (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX refresh_family_code ON refresh_family (code_hash) WHERE code_hash IS NOT NULL;
CREATE INDEX refresh_family_age ON refresh_family (expires_at);

CREATE TABLE refresh_token (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    family_id uuid NOT NULL REFERENCES refresh_family ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_token_family ON refresh_token (family_id);

-- A device without a browser of its own (RFC 8628): it asks with the device code while a person types the user code.
CREATE TABLE device_authorization (
    device_hash bytea PRIMARY KEY CHECK (length(device_hash) = 32),
    user_code text NOT NULL UNIQUE,
    application_id uuid NOT NULL,
    directory_tenant_id uuid,
    audience text,
    scopes text[] NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'approved', 'declined', 'spent')),
    tenant_id uuid,
    user_id uuid,
    methods text[] NOT NULL DEFAULT '{}',
    session_id uuid,
    signed_in_at timestamptz,
    polled_at timestamptz,
    expires_at timestamptz NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id),
    CHECK (state NOT IN ('approved', 'spent') OR user_id IS NOT NULL)
);
COMMENT ON COLUMN device_authorization.directory_tenant_id IS 'the tenant the device addressed; null for whichever';
CREATE INDEX device_authorization_age ON device_authorization (expires_at);
CREATE INDEX device_authorization_user ON device_authorization (tenant_id, user_id);

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('refresh_family'), ('refresh_token'), ('device_authorization') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
        EXECUTE format('CREATE POLICY signin_all ON %I TO copartner_signin USING (true)', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO copartner_signin', t);
    END LOOP;
END $$;

GRANT DELETE ON refresh_family, device_authorization TO copartner_signin;
GRANT UPDATE (expires_at, revoked_at) ON refresh_family TO copartner_signin;
GRANT UPDATE (used_at) ON refresh_token TO copartner_signin;
GRANT UPDATE (state, tenant_id, user_id, methods, session_id, signed_in_at, polled_at) ON device_authorization
    TO copartner_signin;
