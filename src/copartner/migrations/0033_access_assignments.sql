-- Which groups of a partner hold which roles of a granular relationship, and what a change of it takes its time for.
CREATE TABLE access_assignment (
    partner_tenant_id uuid NOT NULL,
    id uuid NOT NULL UNIQUE,
    relationship_id uuid NOT NULL,
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    group_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'active', 'deleting', 'deleted', 'error')),
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    activated_at timestamptz,
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (partner_tenant_id, id),
    FOREIGN KEY (partner_tenant_id, relationship_id) REFERENCES admin_relationship (partner_tenant_id, id),
    FOREIGN KEY (partner_tenant_id, group_id) REFERENCES directory_group (tenant_id, id),
    CHECK (deleted_at IS NULL OR status = 'deleted')
);
CREATE INDEX access_assignment_relationship ON access_assignment (partner_tenant_id, relationship_id, id);
CREATE INDEX access_assignment_customer ON access_assignment (customer_tenant_id, partner_tenant_id);
-- A group has its roles of a relationship by one assignment.
CREATE UNIQUE INDEX access_assignment_once ON access_assignment (partner_tenant_id, relationship_id, group_id)
    WHERE status <> 'deleted';

-- What an assignment gave from when until when; open is what it gives now.
CREATE TABLE access_assignment_role (
    partner_tenant_id uuid NOT NULL,
    assignment_id uuid NOT NULL,
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    role_id uuid NOT NULL,
    given_at timestamptz NOT NULL,
    taken_at timestamptz,
    PRIMARY KEY (partner_tenant_id, assignment_id, role_id, given_at),
    FOREIGN KEY (partner_tenant_id, assignment_id) REFERENCES access_assignment (partner_tenant_id, id),
    CHECK (taken_at >= given_at)
);
COMMENT ON COLUMN access_assignment_role.role_id IS 'template id of a built-in role';
CREATE UNIQUE INDEX access_assignment_role_open ON access_assignment_role (partner_tenant_id, assignment_id, role_id)
    WHERE taken_at IS NULL;

-- Long-running operations of the contract.
CREATE TABLE admin_operation (
    partner_tenant_id uuid NOT NULL,
    id uuid NOT NULL UNIQUE,
    relationship_id uuid NOT NULL,
    operation_type text NOT NULL,
    status text NOT NULL CHECK (status IN ('notStarted', 'running', 'succeeded', 'failed')),
    data jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    PRIMARY KEY (partner_tenant_id, id),
    FOREIGN KEY (partner_tenant_id, relationship_id) REFERENCES admin_relationship (partner_tenant_id, id)
);
CREATE INDEX admin_operation_relationship ON admin_operation (partner_tenant_id, relationship_id, id);

-- What was asked to be done with a relationship, and whether it was.
CREATE TABLE admin_request (
    partner_tenant_id uuid NOT NULL,
    id uuid NOT NULL UNIQUE,
    relationship_id uuid NOT NULL,
    action text NOT NULL CHECK (action IN ('lockForApproval', 'approve', 'reject', 'terminate')),
    status text NOT NULL CHECK (status IN ('created', 'pending', 'succeeded', 'failed')),
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    PRIMARY KEY (partner_tenant_id, id),
    FOREIGN KEY (partner_tenant_id, relationship_id) REFERENCES admin_relationship (partner_tenant_id, id)
);
CREATE INDEX admin_request_relationship ON admin_request (partner_tenant_id, relationship_id, id);

-- When an ended relationship ended, whatever ended it.
ALTER TABLE admin_relationship ADD COLUMN ended_at timestamptz;

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('access_assignment'), ('access_assignment_role'), ('admin_operation'), ('admin_request') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
        EXECUTE format(
            'CREATE POLICY partner_own ON %I TO copartner_partner USING (partner_tenant_id = (SELECT actor_tenant()))', t);
    END LOOP;
    FOR t IN VALUES ('access_assignment'), ('access_assignment_role') LOOP
        EXECUTE format('CREATE POLICY customer_own ON %I TO copartner_customer '
            'USING (customer_tenant_id = (SELECT actor_tenant()))', t);
        EXECUTE format('CREATE POLICY facts_all ON %I FOR SELECT TO copartner_facts USING (true)', t);
    END LOOP;
END $$;

-- Whose an assignment is, at which customer and for which group, is settled when it is made. A customer ends them alone.
GRANT SELECT, INSERT ON access_assignment, access_assignment_role, admin_operation, admin_request TO copartner_partner;
GRANT UPDATE (status, modified_at, activated_at, deleted_at, version) ON access_assignment TO copartner_partner;
GRANT UPDATE (taken_at) ON access_assignment_role TO copartner_partner;
GRANT UPDATE (status, modified_at) ON admin_operation, admin_request TO copartner_partner;
GRANT UPDATE (status, modified_at, deleted_at, version) ON access_assignment TO copartner_customer;
GRANT UPDATE (taken_at) ON access_assignment_role TO copartner_customer;
GRANT UPDATE (ended_at) ON admin_relationship TO copartner_partner, copartner_customer;
GRANT SELECT ON access_assignment, access_assignment_role TO copartner_customer, copartner_facts;
GRANT SELECT (ended_at) ON admin_relationship TO copartner_facts;
