-- Changes of the rules that operators propose and approve while the programme runs, and every rulebook that ever held.
CREATE TABLE rule_version (
    tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    number integer NOT NULL UNIQUE CHECK (number > 0),
    title text NOT NULL,
    reason text NOT NULL,
    text text NOT NULL,
    ends text[] NOT NULL,
    begins date NOT NULL,
    until date,
    state text NOT NULL CHECK (state IN ('proposed', 'checked', 'refused', 'approved', 'withdrawn', 'taken_back')),
    difference jsonb NOT NULL,
    findings jsonb,
    check_wanted_at timestamptz,
    check_claimed_at timestamptz,
    checked_rulebook text,
    proposed_at timestamptz NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_by_name text,
    approved_at timestamptz,
    approved_by uuid,
    approved_by_name text,
    place bigint UNIQUE,
    ended_at timestamptz,
    ended_by uuid,
    ended_by_name text,
    ended_because text,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT rule_version_by_two CHECK (approved_by <> proposed_by),
    CHECK ((state IN ('approved', 'taken_back')) = (place IS NOT NULL)),
    CHECK ((place IS NULL) = (approved_by IS NULL) AND (place IS NULL) = (approved_at IS NULL)),
    CHECK ((state = 'taken_back') = (until IS NOT NULL)),
    CHECK ((state IN ('withdrawn', 'taken_back')) = (ended_at IS NOT NULL)),
    CHECK (state NOT IN ('checked', 'approved', 'taken_back') OR checked_rulebook IS NOT NULL)
);
COMMENT ON COLUMN rule_version.until IS 'first day on which it counts no more: it was taken back';
COMMENT ON COLUMN rule_version.checked_rulebook IS 'digest of the rulebook that it was checked with';
COMMENT ON COLUMN rule_version.place IS 'the number that the rulebook got by it; versions count in this order';
COMMENT ON COLUMN rule_version.check_claimed_at IS 'machine time at which a worker began to check it';
CREATE INDEX rule_version_waiting ON rule_version (check_wanted_at) WHERE check_wanted_at IS NOT NULL;

-- How often the rulebook was changed by a version; each process compares it with what it decides by.
CREATE TABLE rulebook_number (
    is_only boolean PRIMARY KEY CHECK (is_only),
    number bigint NOT NULL
);
INSERT INTO rulebook_number (is_only, number) VALUES (true, 0);

CREATE TABLE kept_rulebook (
    digest text PRIMARY KEY,
    source jsonb NOT NULL,
    sets text[] NOT NULL,
    kept_at timestamptz NOT NULL
);
COMMENT ON COLUMN kept_rulebook.sets IS 'digests of its sets of rules, by which decisions name them';
CREATE INDEX kept_rulebook_sets ON kept_rulebook USING gin (sets);

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('rule_version'), ('rulebook_number'), ('kept_rulebook') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
        EXECUTE format('CREATE POLICY worker_all ON %I TO copartner_worker USING (true)', t);
    END LOOP;
END $$;
CREATE POLICY operator_own ON rule_version TO copartner_operator USING (tenant_id = (SELECT actor_tenant()));
CREATE POLICY facts_all ON rulebook_number FOR SELECT TO copartner_facts USING (true);
CREATE POLICY operator_all ON rulebook_number TO copartner_operator USING (true);

GRANT SELECT, INSERT ON rule_version TO copartner_operator;
GRANT UPDATE (until, state, check_wanted_at, approved_at, approved_by, approved_by_name, place, ended_at, ended_by,
    ended_by_name, ended_because) ON rule_version TO copartner_operator;
GRANT SELECT ON rule_version TO copartner_worker;
GRANT UPDATE (state, difference, findings, check_wanted_at, check_claimed_at, checked_rulebook) ON rule_version
    TO copartner_worker;
GRANT SELECT ON rulebook_number TO copartner_facts, copartner_operator, copartner_worker;
GRANT UPDATE (number) ON rulebook_number TO copartner_operator;
GRANT SELECT, INSERT ON kept_rulebook TO copartner_worker;
