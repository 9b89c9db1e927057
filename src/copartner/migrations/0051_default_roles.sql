-- A partner's default granular relationship with a tenant that it makes is made with the tenant, by the founder alone.
ALTER TABLE reseller_relationship DROP COLUMN owes_default_roles;

GRANT INSERT (partner_tenant_id, id, customer_tenant_id, customer_name, display_name, roles, duration, auto_extend, status,
    created_at, modified_at, activated_at, ends_at) ON admin_relationship TO copartner_founder;
CREATE POLICY founder_adds ON admin_relationship FOR INSERT TO copartner_founder
    WITH CHECK (partner_tenant_id = (SELECT actor_tenant()));
