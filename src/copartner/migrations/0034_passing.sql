-- What happens because time passes is done under the role `worker`, and letters wait until they are sent.

-- A step of the system is its own change of a relationship: the customer's approval alone activates nothing.
REVOKE UPDATE (activated_at, ends_at) ON admin_relationship FROM copartner_customer;
ALTER TABLE admin_relationship ADD COLUMN noticed integer NOT NULL DEFAULT 1000 CHECK (noticed >= 0);
COMMENT ON COLUMN admin_relationship.noticed IS 'how many days before the present end the last notice of it was due; 1000: none was';
CREATE POLICY worker_all ON admin_relationship TO copartner_worker USING (true);
GRANT SELECT ON admin_relationship TO copartner_worker;
GRANT UPDATE (status, modified_at, activated_at, ends_at, ended_at, version, noticed) ON admin_relationship TO copartner_worker;
GRANT SELECT (noticed) ON admin_relationship TO copartner_facts;
CREATE INDEX admin_relationship_lapses ON admin_relationship (asked_at) WHERE status = 'approvalPending';
CREATE INDEX admin_relationship_ends ON admin_relationship (ends_at) WHERE status = 'active';
CREATE INDEX admin_relationship_noticed ON admin_relationship (noticed, ends_at)
    WHERE status = 'active' AND auto_extend <> 'P180D';
CREATE INDEX admin_relationship_steps ON admin_relationship (modified_at)
    WHERE status IN ('approved', 'activating', 'expiring', 'terminationRequested', 'terminating');

-- With a relationship that time ends go the assignments of its roles.
CREATE POLICY worker_all ON access_assignment TO copartner_worker USING (true);
CREATE POLICY worker_all ON access_assignment_role TO copartner_worker USING (true);
GRANT SELECT ON access_assignment, access_assignment_role TO copartner_worker;
GRANT UPDATE (status, modified_at, deleted_at, version) ON access_assignment TO copartner_worker;
GRANT UPDATE (taken_at) ON access_assignment_role TO copartner_worker;

-- Whom a notice goes to, and in which language.
CREATE POLICY worker_all ON tenant FOR SELECT TO copartner_worker USING (true);
CREATE POLICY worker_all ON actor FOR SELECT TO copartner_worker USING (true);
CREATE POLICY worker_all ON user_account FOR SELECT TO copartner_worker USING (true);
GRANT SELECT (id, company_name, language) ON tenant TO copartner_worker;
GRANT SELECT (tenant_id, subject_id, app_only, roles) ON actor TO copartner_worker;
GRANT SELECT (tenant_id, id, user_principal_name) ON user_account TO copartner_worker;

-- Delegated admin privileges that nobody uses end by themselves.
ALTER TABLE reseller_relationship ADD COLUMN privileges_used_at timestamptz;
COMMENT ON COLUMN reseller_relationship.privileges_used_at IS 'when delegated admin privileges were last used, to the day; null: not since they came with the relationship';
CREATE POLICY worker_all ON reseller_relationship TO copartner_worker USING (true);
GRANT SELECT ON reseller_relationship TO copartner_worker;
GRANT UPDATE (privileges) ON reseller_relationship TO copartner_worker;
CREATE POLICY facts_marks ON reseller_relationship FOR UPDATE TO copartner_facts USING (true);
GRANT SELECT (privileges_used_at) ON reseller_relationship TO copartner_facts;
GRANT UPDATE (privileges_used_at) ON reseller_relationship TO copartner_facts;
CREATE INDEX reseller_relationship_idle ON reseller_relationship (coalesce(privileges_used_at, formed_at)) WHERE privileges;

-- Letters that wait to be sent: written in the transaction of what they tell of, removed in that of their sending.
CREATE TABLE mail_outbox (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid PRIMARY KEY,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    language text NOT NULL,
    written_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    given_up boolean NOT NULL DEFAULT false,
    failure text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN mail_outbox.tenant_id IS 'whose the recipient is';
COMMENT ON COLUMN mail_outbox.written_at IS 'programme time; retry_at is machine time, null until a sending failed';
CREATE INDEX mail_outbox_due ON mail_outbox (retry_at NULLS FIRST, id) WHERE NOT given_up;
ALTER TABLE mail_outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON mail_outbox TO CURRENT_USER USING (true);
CREATE POLICY worker_all ON mail_outbox TO copartner_worker USING (true);
CREATE POLICY facts_write ON mail_outbox FOR INSERT TO copartner_facts WITH CHECK (true);
GRANT INSERT (tenant_id, id, recipient, subject, body, language, written_at) ON mail_outbox TO copartner_facts;
GRANT SELECT, DELETE ON mail_outbox TO copartner_worker;
GRANT UPDATE (attempts, retry_at, given_up, failure) ON mail_outbox TO copartner_worker;
