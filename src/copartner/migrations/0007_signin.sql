-- What the authority keeps: keys that sign tokens, and codes on their way to the application.
CREATE TABLE signing_key (
    kid text PRIMARY KEY CHECK (kid ~ '^[A-Za-z0-9_-]{43}$'),
    private_key bytea NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON COLUMN signing_key.private_key IS 'PEM, encrypted under the key file';
COMMENT ON COLUMN signing_key.kid IS 'SHA-256 thumbprint of the public key (RFC 7638)';

CREATE TABLE authorization_code (
    code_hash bytea PRIMARY KEY CHECK (length(code_hash) = 32),
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    application_id uuid NOT NULL,
    redirect_uri text NOT NULL,
    code_challenge text NOT NULL CHECK (length(code_challenge) = 43),
    audience text,
    methods text[] NOT NULL CHECK (cardinality(methods) > 0),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
COMMENT ON COLUMN authorization_code.audience IS 'null when the application has yet to say for which resource';
COMMENT ON COLUMN authorization_code.application_id IS 'no reference: the deployment''s own applications are not in the table';
CREATE INDEX authorization_code_age ON authorization_code (expires_at);
CREATE INDEX authorization_code_user ON authorization_code (tenant_id, user_id);

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('signing_key'), ('authorization_code') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
        EXECUTE format('CREATE POLICY signin_all ON %I TO copartner_signin USING (true)', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT ON signing_key TO copartner_signin;
GRANT SELECT, INSERT, DELETE ON authorization_code TO copartner_signin;
GRANT UPDATE (used_at) ON authorization_code TO copartner_signin;
