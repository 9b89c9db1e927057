-- What a partner says of itself, by kind; until it says something, the data of its tenant stand in.
CREATE TABLE partner_profile (
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    kind text NOT NULL CHECK (kind IN ('billing', 'legal_business', 'organization', 'support')),
    value jsonb NOT NULL,
    version integer NOT NULL CHECK (version > 1),
    PRIMARY KEY (partner_tenant_id, kind)
);
COMMENT ON COLUMN partner_profile.version IS 'the first version is the one that stands in';

ALTER TABLE partner_profile ENABLE ROW LEVEL SECURITY;
ALTER TABLE partner_profile FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON partner_profile TO CURRENT_USER USING (true);
CREATE POLICY partner_own ON partner_profile TO copartner_partner USING (partner_tenant_id = (SELECT actor_tenant()));

-- Whose profile it is, and which, is settled when it is made.
GRANT SELECT, INSERT, UPDATE (value, version) ON partner_profile TO copartner_partner;
