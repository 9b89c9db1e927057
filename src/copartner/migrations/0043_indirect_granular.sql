-- Two tiers: an indirect provider asks for its indirect reseller, which consents before any customer can approve.
ALTER TABLE admin_relationship ADD COLUMN provider_tenant_id uuid, ADD COLUMN reseller_consented_at timestamptz,
    ADD FOREIGN KEY (provider_tenant_id, partner_tenant_id)
        REFERENCES partner_relationship (provider_tenant_id, reseller_tenant_id),
    ADD CHECK (reseller_consented_at IS NULL OR provider_tenant_id IS NOT NULL),
    ADD CHECK (status <> 'active' OR provider_tenant_id IS NULL OR reseller_consented_at IS NOT NULL);
COMMENT ON COLUMN admin_relationship.provider_tenant_id IS 'the indirect provider that asked; the partner is its reseller';
CREATE INDEX admin_relationship_provider ON admin_relationship (provider_tenant_id, partner_tenant_id)
    WHERE provider_tenant_id IS NOT NULL;

CREATE POLICY provider_adds ON admin_relationship FOR INSERT TO copartner_partner
    WITH CHECK (provider_tenant_id = (SELECT actor_tenant()));
GRANT UPDATE (reseller_consented_at) ON admin_relationship TO copartner_partner;
GRANT SELECT (provider_tenant_id, reseller_consented_at) ON admin_relationship TO copartner_facts;
