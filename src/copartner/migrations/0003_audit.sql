-- What happened, one row for each tenant concerned, in the words that tenant may read.
CREATE TABLE audit_record (
    tenant_id uuid NOT NULL REFERENCES tenant,
    at timestamptz NOT NULL,
    id uuid NOT NULL,
    partner_tenant_id uuid,
    customer_tenant_id uuid,
    customer_name text,
    actor_tenant_id uuid,
    actor_name text,
    application_id uuid,
    operation_type text NOT NULL,
    resource_type text NOT NULL,
    resource_id text,
    status text NOT NULL CHECK (status IN ('succeeded', 'denied')),
    old_value jsonb,
    new_value jsonb,
    decision_id uuid,
    correlation_id text,
    PRIMARY KEY (tenant_id, at, id)
) PARTITION BY RANGE (at);
CREATE TABLE audit_record_default PARTITION OF audit_record DEFAULT;

-- The verdicts of the rules, one row for each tenant concerned; equal denials within an hour raise `times`.
CREATE TABLE decision_record (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times integer NOT NULL DEFAULT 1 CHECK (times > 0),
    likeness bytea NOT NULL,
    actor_tenant_id uuid,
    actor_id uuid,
    actor_name text,
    action text NOT NULL,
    resource_type text NOT NULL,
    resource_id text,
    rules text[] NOT NULL,
    caller_text text,
    facts jsonb NOT NULL,
    digest text NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX decision_record_likeness ON decision_record (tenant_id, likeness, at DESC);

-- Results of POST requests by their request id, for a day of machine time.
CREATE TABLE idempotency_key (
    tenant_id uuid NOT NULL REFERENCES tenant,
    caller_id uuid NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    request_id text NOT NULL,
    body_digest bytea NOT NULL,
    result jsonb,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, caller_id, method, path, request_id)
);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('audit_record'), ('audit_record_default'), ('decision_record'), ('idempotency_key') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
    END LOOP;
    FOR t IN VALUES ('audit_record'), ('decision_record'), ('idempotency_key') LOOP
        EXECUTE format('CREATE POLICY partner_own ON %I TO copartner_partner USING (tenant_id = (SELECT actor_tenant()))', t);
        EXECUTE format('CREATE POLICY customer_own ON %I TO copartner_customer USING (tenant_id = (SELECT actor_tenant()))', t);
        EXECUTE format('CREATE POLICY operator_own ON %I TO copartner_operator USING (tenant_id = (SELECT actor_tenant()))', t);
    END LOOP;
END $$;
CREATE POLICY facts_write ON audit_record FOR INSERT TO copartner_facts WITH CHECK (true);
CREATE POLICY facts_all ON decision_record TO copartner_facts USING (true);
CREATE POLICY worker_all ON idempotency_key TO copartner_worker USING (true);

GRANT SELECT ON audit_record, decision_record TO copartner_partner, copartner_customer, copartner_operator;
GRANT INSERT ON audit_record TO copartner_facts;
GRANT SELECT, INSERT ON decision_record TO copartner_facts;
GRANT UPDATE (times, last_at) ON decision_record TO copartner_facts;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO copartner_partner, copartner_customer, copartner_operator;
GRANT SELECT (created_at), DELETE ON idempotency_key TO copartner_worker;
