-- The decisions that counted, each with all that the rules judged: those a committed command required, and the denials under
-- the number their caller was told, equal ones within an hour raising `times`. Ids and states alone; read by the operator, who
-- tries rules on them, and by no tenant. `at` is programme time.
CREATE TABLE decided (
    at timestamptz NOT NULL,
    id uuid NOT NULL,
    times integer NOT NULL DEFAULT 1 CHECK (times > 0),
    action text NOT NULL,
    allowed boolean NOT NULL,
    rules text[] NOT NULL,
    digest text NOT NULL,
    facts jsonb NOT NULL,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE TABLE decided_default PARTITION OF decided DEFAULT;

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('decided'), ('decided_default') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
    END LOOP;
END $$;
CREATE POLICY facts_all ON decided TO copartner_facts USING (true);
CREATE POLICY operator_all ON decided TO copartner_operator USING (true);
CREATE POLICY worker_all ON decided TO copartner_worker USING (true);
GRANT INSERT, SELECT (at, id, times), UPDATE (times) ON decided TO copartner_facts;
GRANT SELECT ON decided TO copartner_operator, copartner_worker;
GRANT DELETE ON decided TO copartner_worker;

-- The months of a table are partitions; what falls outside those there are goes to the default one.
CREATE FUNCTION month_of(p_table text, p_first date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_name text := p_table || '_' || to_char(p_first, 'YYYY_MM');
    v_from timestamptz := p_first::timestamp AT TIME ZONE 'UTC';
    v_to timestamptz := (p_first + interval '1 month') AT TIME ZONE 'UTC';
    v_begun boolean;
BEGIN
    IF extract(day FROM p_first) <> 1 THEN
        RAISE EXCEPTION 'a month begins on its first day';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('copartner.month_of.' || p_table, 0));
    IF to_regclass('copartner.' || v_name) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- A month that began without its partition stays in the default one: its rows are not moved under their readers.
    EXECUTE format('SELECT EXISTS (SELECT FROM copartner.%I d WHERE d.at >= $1 AND d.at < $2)', p_table || '_default')
        INTO v_begun USING v_from, v_to;
    IF v_begun THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE copartner.%I PARTITION OF copartner.%I FOR VALUES FROM (%L) TO (%L)',
        v_name, p_table, v_from, v_to);
    EXECUTE format('ALTER TABLE copartner.%I ENABLE ROW LEVEL SECURITY', v_name);
    EXECUTE format('ALTER TABLE copartner.%I FORCE ROW LEVEL SECURITY', v_name);
    EXECUTE format('CREATE POLICY owner_all ON copartner.%I TO CURRENT_USER USING (true)', v_name);
    RETURN true;
END $$;
DROP FUNCTION audit_month;
