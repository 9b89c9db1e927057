-- fn_subscription_resource: who sold it to whom, of any tenant; without a seller there is no such subscription.
CREATE FUNCTION fn_subscription_resource(p_customer uuid, p_subscription uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_seller uuid;
BEGIN
    SELECT s.partner_tenant_id INTO v_seller FROM subscription s
        WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription;
    RETURN json_build_object('type', 'Subscription', 'id', p_subscription, 'customer', p_customer, 'partner', v_seller);
END $$;
ALTER FUNCTION fn_subscription_resource OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_subscription_resource TO copartner_partner;

-- fn_subscription_facts: what decides an action on one subscription.
CREATE FUNCTION fn_subscription_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_subscription uuid, p_deep boolean)
RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', fn_subscription_resource(p_customer, p_subscription),
        'context', json_build_object('relationship', fn_relationship(p_tenant, p_customer),
            'agreement', CASE WHEN p_deep THEN fn_agreement(p_tenant, p_customer) END));
END $$;
GRANT EXECUTE ON FUNCTION fn_subscription_facts TO copartner_partner;

-- fn_subscription_row: one row as the store reads it.
CREATE FUNCTION fn_subscription_row(s subscription) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', s.id, 'customer_tenant_id', s.customer_tenant_id,
        'partner_tenant_id', s.partner_tenant_id, 'order_id', s.order_id, 'line_number', s.line_number,
        'partner_of_record', s.partner_of_record, 'parent_id', s.parent_id, 'product_id', s.product_id,
        'sku_id', s.sku_id, 'availability_id', s.availability_id, 'kind', s.kind, 'offer_name', s.offer_name,
        'nickname', s.nickname, 'quantity', s.quantity, 'status', s.status, 'auto_renew', s.auto_renew, 'term', s.term,
        'billing_cycle', s.billing_cycle, 'unit_price', s.unit_price, 'currency', s.currency, 'created_at', s.created_at,
        'starts_at', s.starts_at, 'commitment_ends_at', s.commitment_ends_at, 'is_trial', s.is_trial,
        'term_starts_at', s.term_starts_at, 'next_term', s.next_term, 'version', s.version)
$$;
GRANT EXECUTE ON FUNCTION fn_subscription_row TO copartner_partner;

-- fn_read_subscription: one subscription with the facts that decide its reading, in one trip: of an own one by one
-- statement under row security, of a foreign and of an unknown one by the same functions.
CREATE FUNCTION fn_read_subscription(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_subscription uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    SELECT json_build_object('principal', fn_actor(p_side, a),
            'resource', json_build_object('type', 'Subscription', 'id', s.id, 'customer', s.customer_tenant_id,
                'partner', s.partner_tenant_id),
            'context', json_build_object('relationship', fn_witness(r))),
        fn_subscription_row(s)
    INTO facts, body
    FROM subscription s
        JOIN actor a ON a.tenant_id = p_tenant AND a.subject_id = p_subject AND a.app_only = p_app_only
        LEFT JOIN reseller_relationship r
            ON r.partner_tenant_id = p_tenant AND r.customer_tenant_id = p_customer AND r.state = 'active'
    WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription;
    IF NOT FOUND THEN
        facts := fn_subscription_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_subscription, false);
        body := 'null';
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_subscription TO PUBLIC;

