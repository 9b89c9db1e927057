-- fn_admin_relationship_resource: whose relationship it is and whom it addresses, of any partner; without a partner there
-- is none such. A draft addresses nobody yet. On the customer's side `p_answering` stands where it names nobody, and what
-- was not asked is not there.
CREATE FUNCTION fn_admin_relationship_resource(p_partner uuid, p_id uuid, p_answering uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE r record;
BEGIN
    SELECT q.partner_tenant_id, CASE WHEN q.status <> 'created' THEN q.customer_tenant_id END AS customer,
        q.provider_tenant_id, q.reseller_consented_at INTO r
        FROM admin_relationship q
        WHERE q.partner_tenant_id = p_partner AND q.id = p_id AND (p_answering IS NULL OR q.status <> 'created');
    RETURN json_build_object('type', 'AdminRelationship', 'id', p_id, 'partner', r.partner_tenant_id,
        'customer', CASE WHEN r.partner_tenant_id IS NOT NULL THEN coalesce(r.customer, p_answering) END,
        'provider', r.provider_tenant_id,
        'resellerConsented', CASE WHEN r.provider_tenant_id IS NOT NULL THEN r.reseller_consented_at IS NOT NULL END);
END $$;
ALTER FUNCTION fn_admin_relationship_resource OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_admin_relationship_resource TO copartner_partner, copartner_customer;

-- fn_admin_relationship_facts: a user of either side and one relationship.
CREATE FUNCTION fn_admin_relationship_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid, p_id uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', fn_admin_relationship_resource(p_partner, p_id, CASE WHEN p_side = 'customer' THEN p_tenant END));
END $$;
GRANT EXECUTE ON FUNCTION fn_admin_relationship_facts TO copartner_partner, copartner_customer;

-- fn_admin_relationship_row: one relationship as the store reads it.
CREATE FUNCTION fn_admin_relationship_row(r admin_relationship) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', r.id, 'partner_tenant_id', r.partner_tenant_id,
        'customer_tenant_id', r.customer_tenant_id, 'customer_name', r.customer_name, 'display_name', r.display_name,
        'roles', r.roles, 'duration', r.duration, 'auto_extend', r.auto_extend, 'status', r.status,
        'created_at', r.created_at, 'modified_at', r.modified_at, 'asked_at', r.asked_at,
        'activated_at', r.activated_at, 'ends_at', r.ends_at, 'answer_reason', r.answer_reason, 'ended_at', r.ended_at, 'version', r.version,
        'counters', r.counters, 'provider_tenant_id', r.provider_tenant_id,
        'reseller_consented_at', r.reseller_consented_at)
$$;
GRANT EXECUTE ON FUNCTION fn_admin_relationship_row
    TO copartner_partner, copartner_customer, copartner_facts, copartner_worker;

