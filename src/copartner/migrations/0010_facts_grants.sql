-- Counting equal denials needs to find them, not to read what was decided.
REVOKE SELECT ON decision_record FROM copartner_facts;
GRANT SELECT (tenant_id, id, at, times, likeness) ON decision_record TO copartner_facts;

-- The facts role has no privilege on billing profiles, so this policy opened nothing.
DROP POLICY facts_all ON billing_profile;
