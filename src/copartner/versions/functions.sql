-- fn_rule_version_facts: the operator's user and a version of the rules, whether or not there is one; proved when it was
-- checked with the rulebook of that digest, or approved then, and how many days it begins after a day.
CREATE FUNCTION fn_rule_version_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_version uuid,
    p_rulebook text, p_today date) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE v record;
BEGIN
    SELECT r.tenant_id, r.proposed_by, r.begins - p_today AS notice,
        r.state = 'approved' OR (r.state = 'checked' AND r.checked_rulebook = p_rulebook) AS proved INTO v
    FROM rule_version r WHERE r.tenant_id = p_tenant AND r.id = p_version;
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'RuleVersion', 'id', p_version, 'tenant', v.tenant_id,
            'proposer', v.proposed_by, 'proved', v.proved, 'notice', v.notice));
END $$;
GRANT EXECUTE ON FUNCTION fn_rule_version_facts TO copartner_operator;

-- fn_rule_version: one version as JSON.
CREATE FUNCTION fn_rule_version(r rule_version) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', r.id, 'tenant_id', r.tenant_id, 'number', r.number, 'title', r.title,
        'reason', r.reason, 'text', r.text, 'ends', r.ends, 'begins', r.begins, 'until', r.until, 'state', r.state,
        'difference', r.difference, 'findings', r.findings, 'check_wanted_at', r.check_wanted_at,
        'checked_rulebook', r.checked_rulebook, 'proposed_at', r.proposed_at, 'proposed_by', r.proposed_by,
        'proposed_by_name', r.proposed_by_name, 'approved_at', r.approved_at, 'approved_by', r.approved_by,
        'approved_by_name', r.approved_by_name, 'place', r.place, 'ended_at', r.ended_at, 'ended_by', r.ended_by,
        'ended_by_name', r.ended_by_name, 'ended_because', r.ended_because)
$$;
GRANT EXECUTE ON FUNCTION fn_rule_version TO copartner_operator, copartner_worker;

-- fn_read_rule_version: the operator's version of the rules.
CREATE FUNCTION fn_read_rule_version(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_version uuid,
    p_rulebook text, p_today date, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_rule_version_facts(p_side, p_tenant, p_subject, p_app_only, p_version, p_rulebook, p_today);
    SELECT fn_rule_version(r) INTO body FROM rule_version r WHERE r.tenant_id = p_tenant AND r.id = p_version;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_rule_version TO PUBLIC;

-- fn_list_rule_versions: a page of the operator's versions in the order of their numbers, or the newest first; one row more
-- where it goes on.
CREATE FUNCTION fn_list_rule_versions(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_number integer,
    p_newest boolean, p_after uuid, p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_total integer;
    v_items json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT count(*) INTO v_total FROM rule_version r
        WHERE r.tenant_id = p_tenant AND (p_number IS NULL OR r.number = p_number);
    SELECT coalesce(json_agg(fn_rule_version(page)
            ORDER BY CASE WHEN p_newest THEN (page).id END DESC, (page).id), '[]'),
        coalesce((SELECT json_agg(json_build_object('type', 'RuleVersion', 'id', whose, 'tenant', whose))
            FROM (SELECT DISTINCT unnest(array_agg((page).tenant_id))) AS operators(whose)), '[]')
    INTO v_items, shapes
    FROM (SELECT r FROM rule_version r
        WHERE r.tenant_id = p_tenant AND (p_number IS NULL OR r.number = p_number)
            AND (p_after IS NULL OR CASE WHEN p_newest THEN r.id < p_after ELSE r.id > p_after END)
        ORDER BY CASE WHEN p_newest THEN r.id END DESC, r.id LIMIT p_size + 1) AS listed(page);
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_rule_versions TO PUBLIC;

-- fn_lock_rule_version: a version, locked, as far as the acting role sees it.
CREATE FUNCTION fn_lock_rule_version(p_version uuid) RETURNS json LANGUAGE plpgsql AS $$
DECLARE v rule_version;
BEGIN
    SELECT (one.r).* INTO v FROM (SELECT r FROM rule_version r WHERE r.id = p_version FOR UPDATE) AS one;
    RETURN CASE WHEN v.id IS NULL THEN NULL ELSE fn_rule_version(v) END;
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_rule_version TO copartner_operator, copartner_worker;

-- fn_lock_rulebook: one change of the rules after the other, until the transaction ends; answers the rulebook's number.
CREATE FUNCTION fn_lock_rulebook() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT n.number FROM rulebook_number n WHERE n.is_only FOR UPDATE);
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_rulebook TO copartner_operator;

-- fn_change_rulebook: gives the rulebook its next number, and wakes every process at the commit.
CREATE FUNCTION fn_change_rulebook() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rulebook_number SET number = number + 1 WHERE is_only;
    PERFORM pg_notify('copartner_rulebook', '');
END $$;
GRANT EXECUTE ON FUNCTION fn_change_rulebook TO copartner_operator;

-- fn_rulebook: what the rulebook is made of beside the release: its number, and the versions that were approved, in the
-- order in which they count.
CREATE FUNCTION fn_rulebook(OUT number bigint, OUT versions json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as('worker', NULL);
    SELECT n.number, (SELECT coalesce(json_agg(json_build_object('number', r.number, 'title', r.title, 'text', r.text,
        'ends', r.ends, 'begins', r.begins, 'until', r.until) ORDER BY r.place), '[]') FROM rule_version r
        WHERE r.place IS NOT NULL)
    INTO number, versions FROM rulebook_number n;
END $$;
GRANT EXECUTE ON FUNCTION fn_rulebook TO PUBLIC;

-- fn_present_rulebook: the number of the rulebook, for whoever listens.
CREATE FUNCTION fn_present_rulebook() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as('worker', NULL);
    RETURN fn_rulebook_number();
END $$;
GRANT EXECUTE ON FUNCTION fn_present_rulebook TO PUBLIC;

-- fn_claim_rule_version: the version that has waited longest to be checked, for one worker; one that began before a
-- machine moment and came to no end is claimed again.
CREATE FUNCTION fn_claim_rule_version(p_machine_now timestamptz, p_given_up timestamptz) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE v rule_version;
BEGIN
    UPDATE rule_version r SET check_claimed_at = p_machine_now
        WHERE r.id = (SELECT w.id FROM rule_version w
            WHERE w.check_wanted_at IS NOT NULL AND (w.check_claimed_at IS NULL OR w.check_claimed_at < w.check_wanted_at
                OR w.check_claimed_at < p_given_up)
            ORDER BY w.check_wanted_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING r.* INTO v;
    RETURN CASE WHEN v.id IS NULL THEN NULL ELSE fn_rule_version(v) END;
END $$;
GRANT EXECUTE ON FUNCTION fn_claim_rule_version TO copartner_worker;