-- fn_admin_relationship_ended: when a relationship ended, by what somebody did or by time, as delegation/rules.py has it;
-- null while it goes on.
CREATE FUNCTION fn_admin_relationship_ended(r admin_relationship, p_now timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE v_ends timestamptz;
BEGIN
    IF r.ended_at IS NOT NULL THEN
        RETURN r.ended_at;
    END IF;
    v_ends := CASE WHEN r.status = 'approvalPending' THEN r.asked_at + interval '90 days'
        WHEN r.auto_extend = 'P180D' THEN NULL
        WHEN r.status = 'active' THEN r.ends_at
        -- Approved, and the system has not taken its steps.
        WHEN r.status IN ('approved', 'activating') THEN fn_end_of(r.duration, r.modified_at) END;
    RETURN CASE WHEN v_ends <= p_now THEN v_ends END;
END $$;
GRANT EXECUTE ON FUNCTION fn_admin_relationship_ended TO copartner_partner, copartner_facts;

-- fn_admin_relationship_status: the status that time has made of a relationship.
CREATE FUNCTION fn_admin_relationship_status(r admin_relationship, p_now timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN r.ended_at IS NULL AND fn_admin_relationship_ended(r, p_now) IS NOT NULL THEN 'expired'
        WHEN r.status = 'expiring' AND r.modified_at <= p_now THEN 'expired'
        WHEN r.status IN ('terminationRequested', 'terminating') AND r.modified_at <= p_now THEN 'terminated'
        WHEN r.status IN ('approved', 'activating') AND r.modified_at <= p_now THEN 'active'
        ELSE r.status END
$$;
GRANT EXECUTE ON FUNCTION fn_admin_relationship_status TO copartner_partner, copartner_facts;

-- fn_admin_relationship_seen: whether its partner still sees a relationship: for a year after its end.
CREATE FUNCTION fn_admin_relationship_seen(r admin_relationship, p_now timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(p_now < fn_admin_relationship_ended(r, p_now) + interval '365 days', true)
$$;
GRANT EXECUTE ON FUNCTION fn_admin_relationship_seen TO copartner_partner;

-- fn_end_of: when an ISO 8601 duration of years, months and days is over, months counted before days.
CREATE FUNCTION fn_end_of(p_duration text, p_begins timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT p_begins + make_interval(years => coalesce(part[1]::integer, 0), months => coalesce(part[2]::integer, 0))
        + make_interval(days => coalesce(part[3]::integer, 0))
    FROM regexp_match(p_duration, '^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$') AS part
$$;
GRANT EXECUTE ON FUNCTION fn_end_of TO copartner_partner, copartner_facts;

-- fn_read_admin_relationship: one relationship of the acting partner.
CREATE FUNCTION fn_read_admin_relationship(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_partner uuid, p_id uuid, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_admin_relationship_facts(p_side, p_tenant, p_subject, p_app_only, p_partner, p_id);
    SELECT fn_admin_relationship_row(r) INTO body FROM admin_relationship r
        WHERE r.partner_tenant_id = p_tenant AND r.partner_tenant_id = p_partner AND r.id = p_id;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_admin_relationship TO PUBLIC;

-- fn_list_admin_relationships: a page of the acting partner's relationships in an order, and one more row where the list
-- goes on. Into its statement come words of this function alone.
CREATE FUNCTION fn_list_admin_relationships(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_statuses text[], p_customers uuid[], p_now timestamptz, p_order text, p_descending boolean, p_count boolean,
    p_value text, p_after uuid, p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_total bigint;
    v_items json;
    v_column text := CASE p_order WHEN 'modified_at' THEN 'r.modified_at' WHEN 'display_name' THEN 'lower(r.display_name)'
        WHEN 'id' THEN 'r.id' ELSE 'r.created_at' END;
    v_value text := CASE p_order WHEN 'display_name' THEN 'lower($5)' WHEN 'id' THEN '$6' ELSE '$5::timestamptz' END;
    v_way text := CASE WHEN p_descending THEN 'DESC' ELSE 'ASC' END;
    v_beyond text := CASE WHEN p_descending THEN '<' ELSE '>' END;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    EXECUTE format($statement$
        SELECT coalesce(json_agg(fn_admin_relationship_row(page) ORDER BY place), '[]'),
            coalesce((SELECT json_agg(json_build_object('type', 'AdminRelationship', 'id', asker, 'partner', asker))
                FROM (SELECT DISTINCT unnest(array_agg((page).partner_tenant_id))) AS askers(asker)), '[]')
        FROM (SELECT r, row_number() OVER (ORDER BY %1$s %2$s, r.id %2$s) FROM admin_relationship r
            WHERE r.partner_tenant_id = $1 AND fn_admin_relationship_seen(r, $4)
            AND ($2 IS NULL OR fn_admin_relationship_status(r, $4) = ANY ($2))
            AND ($3 IS NULL OR r.customer_tenant_id = ANY ($3)) AND %3$s
            ORDER BY %1$s %2$s, r.id %2$s LIMIT $7) AS listed(page, place)
        $statement$, v_column, v_way,
        CASE WHEN p_after IS NULL THEN 'true' ELSE format('(%s, r.id) %s (%s, $6)', v_column, v_beyond, v_value) END)
    INTO v_items, shapes
    USING p_tenant, p_statuses, p_customers, p_now, p_value, p_after, p_size + 1;
    IF p_count THEN
        SELECT count(*) INTO v_total FROM admin_relationship c WHERE c.partner_tenant_id = p_tenant
            AND fn_admin_relationship_seen(c, p_now)
            AND (p_statuses IS NULL OR fn_admin_relationship_status(c, p_now) = ANY (p_statuses))
            AND (p_customers IS NULL OR c.customer_tenant_id = ANY (p_customers));
    END IF;
    body := json_build_object('total', v_total, 'items', v_items);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_admin_relationships TO PUBLIC;

-- fn_admin_invitation: a relationship as the tenant that it addresses reads it; null for any other, and until it is asked.
CREATE FUNCTION fn_admin_invitation(p_partner uuid, p_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT fn_admin_relationship_row(r) FROM admin_relationship r
        WHERE r.partner_tenant_id = p_partner AND r.id = p_id AND r.status <> 'created'
        AND coalesce(r.customer_tenant_id, actor_tenant()) = actor_tenant());
END $$;
ALTER FUNCTION fn_admin_invitation OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_admin_invitation TO copartner_customer;

-- fn_read_admin_consent: a relationship, and who asks for it, as the customer that it addresses reads it.
CREATE FUNCTION fn_read_admin_consent(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    p_partner uuid, p_id uuid, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_admin_relationship_facts(p_side, p_tenant, p_subject, p_app_only, p_partner, p_id);
    body := json_build_object('relationship', fn_admin_invitation(p_partner, p_id), 'partner', fn_partner(p_partner),
        'cap', fn_own_role_cap(p_tenant));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_admin_consent TO PUBLIC;

-- fn_claim_admin_relationship: names the acting customer in a relationship that names nobody and waits for an answer.
CREATE FUNCTION fn_claim_admin_relationship(p_partner uuid, p_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    UPDATE admin_relationship SET customer_tenant_id = actor_tenant() WHERE partner_tenant_id = p_partner AND id = p_id
        AND customer_tenant_id IS NULL AND status = 'approvalPending' AND partner_tenant_id <> actor_tenant();
    RETURN FOUND;
END $$;
ALTER FUNCTION fn_claim_admin_relationship OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_claim_admin_relationship TO copartner_customer;

-- fn_lock_admin_relationship: the relationship, locked, when it is the acting partner's or names the acting customer.
CREATE FUNCTION fn_lock_admin_relationship(p_partner uuid, p_id uuid) RETURNS json LANGUAGE sql AS $$
    SELECT fn_admin_relationship_row(r) FROM admin_relationship r
    WHERE r.partner_tenant_id = p_partner AND r.id = p_id FOR UPDATE
$$;
GRANT EXECUTE ON FUNCTION fn_lock_admin_relationship TO copartner_partner, copartner_customer, copartner_worker;

-- fn_next_admin_relationship: the relationship for which the earliest thing, up to a moment, is due; see delegation/rules.py.
CREATE FUNCTION fn_next_admin_relationship(p_until timestamptz, p_waits interval, p_takes interval) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE v_next admin_relationship;
BEGIN
    SELECT (one.r).* INTO v_next FROM (
        (SELECT r, r.asked_at + p_waits AS due FROM admin_relationship r
            WHERE r.status = 'approvalPending' AND r.asked_at <= p_until - p_waits ORDER BY r.asked_at, r.id LIMIT 1)
        UNION ALL
        (SELECT r, r.ends_at FROM admin_relationship r
            WHERE r.status = 'active' AND r.ends_at <= p_until ORDER BY r.ends_at, r.id LIMIT 1)
        UNION ALL
        (SELECT r, r.modified_at + p_takes FROM admin_relationship r
            WHERE r.status IN ('approved', 'activating', 'expiring', 'terminationRequested', 'terminating')
            AND r.modified_at <= p_until - p_takes ORDER BY r.modified_at, r.id LIMIT 1)
    ) AS one ORDER BY one.due, (one.r).id LIMIT 1;
    RETURN CASE WHEN v_next.id IS NOT NULL THEN fn_admin_relationship_row(v_next) END;
END $$;
GRANT EXECUTE ON FUNCTION fn_next_admin_relationship TO copartner_worker;

-- fn_next_admin_notice: the relationship of whose end both have to be told first, up to a moment, and how many days before
-- it. What lies before the last change of the relationship is not told any more.
CREATE FUNCTION fn_next_admin_notice(p_notices integer[], p_until timestamptz, OUT relationship json, OUT days integer)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT fn_admin_relationship_row(found.r), found.day INTO relationship, days
    FROM unnest(p_notices) AS notice(day) CROSS JOIN unnest(p_notices || 1000) AS told(day)
    CROSS JOIN LATERAL (
        SELECT r, notice.day, r.ends_at - make_interval(days => notice.day) AS due FROM admin_relationship r
        WHERE r.status = 'active' AND r.auto_extend <> 'P180D' AND r.noticed = told.day
            AND r.ends_at <= p_until + make_interval(days => notice.day)
            AND r.ends_at - make_interval(days => notice.day) >= r.modified_at
        ORDER BY r.ends_at, r.id LIMIT 1) AS found
    WHERE told.day > notice.day ORDER BY found.due, (found.r).id LIMIT 1;
END $$;
GRANT EXECUTE ON FUNCTION fn_next_admin_notice TO copartner_worker;
