-- A tenant has a domain from its beginning and may get more; each belongs to one tenant.
CREATE TABLE tenant_domain (
    tenant_id uuid NOT NULL REFERENCES tenant ON DELETE CASCADE,
    name text PRIMARY KEY CHECK (name = lower(name) AND name <> ''),
    is_initial boolean NOT NULL,
    authentication_type text NOT NULL CHECK (authentication_type IN ('managed', 'federated')),
    capability text NOT NULL DEFAULT 'email',
    federation jsonb,
    added_at timestamptz NOT NULL,
    CHECK ((authentication_type = 'federated') = (federation IS NOT NULL))
);
CREATE INDEX tenant_domain_tenant ON tenant_domain (tenant_id);
INSERT INTO tenant_domain (tenant_id, name, is_initial, authentication_type, added_at)
    SELECT id, domain, true, 'managed', created_at FROM tenant;

-- The first domain follows the tenant, so that one key keeps every domain to one tenant.
CREATE FUNCTION tenant_domain_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO tenant_domain (tenant_id, name, is_initial, authentication_type, added_at)
            VALUES (NEW.id, NEW.domain, true, 'managed', NEW.created_at);
    ELSE
        UPDATE tenant_domain SET name = NEW.domain WHERE tenant_id = NEW.id AND is_initial;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tenant_domains AFTER INSERT OR UPDATE OF domain ON tenant
    FOR EACH ROW EXECUTE FUNCTION tenant_domain_follows();

ALTER TABLE tenant ADD COLUMN registration_number text NOT NULL DEFAULT '' CHECK (length(registration_number) <= 64);

ALTER TABLE tenant_domain ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_domain FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON tenant_domain TO CURRENT_USER USING (true);
CREATE POLICY customer_own ON tenant_domain TO copartner_customer USING (tenant_id = (SELECT actor_tenant()));
CREATE POLICY facts_all ON tenant_domain FOR SELECT TO copartner_facts USING (true);
CREATE POLICY facts_adds ON tenant_domain FOR INSERT TO copartner_facts WITH CHECK (true);
CREATE POLICY founder_adds ON tenant_domain FOR INSERT TO copartner_founder WITH CHECK (true);
GRANT SELECT ON tenant_domain TO copartner_customer;
GRANT SELECT (tenant_id, name) ON tenant_domain TO copartner_facts;
GRANT SELECT (registration_number) ON tenant TO copartner_facts;
GRANT INSERT ON tenant_domain TO copartner_facts, copartner_founder;
