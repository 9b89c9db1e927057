-- What changes in the programme, told beforehand; and a database role for what is told to everybody, signed in or not.

-- Reads what is announced to everybody, and nothing else; whoever acts as it acts for no tenant.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'copartner_public') THEN
        CREATE ROLE copartner_public NOLOGIN NOINHERIT NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(current_user, 'copartner_public', 'USAGE') THEN
        GRANT copartner_public TO CURRENT_USER;
    END IF;
END $$;
GRANT USAGE ON SCHEMA copartner TO copartner_public;

CREATE OR REPLACE FUNCTION act_as(side text, tenant uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('copartner.tenant', true), '') <> '' THEN
        RAISE EXCEPTION 'this transaction already acts for a tenant; one actor a transaction';
    END IF;
    PERFORM set_config('copartner.tenant', coalesce(tenant, '00000000-0000-0000-0000-000000000000')::text, true);
    CASE side
        WHEN 'partner' THEN SET LOCAL ROLE copartner_partner;
        WHEN 'customer' THEN SET LOCAL ROLE copartner_customer;
        WHEN 'operator' THEN SET LOCAL ROLE copartner_operator;
        WHEN 'signin' THEN SET LOCAL ROLE copartner_signin;
        WHEN 'worker' THEN SET LOCAL ROLE copartner_worker;
        WHEN 'public' THEN SET LOCAL ROLE copartner_public;
    END CASE;
END $$;

CREATE TABLE announcement (
    id uuid PRIMARY KEY,
    operator_tenant_id uuid NOT NULL REFERENCES tenant,
    state text NOT NULL CHECK (state IN ('draft', 'published', 'superseded')),
    workspace text NOT NULL,
    audience text[] NOT NULL CHECK (cardinality(audience) > 0 AND audience <@ '{partner,customer,operator}'),
    markets text[] NOT NULL,
    begins_on date NOT NULL,
    texts jsonb NOT NULL,
    contact text NOT NULL,
    reminders integer[] NOT NULL,
    supersedes uuid REFERENCES announcement,
    rule_version integer CHECK (rule_version > 0),
    drafted_at timestamptz NOT NULL,
    published_at timestamptz,
    updated_at timestamptz NOT NULL,
    dated_at timestamptz,
    delayed boolean NOT NULL DEFAULT false,
    superseded_by uuid REFERENCES announcement,
    revisions jsonb NOT NULL DEFAULT '[]',
    remind_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    for_partners boolean GENERATED ALWAYS AS (state <> 'draft' AND audience @> '{partner}') STORED,
    for_customers boolean GENERATED ALWAYS AS (state <> 'draft' AND audience @> '{customer}') STORED,
    for_everybody boolean GENERATED ALWAYS AS (state <> 'draft' AND audience @> '{partner,customer,operator}') STORED,
    CHECK ((state = 'draft') = (published_at IS NULL)),
    CHECK ((state = 'draft') = (dated_at IS NULL)),
    CHECK ((state = 'superseded') = (superseded_by IS NOT NULL)),
    CHECK (remind_at IS NULL OR state = 'published'),
    CHECK (supersedes <> id)
);
COMMENT ON COLUMN announcement.operator_tenant_id IS 'whose it is: the operator''s';
COMMENT ON COLUMN announcement.texts IS 'by language: title, changes, next_steps';
COMMENT ON COLUMN announcement.rule_version IS 'number of the rule version it is about';
COMMENT ON COLUMN announcement.dated_at IS 'since when the present day has been announced: the publication or the last delay';
COMMENT ON COLUMN announcement.revisions IS 'what was changed after the publication: when, why, and what stood there before';
COMMENT ON COLUMN announcement.remind_at IS 'when the next reminder is due; null: none is';
CREATE INDEX announcement_published ON announcement (published_at);
CREATE INDEX announcement_reminders ON announcement (remind_at, id) WHERE remind_at IS NOT NULL;

ALTER TABLE announcement ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON announcement TO CURRENT_USER USING (true);
CREATE POLICY operator_own ON announcement TO copartner_operator USING (operator_tenant_id = (SELECT actor_tenant()));
CREATE POLICY partner_told ON announcement FOR SELECT TO copartner_partner USING (for_partners);
CREATE POLICY customer_told ON announcement FOR SELECT TO copartner_customer USING (for_customers);
CREATE POLICY public_told ON announcement FOR SELECT TO copartner_public USING (for_everybody);
CREATE POLICY worker_all ON announcement TO copartner_worker USING (true);
GRANT SELECT ON announcement
    TO copartner_operator, copartner_partner, copartner_customer, copartner_worker, copartner_public;
GRANT INSERT (id, operator_tenant_id, state, workspace, audience, markets, begins_on, texts, contact, reminders, supersedes,
    rule_version, drafted_at, updated_at) ON announcement TO copartner_operator;
-- Once it is out its audience, and what it takes the place of, stay: store.save compares the version and the state.
GRANT UPDATE (state, workspace, audience, markets, begins_on, texts, contact, reminders, supersedes, rule_version, published_at,
    updated_at, dated_at, delayed, superseded_by, revisions, remind_at, version) ON announcement TO copartner_operator;
GRANT UPDATE (remind_at) ON announcement TO copartner_worker;
