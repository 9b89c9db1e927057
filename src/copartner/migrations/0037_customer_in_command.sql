-- The customer in command of granular delegated admin: who answers, counter-proposals, the cap on roles, consent receipts.

-- One more directory role of a customer's users: it answers granular requests as the Global admin does.
ALTER TABLE role_assignment DROP CONSTRAINT role_assignment_role_check, ADD CONSTRAINT role_assignment_role_check
    CHECK (role IN ('Global admin', 'User management admin', 'Sales agent', 'Billing admin',
        'Customer Delegated Admin Relationship Administrator'));
ALTER TABLE provider_role DROP CONSTRAINT provider_role_role_check, ADD CONSTRAINT provider_role_role_check
    CHECK (role IN ('Global admin', 'User management admin', 'Admin agent', 'Sales agent', 'Helpdesk agent',
        'Billing admin', 'Customer Delegated Admin Relationship Administrator'));

-- What a customer offers instead of what it was asked for, approved by it in advance; it never changes.
CREATE TABLE admin_counter_proposal (
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    counters uuid NOT NULL,
    customer_name text NOT NULL,
    roles uuid[] NOT NULL CHECK (cardinality(roles) > 0),
    duration text NOT NULL,
    auto_extend text NOT NULL,
    reason text NOT NULL CHECK (length(reason) <= 1000),
    made_at timestamptz NOT NULL,
    made_by uuid NOT NULL,
    made_by_name text NOT NULL,
    PRIMARY KEY (partner_tenant_id, id)
);
COMMENT ON COLUMN admin_counter_proposal.id IS 'also of the relationship that came of it';
COMMENT ON COLUMN admin_counter_proposal.counters IS 'what was asked for and is answered by it';
CREATE INDEX admin_counter_proposal_customer ON admin_counter_proposal (customer_tenant_id);
ALTER TABLE admin_relationship ADD COLUMN counters uuid;
COMMENT ON COLUMN admin_relationship.counters IS 'the relationship that a customer answered by this one';

-- Which roles a customer lets partners have at most: those listed, or all but those listed.
CREATE TABLE role_cap (
    customer_tenant_id uuid PRIMARY KEY REFERENCES tenant,
    kind text NOT NULL CHECK (kind IN ('allowed', 'refused')),
    roles uuid[] NOT NULL,
    set_at timestamptz NOT NULL,
    version integer NOT NULL CHECK (version > 1)
);
COMMENT ON COLUMN role_cap.version IS 'the first version is the one that stands in: nothing refused';

-- What was approved, signed; one copy for each of the two tenants, and nothing changes it.
CREATE TABLE consent_receipt (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    issued_at timestamptz NOT NULL,
    jws text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (tenant_id IN (partner_tenant_id, customer_tenant_id))
);
COMMENT ON COLUMN consent_receipt.id IS 'that of the relationship, which is approved once';

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('admin_counter_proposal'), ('role_cap'), ('consent_receipt') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
    END LOOP;
    FOR t IN VALUES ('admin_counter_proposal'), ('role_cap') LOOP
        EXECUTE format('CREATE POLICY customer_own ON %I TO copartner_customer
            USING (customer_tenant_id = (SELECT actor_tenant()))', t);
    END LOOP;
END $$;
CREATE POLICY partner_own ON admin_counter_proposal TO copartner_partner
    USING (partner_tenant_id = (SELECT actor_tenant()));
CREATE POLICY facts_all ON role_cap FOR SELECT TO copartner_facts USING (true);
CREATE POLICY partner_own ON consent_receipt TO copartner_partner USING (tenant_id = (SELECT actor_tenant()));
CREATE POLICY customer_own ON consent_receipt TO copartner_customer USING (tenant_id = (SELECT actor_tenant()));
CREATE POLICY operator_own ON consent_receipt TO copartner_operator USING (tenant_id = (SELECT actor_tenant()));
CREATE POLICY facts_write ON consent_receipt FOR INSERT TO copartner_facts WITH CHECK (true);

-- A counter-proposal becomes a draft of the partner, and the draft what was approved in advance, by two functions alone.
CREATE POLICY settler_offers ON admin_relationship TO copartner_settler
    USING (customer_tenant_id = (SELECT actor_tenant()));
CREATE POLICY settler_takes ON admin_relationship TO copartner_settler
    USING (partner_tenant_id = (SELECT actor_tenant()));
CREATE POLICY settler_offers ON admin_counter_proposal FOR SELECT TO copartner_settler
    USING (customer_tenant_id = (SELECT actor_tenant()));
CREATE POLICY settler_takes ON admin_counter_proposal FOR SELECT TO copartner_settler
    USING (partner_tenant_id = (SELECT actor_tenant()));

GRANT SELECT, INSERT ON admin_counter_proposal TO copartner_customer;
GRANT SELECT ON admin_counter_proposal TO copartner_partner, copartner_settler;
GRANT SELECT, INSERT, UPDATE (kind, roles, set_at, version) ON role_cap TO copartner_customer;
GRANT SELECT (customer_tenant_id, kind, roles) ON role_cap TO copartner_facts;
GRANT SELECT ON consent_receipt TO copartner_partner, copartner_customer, copartner_operator;
GRANT INSERT ON consent_receipt TO copartner_facts;
GRANT SELECT (counters) ON admin_relationship TO copartner_facts;
GRANT SELECT ON admin_relationship TO copartner_settler;
GRANT INSERT (partner_tenant_id, id, customer_tenant_id, customer_name, display_name, roles, duration, auto_extend, status,
    created_at, modified_at, answer_reason, counters) ON admin_relationship TO copartner_settler;
GRANT UPDATE (status, modified_at, asked_at, activated_at, ends_at, version) ON admin_relationship TO copartner_settler;
