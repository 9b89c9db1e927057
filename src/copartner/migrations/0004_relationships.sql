-- Who works with whom, and by which request it came about.
CREATE TABLE relationship_request (
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL UNIQUE,
    customer_tenant_id uuid REFERENCES tenant,
    includes_privileges boolean NOT NULL,
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'declined', 'withdrawn')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    answered_at timestamptz,
    answered_by text,
    PRIMARY KEY (partner_tenant_id, id),
    CHECK ((state IN ('accepted', 'declined')) = (answered_at IS NOT NULL))
);
CREATE INDEX relationship_request_customer ON relationship_request (customer_tenant_id) WHERE customer_tenant_id IS NOT NULL;

CREATE TABLE reseller_relationship (
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    request_id uuid,
    state text NOT NULL CHECK (state IN ('active', 'ended')),
    privileges boolean NOT NULL,
    company_name text NOT NULL,
    domain text NOT NULL,
    formed_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (customer_tenant_id, id),
    UNIQUE (customer_tenant_id, id, partner_tenant_id),
    CHECK (partner_tenant_id <> customer_tenant_id),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK (state = 'active' OR NOT privileges)
);
CREATE UNIQUE INDEX reseller_relationship_active ON reseller_relationship (partner_tenant_id, customer_tenant_id)
    WHERE state = 'active';
CREATE INDEX reseller_relationship_customer ON reseller_relationship (customer_tenant_id) WHERE state = 'active';
CREATE INDEX reseller_relationship_name ON reseller_relationship (partner_tenant_id, lower(company_name) text_pattern_ops)
    WHERE state = 'active';
CREATE INDEX reseller_relationship_domain ON reseller_relationship (partner_tenant_id, domain text_pattern_ops)
    WHERE state = 'active';

CREATE TABLE billing_profile (
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    email text NOT NULL DEFAULT '',
    company_name text NOT NULL,
    culture text NOT NULL,
    language text NOT NULL,
    address jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (customer_tenant_id, partner_tenant_id)
);

CREATE TABLE customer_agreement (
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    partner_tenant_id uuid REFERENCES tenant,
    type text NOT NULL CHECK (type IN ('MicrosoftCustomerAgreement')),
    template_id text NOT NULL,
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    agreed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (customer_tenant_id, id)
);
COMMENT ON COLUMN customer_agreement.partner_tenant_id IS 'who attests it; null when the customer itself accepted';

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('relationship_request'), ('reseller_relationship'), ('billing_profile'), ('customer_agreement') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
        EXECUTE format('CREATE POLICY partner_own ON %I TO copartner_partner USING (partner_tenant_id = (SELECT actor_tenant()))', t);
        EXECUTE format('CREATE POLICY customer_own ON %I TO copartner_customer USING (customer_tenant_id = (SELECT actor_tenant()))', t);
        EXECUTE format('CREATE POLICY facts_all ON %I FOR SELECT TO copartner_facts USING (true)', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT ON relationship_request TO copartner_partner;
GRANT UPDATE (state) ON relationship_request TO copartner_partner;
GRANT SELECT ON relationship_request TO copartner_customer;
GRANT UPDATE (state, answered_at, answered_by) ON relationship_request TO copartner_customer;
GRANT SELECT (partner_tenant_id, id, customer_tenant_id, includes_privileges, reason, state, created_at) ON relationship_request TO copartner_facts;
-- An open request names no customer until one answers it.
CREATE POLICY facts_claim ON relationship_request FOR UPDATE TO copartner_facts USING (true);
GRANT UPDATE (customer_tenant_id) ON relationship_request TO copartner_facts;

-- A partner ends a relationship and gives privileges back; only the customer forms one.
GRANT SELECT ON reseller_relationship TO copartner_partner, copartner_customer;
GRANT INSERT ON reseller_relationship TO copartner_customer;
GRANT UPDATE (privileges) ON reseller_relationship TO copartner_partner, copartner_customer;
GRANT UPDATE (state, ended_at) ON reseller_relationship TO copartner_partner;
GRANT SELECT (customer_tenant_id, id, partner_tenant_id, state, privileges) ON reseller_relationship TO copartner_facts;

GRANT SELECT, INSERT, UPDATE ON billing_profile TO copartner_partner;
GRANT SELECT ON customer_agreement TO copartner_partner, copartner_customer;
GRANT INSERT ON customer_agreement TO copartner_partner, copartner_customer;
GRANT SELECT (customer_tenant_id, id, partner_tenant_id, type, template_id, agreed_at) ON customer_agreement TO copartner_facts;

-- A relationship carries the customer's name and domain, so that a partner's search reads its own relationships only.
CREATE FUNCTION relationship_names_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reseller_relationship SET company_name = NEW.company_name, domain = NEW.domain WHERE customer_tenant_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER relationship_names AFTER UPDATE OF company_name, domain ON tenant
    FOR EACH ROW EXECUTE FUNCTION relationship_names_follow();
