-- fn_longest_idle: the relationship whose whole-tenant privileges were not used for longest, up to a moment.
CREATE FUNCTION fn_longest_idle(p_before timestamptz, OUT relationship json, OUT used_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT fn_relationship_row(r), coalesce(r.privileges_used_at, r.formed_at) INTO relationship, used_at
    FROM reseller_relationship r
    WHERE r.privileges AND coalesce(r.privileges_used_at, r.formed_at) <= p_before
    ORDER BY coalesce(r.privileges_used_at, r.formed_at), r.id LIMIT 1;
END $$;
GRANT EXECUTE ON FUNCTION fn_longest_idle TO copartner_worker;

-- fn_lock_idle: a partner's active relationship, locked, and when its whole-tenant privileges were last used.
CREATE FUNCTION fn_lock_idle(p_partner uuid, p_customer uuid, OUT relationship json, OUT used_at timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT fn_relationship_row(r), coalesce(r.privileges_used_at, r.formed_at) INTO relationship, used_at
    FROM reseller_relationship r
    WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.state = 'active' FOR UPDATE;
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_idle TO copartner_worker;

-- fn_mark_privileges_used: whole-tenant privileges were used; the mark moves on once a day at most, and never back.
CREATE FUNCTION fn_mark_privileges_used(p_partner uuid, p_customer uuid, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    -- Asked first: an UPDATE of nothing runs the triggers of the table, on every reading.
    IF EXISTS (SELECT FROM reseller_relationship r
            WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.state = 'active' AND r.privileges
            AND (r.privileges_used_at IS NULL OR r.privileges_used_at < p_now - interval '1 day')) THEN
        UPDATE reseller_relationship r SET privileges_used_at = p_now
        WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.state = 'active' AND r.privileges
            AND (r.privileges_used_at IS NULL OR r.privileges_used_at < p_now - interval '1 day');
    END IF;
END $$;
ALTER FUNCTION fn_mark_privileges_used OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_mark_privileges_used TO copartner_partner;
