-- What the operator sees of the deployment: businesses and which of them are affiliated, which it settles; denials of a day; the
-- newest tenants.
ALTER TABLE affiliation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON affiliation TO CURRENT_USER USING (true);
CREATE POLICY facts_all ON affiliation FOR SELECT TO copartner_facts USING (true);
CREATE POLICY operator_all ON affiliation TO copartner_operator USING (true);
GRANT SELECT, INSERT, DELETE ON affiliation TO copartner_operator;
GRANT SELECT ON organisation TO copartner_operator;

CREATE INDEX tenant_newest ON tenant (created_at, id);
CREATE INDEX decided_denied ON decided (at) WHERE NOT allowed;
