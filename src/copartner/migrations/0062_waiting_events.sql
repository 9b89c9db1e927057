-- A tenant reads which of its events wait to be delivered, without what they say.
DO $$
DECLARE side text;
BEGIN
    FOR side IN VALUES ('partner'), ('customer'), ('operator') LOOP
        EXECUTE format('CREATE POLICY %s_own ON event_outbox TO copartner_%s USING (tenant_id = (SELECT actor_tenant()))',
            side, side);
    END LOOP;
END $$;
GRANT SELECT (id, tenant_id, kind, occurred_at, attempts, retry_at, given_up, failure) ON event_outbox
    TO copartner_partner, copartner_customer, copartner_operator;
