-- fn_within_cap: whether a customer's cap leaves none of these roles out; without a customer nothing is left out.
CREATE FUNCTION fn_within_cap(p_customer uuid, p_roles uuid[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT CASE c.kind WHEN 'allowed' THEN p_roles <@ c.roles ELSE NOT p_roles && c.roles END
        FROM role_cap c WHERE c.customer_tenant_id = p_customer), true);
END $$;
ALTER FUNCTION fn_within_cap OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_within_cap TO copartner_partner, copartner_customer;

-- fn_own_role_cap: the acting customer's cap, null while none is set.
CREATE FUNCTION fn_own_role_cap(p_tenant uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('customer_tenant_id', c.customer_tenant_id, 'kind', c.kind, 'roles', c.roles,
        'set_at', c.set_at, 'version', c.version) FROM role_cap c WHERE c.customer_tenant_id = p_tenant
$$;
GRANT EXECUTE ON FUNCTION fn_own_role_cap TO copartner_customer;

-- fn_own_grants: what the acting customer approved and holds, each with its partner.
CREATE FUNCTION fn_own_grants(p_tenant uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('relationship', fn_admin_relationship_row(r),
        'partner', fn_partner(r.partner_tenant_id)) ORDER BY r.id), '[]')
    FROM admin_relationship r WHERE r.customer_tenant_id = p_tenant
        AND r.status IN ('approved', 'activating', 'active')
$$;
GRANT EXECUTE ON FUNCTION fn_own_grants TO copartner_customer;

