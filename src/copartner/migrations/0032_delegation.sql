-- Granular delegated admin: what a partner asks to be in a customer's tenant, for how long, and what came of it.
CREATE TABLE admin_relationship (
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL UNIQUE,
    customer_tenant_id uuid REFERENCES tenant,
    customer_name text NOT NULL DEFAULT '',
    display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 50),
    roles uuid[] NOT NULL CHECK (cardinality(roles) > 0),
    duration text NOT NULL,
    auto_extend text NOT NULL CHECK (auto_extend IN ('PT0S', 'P0D', 'P180D')),
    status text NOT NULL CHECK (status IN ('created', 'approvalPending', 'approved', 'activating', 'active', 'expiring',
        'expired', 'terminationRequested', 'terminating', 'terminated')),
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    asked_at timestamptz,
    activated_at timestamptz,
    ends_at timestamptz,
    answer_reason text NOT NULL DEFAULT '' CHECK (length(answer_reason) <= 1000),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (partner_tenant_id, id),
    CHECK (partner_tenant_id <> customer_tenant_id),
    CHECK ((activated_at IS NULL) = (ends_at IS NULL)),
    CHECK (status <> 'active' OR (activated_at IS NOT NULL AND customer_tenant_id IS NOT NULL)),
    -- The role Global Administrator is never extended by itself.
    CHECK (auto_extend <> 'P180D' OR NOT '62e90394-69f5-4237-9190-012177145e10' = ANY (roles))
);
COMMENT ON COLUMN admin_relationship.roles IS 'template ids of the roles asked for';
CREATE UNIQUE INDEX admin_relationship_name ON admin_relationship (partner_tenant_id, lower(display_name));
CREATE INDEX admin_relationship_customer ON admin_relationship (customer_tenant_id)
    WHERE customer_tenant_id IS NOT NULL;

ALTER TABLE admin_relationship ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON admin_relationship TO CURRENT_USER USING (true);
CREATE POLICY partner_own ON admin_relationship TO copartner_partner
    USING (partner_tenant_id = (SELECT actor_tenant()));
CREATE POLICY customer_own ON admin_relationship TO copartner_customer
    USING (customer_tenant_id = (SELECT actor_tenant()));
CREATE POLICY facts_all ON admin_relationship FOR SELECT TO copartner_facts USING (true);
-- A relationship that names no customer names the one that answers it.
CREATE POLICY facts_claim ON admin_relationship FOR UPDATE TO copartner_facts USING (true);

-- Whose it is, is settled when it is made; when it became active and ends, by the customer's approval alone.
GRANT SELECT, INSERT, DELETE ON admin_relationship TO copartner_partner;
GRANT UPDATE (customer_tenant_id, customer_name, display_name, roles, duration, auto_extend, status, modified_at,
    asked_at, version) ON admin_relationship TO copartner_partner;
GRANT SELECT ON admin_relationship TO copartner_customer;
GRANT UPDATE (status, modified_at, activated_at, ends_at, answer_reason, version)
    ON admin_relationship TO copartner_customer;
GRANT SELECT (partner_tenant_id, id, customer_tenant_id, customer_name, display_name, roles, duration, auto_extend,
    status, created_at, modified_at, asked_at, activated_at, ends_at, answer_reason, version)
    ON admin_relationship TO copartner_facts;
GRANT UPDATE (customer_tenant_id) ON admin_relationship TO copartner_facts;
