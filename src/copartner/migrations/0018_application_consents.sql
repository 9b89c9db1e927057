-- What a user, or a Global admin for every user of the tenant, agreed that an application may do.
ALTER TABLE application ADD COLUMN admin_consent boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN application.admin_consent IS 'a Global admin has to consent for the tenant; what users agree to does not count';
GRANT UPDATE (admin_consent) ON application TO copartner_partner, copartner_customer, copartner_operator;

CREATE TABLE application_consent (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    user_id uuid,
    offline boolean NOT NULL,
    consented_at timestamptz NOT NULL,
    consented_by uuid,
    withdrawn_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, application_id) REFERENCES application (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);
COMMENT ON COLUMN application_consent.user_id IS 'null when it holds for every user of the tenant';
COMMENT ON COLUMN application_consent.offline IS 'it may keep its access while the user is signed out';
COMMENT ON COLUMN application_consent.consented_by IS 'the user who agreed; null when the world came with it';
CREATE UNIQUE INDEX application_consent_held ON application_consent (tenant_id, application_id, user_id)
    NULLS NOT DISTINCT WHERE withdrawn_at IS NULL;
CREATE INDEX application_consent_user ON application_consent (tenant_id, user_id);

ALTER TABLE application_consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE application_consent FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON application_consent TO CURRENT_USER USING (true);
CREATE POLICY signin_all ON application_consent TO copartner_signin USING (true);
DO $$
DECLARE side text;
BEGIN
    FOR side IN VALUES ('partner'), ('customer'), ('operator') LOOP
        EXECUTE format('CREATE POLICY %s_own ON application_consent TO copartner_%s
            USING (tenant_id = (SELECT actor_tenant()))', side, side);
    END LOOP;
END $$;
GRANT SELECT ON application_consent TO copartner_signin;
GRANT SELECT, INSERT (tenant_id, id, application_id, user_id, offline, consented_at, consented_by),
    UPDATE (offline, consented_at, consented_by, withdrawn_at) ON application_consent
    TO copartner_partner, copartner_customer, copartner_operator;
