-- fn_list_terms: what the acting customer holds, of one seller or all, by the end of the term: those that run, or those that
-- are over. A page of them, one more where it goes on, how many there are, and whose they are.
CREATE FUNCTION fn_list_terms(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_seller uuid, p_over boolean, p_after uuid, p_size integer,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_states text[] := CASE WHEN p_over THEN ARRAY['expired', 'deleted']
        ELSE ARRAY['pending', 'active', 'suspended', 'disabled'] END;
    v_from timestamptz := '-infinity';
    v_names json;
    v_sellers json;
    v_total bigint;
    v_items json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    IF p_after IS NOT NULL THEN
        SELECT coalesce(s.commitment_ends_at, 'infinity') INTO v_from FROM subscription s
            WHERE s.customer_tenant_id = p_tenant AND s.id = p_after;
    END IF;
    SELECT json_object_agg(n.tenant_id, n.company_name) INTO v_names FROM fn_seller_names(p_tenant) n;
    SELECT coalesce(json_agg(json_build_object('id', sale.seller, 'name', v_names ->> sale.seller::text,
            'subscriptions', sale.times) ORDER BY v_names ->> sale.seller::text, sale.seller), '[]'),
        coalesce(sum(sale.times) FILTER (WHERE p_seller IS NULL OR sale.seller = p_seller), 0)
    INTO v_sellers, v_total
    FROM (SELECT s.partner_tenant_id AS seller, count(*) AS times FROM subscription s
        WHERE s.customer_tenant_id = p_tenant AND s.status = ANY (v_states) GROUP BY s.partner_tenant_id) AS sale;
    SELECT coalesce(json_agg(json_build_object('id', page.id, 'partner_tenant_id', page.partner_tenant_id,
            'seller_name', v_names ->> page.partner_tenant_id::text, 'offer_name', page.offer_name,
            'nickname', page.nickname, 'quantity', page.quantity, 'status', page.status, 'auto_renew', page.auto_renew,
            'term', page.term, 'billing_cycle', page.billing_cycle, 'starts_at', page.starts_at,
            'commitment_ends_at', page.commitment_ends_at, 'term_starts_at', page.term_starts_at, 'is_trial', page.is_trial,
            'partner_of_record', page.partner_of_record, 'vendor', fn_partner(page.partner_tenant_id) IS NULL)
            ORDER BY page.ends, page.id), '[]'),
        coalesce(json_agg(DISTINCT jsonb_build_object('type', 'Home', 'id', page.customer_tenant_id,
            'tenant', page.customer_tenant_id)), '[]')
    INTO v_items, shapes
    FROM (SELECT s.id, s.customer_tenant_id, s.partner_tenant_id, s.offer_name, s.nickname, s.quantity, s.status,
            s.auto_renew, s.term, s.billing_cycle, s.starts_at, s.commitment_ends_at, s.term_starts_at, s.is_trial,
            s.partner_of_record, coalesce(s.commitment_ends_at, 'infinity') AS ends
        FROM subscription s WHERE s.customer_tenant_id = p_tenant AND s.status = ANY (v_states)
        AND (p_seller IS NULL OR s.partner_tenant_id = p_seller)
        AND (p_after IS NULL OR (coalesce(s.commitment_ends_at, 'infinity'), s.id) > (v_from, p_after))
        ORDER BY coalesce(s.commitment_ends_at, 'infinity'), s.id LIMIT p_size + 1) AS page;
    body := json_build_object('total', v_total, 'items', v_items, 'sellers', v_sellers);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_terms TO PUBLIC;
