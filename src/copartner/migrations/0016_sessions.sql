-- Somebody signed in at one browser; the next application gets its answer without anything typed. All times are machine time.
CREATE TABLE browser_session (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    methods text[] NOT NULL CHECK (cardinality(methods) > 0),
    browser text NOT NULL,
    begun_at timestamptz NOT NULL,
    signed_in_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
COMMENT ON COLUMN browser_session.browser IS 'its family in words, for the person who reads the list';
COMMENT ON COLUMN browser_session.signed_in_at IS 'when the person last proved who they are';
CREATE INDEX browser_session_user ON browser_session (tenant_id, user_id);
CREATE INDEX browser_session_age ON browser_session (ends_at);

ALTER TABLE browser_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE browser_session FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON browser_session TO CURRENT_USER USING (true);
CREATE POLICY signin_all ON browser_session TO copartner_signin USING (true);
GRANT SELECT, INSERT, DELETE ON browser_session TO copartner_signin;
GRANT UPDATE (token_hash, methods, signed_in_at, used_at, ends_at, ended_at) ON browser_session TO copartner_signin;