-- fn_read_role_cap: the acting customer, its cap, and the active relationships that are measured by it.
CREATE FUNCTION fn_read_role_cap(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := json_build_object('cap', fn_own_role_cap(p_tenant), 'grants', fn_own_grants(p_tenant));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_role_cap TO PUBLIC;

-- fn_approver: how the acting user and its tenant are named in a receipt.
CREATE FUNCTION fn_approver(p_tenant uuid, p_subject uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('tenantId', t.id, 'companyName', t.company_name, 'userId', p_subject,
        'userName', (SELECT u.user_principal_name FROM user_account u WHERE u.tenant_id = t.id AND u.id = p_subject))
    FROM tenant t WHERE t.id = p_tenant
$$;
GRANT EXECUTE ON FUNCTION fn_approver TO copartner_customer;

-- fn_offer_admin_relationship: the draft that a counter-proposal of the acting customer describes, in the hands of the
-- partner that it answers, under the first of these names that is free there; null where none is.
CREATE FUNCTION fn_offer_admin_relationship(p_partner uuid, p_id uuid, p_names text[]) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_name text;
BEGIN
    FOREACH v_name IN ARRAY p_names LOOP
        INSERT INTO admin_relationship (partner_tenant_id, id, customer_tenant_id, customer_name, display_name, roles,
            duration, auto_extend, status, created_at, modified_at, answer_reason, counters)
        SELECT c.partner_tenant_id, c.id, c.customer_tenant_id, c.customer_name, v_name, c.roles, c.duration,
            c.auto_extend, 'created', c.made_at, c.made_at, c.reason, c.counters
        FROM admin_counter_proposal c JOIN admin_relationship asked ON asked.partner_tenant_id = c.partner_tenant_id
            AND asked.id = c.counters AND asked.customer_tenant_id = c.customer_tenant_id
        WHERE c.partner_tenant_id = p_partner AND c.id = p_id AND c.customer_tenant_id = actor_tenant()
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN v_name;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
ALTER FUNCTION fn_offer_admin_relationship OWNER TO copartner_settler;
GRANT EXECUTE ON FUNCTION fn_offer_admin_relationship TO copartner_customer;

-- fn_take_counter_proposal: the acting partner's draft becomes what its customer approved in advance, while it says
-- nothing else than the proposal does, for 90 days; whether it did.
CREATE FUNCTION fn_take_counter_proposal(p_id uuid, p_status text, p_now timestamptz, p_activated timestamptz,
    p_ends timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    UPDATE admin_relationship r SET status = p_status, modified_at = p_now, asked_at = p_now,
        activated_at = p_activated, ends_at = p_ends, version = r.version + 1
    FROM admin_counter_proposal c
    WHERE r.partner_tenant_id = actor_tenant() AND r.id = p_id AND r.status = 'created' AND r.version = 1
        AND p_status IN ('approved', 'active') AND p_now < c.made_at + interval '90 days'
        AND (c.partner_tenant_id, c.id, c.customer_tenant_id, c.roles, c.duration, c.auto_extend)
            = (r.partner_tenant_id, r.id, r.customer_tenant_id, r.roles, r.duration, r.auto_extend);
    RETURN FOUND;
END $$;
ALTER FUNCTION fn_take_counter_proposal OWNER TO copartner_settler;
GRANT EXECUTE ON FUNCTION fn_take_counter_proposal TO copartner_partner;

-- fn_counter_proposal: who offered what the acting partner takes, and the partner that takes it.
CREATE FUNCTION fn_counter_proposal(p_partner uuid, p_id uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('approver', json_build_object('tenantId', c.customer_tenant_id,
            'companyName', c.customer_name, 'userId', c.made_by, 'userName', c.made_by_name),
        'approved_at', c.made_at, 'reason', c.reason, 'partner', fn_partner(p_partner))
    FROM admin_counter_proposal c WHERE c.partner_tenant_id = p_partner AND c.id = p_id
$$;
GRANT EXECUTE ON FUNCTION fn_counter_proposal TO copartner_partner;

-- fn_keep_receipt: one copy of a receipt for each of its two tenants, of which the acting one is one.
CREATE FUNCTION fn_keep_receipt(p_partner uuid, p_customer uuid, p_id uuid, p_issued timestamptz, p_jws text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    INSERT INTO consent_receipt (tenant_id, id, partner_tenant_id, customer_tenant_id, issued_at, jws)
    SELECT concerned, p_id, p_partner, p_customer, p_issued, p_jws
    FROM unnest(ARRAY[p_partner, p_customer]) AS concerned WHERE actor_tenant() IN (p_partner, p_customer);
END $$;
ALTER FUNCTION fn_keep_receipt OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_keep_receipt TO copartner_partner, copartner_customer;

-- fn_receipt_row: one receipt as the store reads it.
CREATE FUNCTION fn_receipt_row(r consent_receipt) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', r.id, 'partner_tenant_id', r.partner_tenant_id,
        'customer_tenant_id', r.customer_tenant_id, 'issued_at', r.issued_at, 'jws', r.jws)
$$;
GRANT EXECUTE ON FUNCTION fn_receipt_row TO copartner_partner, copartner_customer, copartner_operator;

-- fn_list_receipts: a page of the acting tenant's receipts, and one more where the list goes on.
CREATE FUNCTION fn_list_receipts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_after uuid,
    p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT json_build_object('total', NULL, 'items', coalesce(json_agg(fn_receipt_row(page) ORDER BY (page).id), '[]')),
        coalesce((SELECT json_agg(json_build_object('type', 'Home', 'id', reader, 'tenant', reader))
            FROM (SELECT DISTINCT unnest(array_agg((page).tenant_id))) AS readers(reader)), '[]')
    INTO body, shapes
    FROM (SELECT r FROM consent_receipt r WHERE r.tenant_id = p_tenant AND (p_after IS NULL OR r.id > p_after)
        ORDER BY r.id LIMIT p_size + 1) AS listed(page);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_receipts TO PUBLIC;

-- fn_read_receipt: one receipt of the acting tenant.
CREATE FUNCTION fn_read_receipt(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_id uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT fn_receipt_row(r) INTO body FROM consent_receipt r WHERE r.tenant_id = p_tenant AND r.id = p_id;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_receipt TO PUBLIC;
