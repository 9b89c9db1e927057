-- Where a tenant has events sent, and events that wait to be delivered.
CREATE TABLE event_address (
    tenant_id uuid PRIMARY KEY REFERENCES tenant,
    id uuid NOT NULL,
    url text NOT NULL CHECK (length(url) BETWEEN 1 AND 500),
    registered_at timestamptz NOT NULL
);
COMMENT ON COLUMN event_address.id IS 'the secret is drawn for it: a new one has another secret';

-- Written in the transaction of what an event tells of, removed once it was taken; with an address go the events for it.
CREATE TABLE event_outbox (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES event_address ON DELETE CASCADE,
    kind text NOT NULL,
    data text NOT NULL CHECK (length(data) <= 65536),
    occurred_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    given_up boolean NOT NULL DEFAULT false,
    failure text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN event_outbox.occurred_at IS 'programme time; retry_at is machine time, null until a delivery began, then also its lease';
CREATE INDEX event_outbox_due ON event_outbox (retry_at NULLS FIRST, id) WHERE NOT given_up;
CREATE INDEX event_outbox_tenant ON event_outbox (tenant_id);

DO $$
DECLARE t text; side text;
BEGIN
    FOR t IN VALUES ('event_address'), ('event_outbox') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
        EXECUTE format('CREATE POLICY worker_all ON %I TO copartner_worker USING (true)', t);
    END LOOP;
    FOR side IN VALUES ('partner'), ('customer'), ('operator') LOOP
        EXECUTE format('CREATE POLICY %s_own ON event_address TO copartner_%s USING (tenant_id = (SELECT actor_tenant()))',
            side, side);
    END LOOP;
END $$;
CREATE POLICY facts_all ON event_address FOR SELECT TO copartner_facts USING (true);
CREATE POLICY facts_write ON event_outbox FOR INSERT TO copartner_facts WITH CHECK (true);
GRANT SELECT, INSERT, DELETE, UPDATE (id, url, registered_at) ON event_address
    TO copartner_partner, copartner_customer, copartner_operator;
GRANT SELECT (tenant_id) ON event_address TO copartner_facts;
GRANT SELECT ON event_address TO copartner_worker;
GRANT INSERT (id, tenant_id, kind, data, occurred_at) ON event_outbox TO copartner_facts;
GRANT SELECT, DELETE, UPDATE (attempts, retry_at, given_up, failure) ON event_outbox TO copartner_worker;
