-- What a person shows beside the password, how often somebody guesses, and passwords that others know. Machine time throughout.

ALTER TABLE user_account ADD COLUMN must_change_password boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN user_account.must_change_password IS 'somebody else drew the password and knows it';
GRANT UPDATE (must_change_password), INSERT (must_change_password) ON user_account
    TO copartner_partner, copartner_customer, copartner_operator;

CREATE TABLE second_factor (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    seed bytea NOT NULL,
    last_step bigint NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
COMMENT ON COLUMN second_factor.seed IS 'encrypted under the key file';
COMMENT ON COLUMN second_factor.last_step IS 'the latest time step whose code was used: it and those before hold no more';

CREATE TABLE recovery_code (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    used_at timestamptz,
    PRIMARY KEY (tenant_id, user_id, code_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES second_factor ON DELETE CASCADE
);

CREATE TABLE guess_count (
    guess_hash bytea PRIMARY KEY CHECK (length(guess_hash) = 32),
    failures integer NOT NULL CHECK (failures >= 0),
    last_at timestamptz NOT NULL
);
COMMENT ON COLUMN guess_count.guess_hash IS 'what is guessed at and from where, hashed';
CREATE INDEX guess_count_age ON guess_count (last_at);

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('second_factor'), ('recovery_code'), ('guess_count') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
        EXECUTE format('CREATE POLICY signin_all ON %I TO copartner_signin USING (true)', t);
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON %I TO copartner_signin', t);
    END LOOP;
END $$;

GRANT UPDATE (last_step) ON second_factor TO copartner_signin;
GRANT UPDATE (used_at) ON recovery_code TO copartner_signin;
GRANT UPDATE (failures, last_at) ON guess_count TO copartner_signin;
