-- What founding a tenant, forming a relationship and searching customers need.

-- Makes new tenants and nothing else: it reads nothing, so it can neither touch nor tell of what exists.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'copartner_founder') THEN
        CREATE ROLE copartner_founder NOLOGIN NOINHERIT NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(current_user, 'copartner_founder', 'USAGE') THEN
        GRANT copartner_founder TO CURRENT_USER;
    END IF;
END $$;
GRANT USAGE, CREATE ON SCHEMA copartner TO copartner_founder;
GRANT INSERT ON organisation, tenant, user_account, role_assignment, reseller_relationship, billing_profile
    TO copartner_founder;
CREATE POLICY founder_adds ON tenant FOR INSERT TO copartner_founder WITH CHECK (kind = 'customer');
CREATE POLICY founder_adds ON user_account FOR INSERT TO copartner_founder WITH CHECK (true);
CREATE POLICY founder_adds ON role_assignment FOR INSERT TO copartner_founder WITH CHECK (true);
CREATE POLICY founder_adds ON reseller_relationship FOR INSERT TO copartner_founder
    WITH CHECK (partner_tenant_id = (SELECT actor_tenant()));
CREATE POLICY founder_adds ON billing_profile FOR INSERT TO copartner_founder
    WITH CHECK (partner_tenant_id = (SELECT actor_tenant()));

-- Who asks: the number by which a partner is known in the programme.
GRANT SELECT (mpn_id) ON enrolment TO copartner_facts;

-- lower() is not leakproof, so a comparison with it cannot use an index under row security; a stored key can.
ALTER TABLE reseller_relationship ADD COLUMN company_key text NOT NULL GENERATED ALWAYS AS (lower(company_name)) STORED;
DROP INDEX reseller_relationship_name;
CREATE INDEX reseller_relationship_name ON reseller_relationship (partner_tenant_id, company_key text_pattern_ops)
    WHERE state = 'active';

-- Two acceptances at the same moment leave one agreement.
CREATE UNIQUE INDEX customer_agreement_own ON customer_agreement (customer_tenant_id, template_id)
    WHERE partner_tenant_id IS NULL;

-- Pages of the audit follow the identifier.
CREATE INDEX audit_record_page ON audit_record (tenant_id, id);