-- fn_list_subscriptions: a page of the subscriptions that the acting partner sold to a customer, one row more where it goes
-- on, and how many there are: at most 10,000 are counted, beyond that the total is null. Its rows are those of
-- fn_subscription_row, column by column, which become JSON in half the time; null each where the page is empty. The columns
-- are in the order of the page, which nothing else in the statement may sort.
CREATE FUNCTION fn_list_subscriptions(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_order uuid, p_parent uuid,
    p_after uuid, p_skip integer, p_size integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_after uuid := coalesce(p_after, '00000000-0000-0000-0000-000000000000');
    v_sellers uuid[];
    v_columns json;
    v_total integer;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
    SELECT json_build_object('id', array_agg(page.id), 'customer_tenant_id', array_agg(page.customer_tenant_id),
            'partner_tenant_id', array_agg(page.partner_tenant_id), 'order_id', array_agg(page.order_id),
            'line_number', array_agg(page.line_number), 'partner_of_record', array_agg(page.partner_of_record),
            'parent_id', array_agg(page.parent_id), 'product_id', array_agg(page.product_id),
            'sku_id', array_agg(page.sku_id), 'availability_id', array_agg(page.availability_id),
            'kind', array_agg(page.kind), 'offer_name', array_agg(page.offer_name),
            'nickname', array_agg(page.nickname), 'quantity', array_agg(page.quantity),
            'status', array_agg(page.status), 'auto_renew', array_agg(page.auto_renew), 'term', array_agg(page.term),
            'billing_cycle', array_agg(page.billing_cycle), 'unit_price', array_agg(page.unit_price),
            'currency', array_agg(page.currency), 'created_at', array_agg(page.created_at),
            'starts_at', array_agg(page.starts_at), 'commitment_ends_at', array_agg(page.commitment_ends_at),
            'is_trial', array_agg(page.is_trial), 'term_starts_at', array_agg(page.term_starts_at),
            'next_term', array_agg(page.next_term), 'version', array_agg(page.version)),
        array_agg(page.partner_tenant_id), count(*)
    INTO v_columns, v_sellers, v_total
    FROM (SELECT s.id, s.customer_tenant_id, s.partner_tenant_id, s.order_id, s.line_number, s.partner_of_record,
            s.parent_id, s.product_id, s.sku_id, s.availability_id, s.kind, s.offer_name, s.nickname, s.quantity,
            s.status, s.auto_renew, s.term, s.billing_cycle, s.unit_price, s.currency, s.created_at, s.starts_at,
            s.commitment_ends_at, s.is_trial, s.term_starts_at, s.next_term, s.version
        FROM subscription s
        WHERE s.partner_tenant_id = p_tenant AND s.customer_tenant_id = p_customer AND s.id > v_after
        AND (p_order IS NULL OR s.order_id = p_order) AND (p_parent IS NULL OR s.parent_id = p_parent)
        ORDER BY s.id OFFSET p_skip LIMIT p_size + 1) AS page;
    IF p_after IS NOT NULL OR p_skip > 0 OR v_total > p_size THEN
        -- Not the whole list, so it is counted.
        SELECT nullif(count(*), 10001) INTO v_total FROM (SELECT FROM subscription s
            WHERE s.partner_tenant_id = p_tenant AND s.customer_tenant_id = p_customer
            AND (p_order IS NULL OR s.order_id = p_order) AND (p_parent IS NULL OR s.parent_id = p_parent)
            LIMIT 10001) AS counted;
    END IF;
    body := json_build_object('total', v_total, 'columns', v_columns);
    SELECT coalesce(json_agg(json_build_object('type', 'Subscription', 'id', seller, 'customer', p_customer,
        'partner', seller)), '[]') INTO shapes FROM (SELECT DISTINCT unnest(v_sellers)) AS sellers(seller);
END $$;
GRANT EXECUTE ON FUNCTION fn_list_subscriptions TO PUBLIC;

-- fn_seller_names: the names of those who sold something to a customer.
CREATE FUNCTION fn_seller_names(p_customer uuid) RETURNS TABLE (tenant_id uuid, company_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
    SELECT t.id, t.company_name FROM tenant t
    WHERE t.id IN (SELECT s.partner_tenant_id FROM subscription s
        WHERE s.customer_tenant_id = p_customer AND p_customer = actor_tenant())
$$;
ALTER FUNCTION fn_seller_names OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_seller_names TO copartner_customer;

-- fn_list_held: what the acting customer holds, of all sellers, without what a seller pays.
CREATE FUNCTION fn_list_held(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_after uuid, p_size integer,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_after uuid := coalesce(p_after, '00000000-0000-0000-0000-000000000000');
    v_names json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT json_object_agg(n.tenant_id, n.company_name) INTO v_names FROM fn_seller_names(p_tenant) n;
    SELECT coalesce(json_agg(json_build_object('id', page.id, 'partner_tenant_id', page.partner_tenant_id,
            'seller_name', v_names ->> page.partner_tenant_id::text, 'offer_name', page.offer_name,
            'nickname', page.nickname, 'quantity', page.quantity, 'status', page.status,
            'auto_renew', page.auto_renew, 'term', page.term, 'billing_cycle', page.billing_cycle,
            'starts_at', page.starts_at, 'commitment_ends_at', page.commitment_ends_at) ORDER BY page.id), '[]'),
        coalesce((SELECT json_agg(shape) FROM (SELECT DISTINCT json_build_object('type', 'Home', 'id', o.owner,
            'tenant', o.owner)::jsonb AS shape FROM unnest(array_agg(page.customer_tenant_id)) AS o(owner)) AS owners), '[]')
    INTO body, shapes
    FROM (SELECT s.id, s.customer_tenant_id, s.partner_tenant_id, s.offer_name, s.nickname, s.quantity, s.status,
            s.auto_renew, s.term, s.billing_cycle, s.starts_at, s.commitment_ends_at
        FROM subscription s WHERE s.customer_tenant_id = p_tenant AND s.id > v_after
        ORDER BY s.id LIMIT p_size) AS page;
END $$;
GRANT EXECUTE ON FUNCTION fn_list_held TO PUBLIC;

-- fn_pool_held: the quantity of a SKU that all sellers together keep for a customer, without one subscription; serialises
-- those who take of it. A declared disclosure: the sum, never whose.
CREATE FUNCTION fn_pool_held(p_customer uuid, p_product text, p_sku text, p_without uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_customer || p_product || ':' || p_sku, 0));
    RETURN (SELECT coalesce(sum(s.quantity), 0) FROM subscription s WHERE s.customer_tenant_id = p_customer
        AND s.product_id = p_product AND s.sku_id = p_sku AND s.status IN ('active', 'suspended', 'pending')
        AND s.id IS DISTINCT FROM p_without AND fn_relationship(actor_tenant(), p_customer) IS NOT NULL);
END $$;
ALTER FUNCTION fn_pool_held OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_pool_held TO copartner_partner;

-- fn_lock_family: the acting partner's own row, the one above it and the add-ons below it that have not ended, locked.
-- The upper row always first, so that nobody waits in a circle; each statement sees what the one before waited for.
CREATE FUNCTION fn_lock_family(p_customer uuid, p_subscription uuid, OUT above json, OUT own json, OUT below json)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT fn_subscription_row(s) INTO above FROM subscription s WHERE s.customer_tenant_id = p_customer AND s.id =
        (SELECT c.parent_id FROM subscription c WHERE c.customer_tenant_id = p_customer AND c.id = p_subscription) FOR UPDATE;
    SELECT fn_subscription_row(s) INTO own FROM subscription s
        WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription FOR UPDATE;
    SELECT json_agg(addon.whole) INTO below FROM (
        SELECT fn_subscription_row(s) AS whole FROM subscription s WHERE s.customer_tenant_id = p_customer
        AND s.parent_id = p_subscription AND s.status IN ('pending', 'active', 'suspended') ORDER BY s.id FOR UPDATE) AS addon;
    above := coalesce(above, 'null');
    own := coalesce(own, 'null');
    below := coalesce(below, '[]');
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_family TO copartner_partner;

-- fn_read_on_subscription: the facts that decide reading one subscription, beside whatever is read of it.
CREATE FUNCTION fn_read_on_subscription(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_subscription uuid) RETURNS json
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    RETURN fn_subscription_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, p_subscription, false);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_on_subscription TO PUBLIC;

-- fn_read_addons: what the acting partner sold below one subscription, ended ones too.
CREATE FUNCTION fn_read_addons(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_parent uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE v_sellers uuid[];
BEGIN
    facts := fn_read_on_subscription(p_side, p_tenant, p_subject, p_app_only, p_customer, p_parent);
    SELECT coalesce(json_agg(fn_subscription_row(s) ORDER BY s.id), '[]'), array_agg(DISTINCT s.partner_tenant_id)
    INTO body, v_sellers FROM subscription s
    WHERE s.partner_tenant_id = p_tenant AND s.customer_tenant_id = p_customer AND s.parent_id = p_parent;
    SELECT coalesce(json_agg(json_build_object('type', 'Subscription', 'id', seller, 'customer', p_customer,
        'partner', seller)), '[]') INTO shapes FROM unnest(v_sellers) AS seller;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_addons TO PUBLIC;

-- fn_support_contact: who supports a subscription: the partner that its seller named, else the seller; null without one.
CREATE FUNCTION fn_support_contact(s subscription) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', s.id, 'customer_tenant_id', s.customer_tenant_id,
        'partner_tenant_id', s.partner_tenant_id, 'support_tenant_id', coalesce(s.support_tenant_id, s.partner_tenant_id),
        'mpn_id', coalesce(p.partner ->> 'mpn_id', ''), 'name', coalesce(p.partner ->> 'company_name', ''))
    FROM (SELECT fn_partner(coalesce(s.support_tenant_id, s.partner_tenant_id)) AS partner) AS p
$$;
GRANT EXECUTE ON FUNCTION fn_support_contact TO copartner_partner;

-- fn_read_support_contact: who supports one subscription that the acting partner sold.
CREATE FUNCTION fn_read_support_contact(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_subscription uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    facts := fn_read_on_subscription(p_side, p_tenant, p_subject, p_app_only, p_customer, p_subscription);
    SELECT fn_support_contact(s) INTO body FROM subscription s
        WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_support_contact TO PUBLIC;

-- fn_lock_support: one subscription of the acting partner with who supports it, locked, and the partner asked about.
CREATE FUNCTION fn_lock_support(p_customer uuid, p_subscription uuid, p_support uuid, OUT contact json, OUT named json)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT fn_support_contact(s) INTO contact FROM subscription s
        WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription FOR UPDATE;
    contact := coalesce(contact, 'null');
    named := coalesce(fn_partner(p_support), 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_support TO copartner_partner;

-- fn_registration: whether reservations may be bought with a subscription.
CREATE FUNCTION fn_registration(s subscription) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', s.id, 'customer_tenant_id', s.customer_tenant_id,
        'partner_tenant_id', s.partner_tenant_id, 'kind', s.kind, 'status', s.status, 'registered_at', s.registered_at)
$$;
GRANT EXECUTE ON FUNCTION fn_registration TO copartner_partner;

-- fn_read_registration: the registration of one subscription that the acting partner sold.
CREATE FUNCTION fn_read_registration(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_subscription uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    facts := fn_read_on_subscription(p_side, p_tenant, p_subject, p_app_only, p_customer, p_subscription);
    SELECT fn_registration(s) INTO body FROM subscription s
        WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_registration TO PUBLIC;

-- fn_lock_registration: the same, locked.
CREATE FUNCTION fn_lock_registration(p_customer uuid, p_subscription uuid) RETURNS json LANGUAGE plpgsql AS $$
DECLARE v_found json;
BEGIN
    SELECT fn_registration(s) INTO v_found FROM subscription s
        WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription FOR UPDATE;
    RETURN coalesce(v_found, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_lock_registration TO copartner_partner;

-- fn_read_activation: where what the acting partner sold by one subscription is activated, while it has not ended.
CREATE FUNCTION fn_read_activation(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_subscription uuid,
    OUT facts json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    facts := fn_read_on_subscription(p_side, p_tenant, p_subject, p_app_only, p_customer, p_subscription);
    SELECT json_build_object('line_number', s.line_number, 'link',
        CASE WHEN s.status IN ('active', 'pending', 'suspended') THEN k.activation_link END) INTO body
    FROM subscription s LEFT JOIN catalogue_sku k ON (k.product_id, k.id) = (s.product_id, s.sku_id)
    WHERE s.customer_tenant_id = p_customer AND s.id = p_subscription;
    body := coalesce(body, 'null');
END $$;
GRANT EXECUTE ON FUNCTION fn_read_activation TO PUBLIC;
