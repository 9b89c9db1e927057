-- The months of the audit are partitions; what falls outside those there are goes to the default one.
CREATE FUNCTION audit_month(p_first date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_name text := 'audit_record_' || to_char(p_first, 'YYYY_MM');
    v_from timestamptz := p_first::timestamp AT TIME ZONE 'UTC';
    v_to timestamptz := (p_first + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF extract(day FROM p_first) <> 1 THEN
        RAISE EXCEPTION 'a month begins on its first day';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('copartner.audit_month', 0));
    -- A month that began without its partition stays in the default one: its records are not moved under their readers.
    IF to_regclass('copartner.' || v_name) IS NOT NULL OR EXISTS (
        SELECT FROM copartner.audit_record_default d WHERE d.at >= v_from AND d.at < v_to) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE copartner.%I PARTITION OF copartner.audit_record FOR VALUES FROM (%L) TO (%L)',
        v_name, v_from, v_to);
    EXECUTE format('ALTER TABLE copartner.%I ENABLE ROW LEVEL SECURITY', v_name);
    EXECUTE format('ALTER TABLE copartner.%I FORCE ROW LEVEL SECURITY', v_name);
    EXECUTE format('CREATE POLICY owner_all ON copartner.%I TO CURRENT_USER USING (true)', v_name);
    RETURN true;
END $$;
