-- What a tenant's people read of their own tenant: its organisation, how its users sign in, what of its audit is the newest.
GRANT SELECT (id, name) ON organisation TO copartner_facts;
GRANT SELECT (must_change_password) ON user_account TO copartner_facts;
CREATE POLICY facts_all ON second_factor FOR SELECT TO copartner_facts USING (true);
CREATE POLICY facts_all ON provider_identity FOR SELECT TO copartner_facts USING (true);
GRANT SELECT (tenant_id, user_id, added_at) ON second_factor TO copartner_facts;
GRANT SELECT (tenant_id, user_id, issuer) ON provider_identity TO copartner_facts;

-- One record by its number, and a page of the newest, without reading the months before.
CREATE INDEX audit_record_number ON audit_record (tenant_id, id);
