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

-- How a partner takes part: it sells and bills itself, it provides for resellers, or it resells what a provider sells.
ALTER TABLE enrolment ADD COLUMN model text NOT NULL DEFAULT 'direct-bill'
    CHECK (model IN ('direct-bill', 'indirect-provider', 'indirect-reseller'));
GRANT SELECT (model) ON enrolment TO copartner_facts;

-- Which partner resells for which provider.
CREATE TABLE partner_relationship (
    provider_tenant_id uuid NOT NULL REFERENCES tenant,
    reseller_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'ended')),
    formed_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (provider_tenant_id, reseller_tenant_id),
    CHECK (provider_tenant_id <> reseller_tenant_id),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE INDEX partner_relationship_reseller ON partner_relationship (reseller_tenant_id);

-- A reseller's relationship with a customer that its provider made for it names the provider, and only a provider of its.
ALTER TABLE reseller_relationship ADD COLUMN provider_tenant_id uuid,
    ADD COLUMN owes_default_roles boolean NOT NULL DEFAULT false,
    ADD FOREIGN KEY (provider_tenant_id, partner_tenant_id)
        REFERENCES partner_relationship (provider_tenant_id, reseller_tenant_id);
COMMENT ON COLUMN reseller_relationship.owes_default_roles IS 'default granular roles of a new customer are yet to be made';
CREATE INDEX reseller_relationship_provider ON reseller_relationship (provider_tenant_id, customer_tenant_id)
    WHERE provider_tenant_id IS NOT NULL;
CREATE POLICY founder_adds_indirect ON reseller_relationship FOR INSERT TO copartner_founder
    WITH CHECK (provider_tenant_id = (SELECT actor_tenant()));
GRANT SELECT (provider_tenant_id) ON reseller_relationship TO copartner_facts;

-- The partner agreement, which a Global admin of the partner signs.
CREATE TABLE partner_agreement (
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    template_id text NOT NULL,
    id uuid NOT NULL,
    signed_at timestamptz NOT NULL,
    signed_by text NOT NULL,
    PRIMARY KEY (partner_tenant_id, template_id)
);

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('partner_relationship'), ('partner_agreement') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
        EXECUTE format('CREATE POLICY facts_all ON %I FOR SELECT TO copartner_facts USING (true)', t);
    END LOOP;
END $$;
CREATE POLICY partner_own ON partner_agreement TO copartner_partner USING (partner_tenant_id = (SELECT actor_tenant()));
CREATE POLICY provider_own ON partner_relationship FOR SELECT TO copartner_partner
    USING (provider_tenant_id = (SELECT actor_tenant()));
CREATE POLICY reseller_own ON partner_relationship FOR SELECT TO copartner_partner
    USING (reseller_tenant_id = (SELECT actor_tenant()));

GRANT SELECT, INSERT ON partner_agreement TO copartner_partner;
GRANT SELECT ON partner_relationship TO copartner_partner;
GRANT SELECT (partner_tenant_id) ON partner_agreement TO copartner_facts;
GRANT SELECT (provider_tenant_id, reseller_tenant_id, state) ON partner_relationship TO copartner_facts;
