-- Organisations, their tenants, and who is in them.
CREATE TABLE organisation (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> '')
);

-- Affiliation is mutual: both directions are stored.
CREATE TABLE affiliation (
    organisation_id uuid NOT NULL REFERENCES organisation,
    affiliate_id uuid NOT NULL REFERENCES organisation,
    PRIMARY KEY (organisation_id, affiliate_id),
    CHECK (organisation_id <> affiliate_id)
);

CREATE TABLE tenant (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisation,
    kind text NOT NULL CHECK (kind IN ('partner', 'customer', 'operator')),
    cloud text NOT NULL CHECK (cloud IN ('commercial', 'us-government', '21vianet')),
    shared_services boolean NOT NULL DEFAULT false,
    company_name text NOT NULL CHECK (company_name <> ''),
    domain text NOT NULL UNIQUE CHECK (domain = lower(domain) AND domain <> ''),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    culture text NOT NULL DEFAULT 'en-US',
    language text NOT NULL DEFAULT 'en',
    address jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
CREATE INDEX tenant_organisation ON tenant (organisation_id);

-- A tenant enrolled in the programme is its organisation's transaction tenant.
CREATE TABLE enrolment (
    tenant_id uuid PRIMARY KEY REFERENCES tenant,
    mpn_id text NOT NULL UNIQUE CHECK (mpn_id <> ''),
    markets text[] NOT NULL CHECK (cardinality(markets) > 0),
    state text NOT NULL CHECK (state IN ('active', 'restricted', 'suspended')),
    enrolled_at timestamptz NOT NULL
);

CREATE TABLE user_account (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    user_principal_name text NOT NULL UNIQUE CHECK (user_principal_name = lower(user_principal_name)),
    display_name text NOT NULL,
    password_hash text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE role_assignment (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('Global admin', 'User management admin', 'Sales agent', 'Billing admin')),
    PRIMARY KEY (tenant_id, user_id, role),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_account (tenant_id, id)
);

-- Groups carry the agent roles: whoever is in AdminAgents, nested groups included, is an Admin agent.
CREATE TABLE directory_group (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    name text NOT NULL,
    role text CHECK (role IN ('Admin agent', 'Helpdesk agent')),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);

CREATE TABLE group_member (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    member_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, group_id, member_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES directory_group (tenant_id, id),
    CHECK (group_id <> member_id)
);
CREATE INDEX group_member_member ON group_member (tenant_id, member_id);

CREATE TABLE application (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL UNIQUE,
    name text NOT NULL,
    redirect_uris text[] NOT NULL DEFAULT '{}',
    enabled boolean NOT NULL DEFAULT true,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE application_secret (
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL,
    id uuid NOT NULL,
    secret_hash text NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (tenant_id, application_id, id),
    FOREIGN KEY (tenant_id, application_id) REFERENCES application (tenant_id, id)
);

-- Row security: each side sees rows of the acting tenant; owner, worker and facts see all; the operator runs the deployment.
DO $$
DECLARE t text; own text;
BEGIN
    FOR t, own IN VALUES ('tenant', 'id'), ('enrolment', 'tenant_id'), ('user_account', 'tenant_id'),
        ('role_assignment', 'tenant_id'), ('directory_group', 'tenant_id'), ('group_member', 'tenant_id'),
        ('application', 'tenant_id'), ('application_secret', 'tenant_id') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
    END LOOP;
    FOR t, own IN VALUES ('tenant', 'id'), ('enrolment', 'tenant_id') LOOP
        EXECUTE format('CREATE POLICY partner_own ON %I TO copartner_partner USING (%I = (SELECT actor_tenant()))', t, own);
        EXECUTE format('CREATE POLICY customer_own ON %I TO copartner_customer USING (%I = (SELECT actor_tenant()))', t, own);
        EXECUTE format('CREATE POLICY operator_all ON %I TO copartner_operator USING (true)', t);
    END LOOP;
    FOR t IN VALUES ('tenant'), ('enrolment'), ('user_account'), ('role_assignment'), ('directory_group'), ('group_member'),
        ('application') LOOP
        EXECUTE format('CREATE POLICY facts_all ON %I FOR SELECT TO copartner_facts USING (true)', t);
    END LOOP;
    FOR t IN VALUES ('tenant'), ('user_account'), ('application'), ('application_secret') LOOP
        EXECUTE format('CREATE POLICY signin_all ON %I TO copartner_signin USING (true)', t);
    END LOOP;
END $$;

GRANT SELECT ON tenant, enrolment TO copartner_partner, copartner_customer, copartner_operator;
GRANT INSERT, UPDATE ON enrolment TO copartner_operator;
-- Enrolling makes the agent groups of the new partner.
CREATE POLICY operator_groups ON directory_group TO copartner_operator USING (true);
GRANT INSERT (tenant_id, id, name, role) ON directory_group TO copartner_operator;
GRANT SELECT (tenant_id, name) ON directory_group TO copartner_operator;
GRANT SELECT ON tenant, user_account, application, application_secret TO copartner_signin;

GRANT SELECT (id, organisation_id, kind, cloud, country, shared_services, company_name, domain, culture, language, address)
    ON tenant TO copartner_facts;
GRANT SELECT ON affiliation TO copartner_facts;
GRANT SELECT (tenant_id, markets, state) ON enrolment TO copartner_facts;
GRANT SELECT (tenant_id, id, user_principal_name, display_name, enabled) ON user_account TO copartner_facts;
GRANT SELECT ON role_assignment, group_member TO copartner_facts;
GRANT SELECT (tenant_id, id, role) ON directory_group TO copartner_facts;
GRANT SELECT (tenant_id, id, name, enabled) ON application TO copartner_facts;
