-- fn_catalogue_item: one availability with its terms, its SKU and its product, shaped like model.Item.
CREATE FUNCTION fn_catalogue_item(p_product text, p_sku text, p_availability text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT json_build_object(
        'product', json_build_object('id', p.id, 'title', p.title, 'description', p.description,
            'publisher', p.publisher, 'product_type', p.product_type, 'sub_type', p.sub_type,
            'target_views', p.target_views),
        'sku', json_build_object('product_id', s.product_id, 'id', s.id, 'title', s.title, 'description', s.description,
            'minimum_quantity', s.minimum_quantity, 'maximum_quantity', s.maximum_quantity,
            'pooled_maximum', s.pooled_maximum, 'one_per_seller', s.one_per_seller, 'is_trial', s.is_trial,
            'is_azure', s.is_azure, 'is_reservation', s.is_reservation, 'parents', s.parents,
            'prerequisites', s.prerequisites, 'seller_prerequisites', s.seller_prerequisites,
            'upgrade_targets', s.upgrade_targets, 'conversion_targets', s.conversion_targets,
            'activation_link', s.activation_link,
            'billing_cycles', (SELECT coalesce(json_agg(DISTINCT t.billing_cycle), '[]') FROM catalogue_term t
                WHERE (t.product_id, t.sku_id, t.availability_id) = (a.product_id, a.sku_id, a.id))),
        'availability', json_build_object('product_id', a.product_id, 'sku_id', a.sku_id, 'id', a.id,
            'country', a.country, 'segment', a.segment, 'currency', a.currency, 'is_purchasable', a.is_purchasable,
            'is_renewable', a.is_renewable,
            'terms', (SELECT coalesce(json_agg(json_build_object('id', t.id, 'duration', t.duration,
                    'billing_cycle', t.billing_cycle, 'description', t.description, 'list_price', t.list_price::text,
                    'partner_price', t.partner_price::text) ORDER BY t.place), '[]') FROM catalogue_term t
                WHERE (t.product_id, t.sku_id, t.availability_id) = (a.product_id, a.sku_id, a.id))))
    FROM catalogue_availability a
    JOIN catalogue_sku s ON (s.product_id, s.id) = (a.product_id, a.sku_id)
    JOIN catalogue_product p ON p.id = a.product_id
    WHERE (a.product_id, a.sku_id, a.id) = (p_product, p_sku, p_availability));
END $$;
GRANT EXECUTE ON FUNCTION fn_catalogue_item TO copartner_partner, copartner_customer, copartner_operator;

-- fn_read_products: what is sold in a country, or in that of a customer, as one view shows it to one segment.
CREATE FUNCTION fn_read_products(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_country text, p_view text,
    p_segment text, OUT facts json, OUT body json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_catalogue_facts(p_side, p_tenant, p_subject, p_app_only, p_customer);
    body := fn_products_sold(fn_catalogue_country(p_customer, p_country), p_view, p_segment);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_products TO PUBLIC;

-- fn_read_product_items: one product with its SKUs and their availabilities in a country, or in that of a customer.
CREATE FUNCTION fn_read_product_items(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_country text, p_product text,
    OUT facts json, OUT body json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_catalogue_facts(p_side, p_tenant, p_subject, p_app_only, p_customer);
    body := fn_product_items(fn_catalogue_country(p_customer, p_country), p_product);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_product_items TO PUBLIC;

-- fn_catalogue_facts: what decides reading the catalogue at home, or for a customer where one is named.
CREATE FUNCTION fn_catalogue_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_customer IS NULL THEN
        RETURN fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    END IF;
    RETURN fn_customer_facts(p_side, p_tenant, p_subject, p_app_only, p_customer, false);
END $$;
GRANT EXECUTE ON FUNCTION fn_catalogue_facts TO copartner_partner, copartner_customer, copartner_operator;

-- fn_catalogue_country: the country of the customer's tenant where one is named, else the one that was asked for.
CREATE FUNCTION fn_catalogue_country(p_customer uuid, p_country text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_customer IS NULL THEN
        RETURN p_country;
    END IF;
    RETURN fn_tenants(ARRAY[p_customer]) -> 0 ->> 'country';
END $$;
GRANT EXECUTE ON FUNCTION fn_catalogue_country TO copartner_partner, copartner_customer, copartner_operator;

-- fn_products_sold: products with an availability in the country; without a segment all but nonprofit ones count.
CREATE FUNCTION fn_products_sold(p_country text, p_view text, p_segment text) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(json_build_object('id', p.id, 'title', p.title, 'description', p.description,
        'publisher', p.publisher, 'product_type', p.product_type, 'sub_type', p.sub_type,
        'target_views', p.target_views) ORDER BY p.title, p.id), '[]')
    FROM catalogue_product p
    WHERE p_view = ANY (p.target_views) AND EXISTS (
        SELECT FROM catalogue_availability a WHERE a.product_id = p.id AND a.country = p_country
        AND CASE WHEN p_segment IS NULL THEN a.segment <> 'nonprofit' ELSE a.segment = p_segment END)
$$;
GRANT EXECUTE ON FUNCTION fn_products_sold TO copartner_partner, copartner_customer, copartner_operator;

-- fn_product_items: every availability of one product in a country.
CREATE FUNCTION fn_product_items(p_country text, p_product text) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(fn_catalogue_item(a.product_id, a.sku_id, a.id) ORDER BY a.sku_id, a.id), '[]')
    FROM catalogue_availability a WHERE a.product_id = p_product AND a.country = p_country
$$;
GRANT EXECUTE ON FUNCTION fn_product_items TO copartner_partner, copartner_customer, copartner_operator;

-- fn_catalogue_items: the items of these product, SKU and availability triples; unknown ones are absent.
CREATE FUNCTION fn_catalogue_items(p_products text[], p_skus text[], p_availabilities text[]) RETURNS TABLE (item json)
LANGUAGE sql STABLE AS $$
    SELECT fn_catalogue_item(a.product_id, a.sku_id, a.id)
    FROM catalogue_availability a
    JOIN unnest(p_products, p_skus, p_availabilities) AS w (product_id, sku_id, id) USING (product_id, sku_id, id)
$$;
GRANT EXECUTE ON FUNCTION fn_catalogue_items TO copartner_partner, copartner_customer, copartner_operator;

-- fn_offers_sold: every item that is sold in a country, by title.
CREATE FUNCTION fn_offers_sold(p_country text) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(fn_catalogue_item(a.product_id, a.sku_id, a.id)
        ORDER BY k.title, a.product_id, a.sku_id, a.id), '[]')
    FROM catalogue_availability a JOIN catalogue_sku k ON (k.product_id, k.id) = (a.product_id, a.sku_id)
    WHERE a.country = p_country
$$;
GRANT EXECUTE ON FUNCTION fn_offers_sold TO copartner_partner, copartner_customer, copartner_operator;

-- fn_read_offers: every item that is sold in a country, or in that of a customer.
CREATE FUNCTION fn_read_offers(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_country text,
    OUT facts json, OUT body json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_catalogue_facts(p_side, p_tenant, p_subject, p_app_only, p_customer);
    body := fn_offers_sold(fn_catalogue_country(p_customer, p_country));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_offers TO PUBLIC;

-- fn_promotion_row: one promotion, shaped like model.Promotion.
CREATE FUNCTION fn_promotion_row(p catalogue_promotion) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', p.id, 'name', p.name, 'description', p.description,
        'starts_at', p.starts_at, 'ends_at', p.ends_at, 'segment', p.segment, 'product_id', p.product_id,
        'sku_id', p.sku_id, 'duration', p.duration, 'billing_cycle', p.billing_cycle, 'discount', p.discount::text,
        'minimum_seats', p.minimum_seats, 'maximum_seats', p.maximum_seats)
$$;
GRANT EXECUTE ON FUNCTION fn_promotion_row TO copartner_partner, copartner_customer, copartner_operator;

-- fn_promotions_sold: the promotions for what is sold in a country, whenever they run.
CREATE FUNCTION fn_promotions_sold(p_country text) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(fn_promotion_row(p) ORDER BY p.id), '[]')
    FROM catalogue_promotion p WHERE EXISTS (SELECT FROM catalogue_availability a
        WHERE (a.product_id, a.sku_id, a.country) = (p.product_id, p.sku_id, p_country))
$$;
GRANT EXECUTE ON FUNCTION fn_promotions_sold TO copartner_partner, copartner_customer, copartner_operator;

-- fn_read_promotions: the promotions of a country.
CREATE FUNCTION fn_read_promotions(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_country text, OUT facts json, OUT body json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_catalogue_facts(p_side, p_tenant, p_subject, p_app_only, NULL);
    body := fn_promotions_sold(p_country);
END $$;
GRANT EXECUTE ON FUNCTION fn_read_promotions TO PUBLIC;

-- fn_read_promotion_basis: the promotions and the items of a customer's country, by which a purchase is judged.
CREATE FUNCTION fn_read_promotion_basis(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, OUT facts json, OUT body json)
LANGUAGE plpgsql AS $$
DECLARE v_country text;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_catalogue_facts(p_side, p_tenant, p_subject, p_app_only, p_customer);
    v_country := fn_catalogue_country(p_customer, NULL);
    body := json_build_object('promotions', fn_promotions_sold(v_country), 'items', fn_offers_sold(v_country));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_promotion_basis TO PUBLIC;

-- fn_find_offers: what is sold in a customer's country by a part of its name or product, by title, at most so many: what
-- stands alone, or what goes below a subscription of the acting partner where one is named.
CREATE FUNCTION fn_find_offers(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_part text, p_parent uuid,
    p_size integer, OUT facts json, OUT body json)
LANGUAGE plpgsql AS $$
DECLARE
    v_part text := lower(p_part);
    v_parent text;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    SELECT s.product_id || ':' || s.sku_id INTO v_parent FROM subscription s
        WHERE s.customer_tenant_id = p_customer AND s.id = p_parent;
    facts := fn_catalogue_facts(p_side, p_tenant, p_subject, p_app_only, p_customer);
    SELECT coalesce(json_agg(fn_catalogue_item(sold.product_id, sold.sku_id, sold.id)
        ORDER BY sold.title, sold.product_id, sold.sku_id, sold.id), '[]') INTO body
    FROM (SELECT k.title, a.product_id, a.sku_id, a.id
        FROM catalogue_availability a
            JOIN catalogue_sku k ON (k.product_id, k.id) = (a.product_id, a.sku_id)
            JOIN catalogue_product p ON p.id = a.product_id
        WHERE a.country = fn_catalogue_country(p_customer, NULL) AND a.is_purchasable AND a.segment <> 'nonprofit'
        AND CASE WHEN p_parent IS NULL THEN k.parents = '{}' ELSE v_parent = ANY (k.parents) END
        AND strpos(lower(k.title || ' ' || p.title || ' ' || p.id), v_part) > 0
        ORDER BY k.title, a.product_id, a.sku_id, a.id LIMIT p_size) AS sold;
END $$;
GRANT EXECUTE ON FUNCTION fn_find_offers TO PUBLIC;

-- fn_read_offer: one item that is sold in a customer's country, with the promotions for it, whenever they run.
CREATE FUNCTION fn_read_offer(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_product text, p_sku text,
    p_availability text, OUT facts json, OUT body json)
LANGUAGE plpgsql AS $$
DECLARE v_item json;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_catalogue_facts(p_side, p_tenant, p_subject, p_app_only, p_customer);
    v_item := fn_catalogue_item(p_product, p_sku, p_availability);
    body := 'null';
    IF v_item -> 'availability' ->> 'country' = fn_catalogue_country(p_customer, NULL) THEN
        body := json_build_object('facts', facts, 'item', v_item, 'promotions', (
            SELECT coalesce(json_agg(fn_promotion_row(p) ORDER BY p.id), '[]') FROM catalogue_promotion p
            WHERE (p.product_id, p.sku_id) = (p_product, p_sku)));
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_offer TO PUBLIC;

-- fn_ranged: a product with the number of its SKUs and the countries in which it is sold.
CREATE FUNCTION fn_ranged(p_product text) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('product', json_build_object('id', p.id, 'title', p.title, 'description', p.description,
            'publisher', p.publisher, 'product_type', p.product_type, 'sub_type', p.sub_type, 'target_views', p.target_views),
        'skus', (SELECT count(*) FROM catalogue_sku s WHERE s.product_id = p.id),
        'markets', (SELECT coalesce(json_agg(DISTINCT a.country), '[]') FROM catalogue_availability a
            WHERE a.product_id = p.id))
    FROM catalogue_product p WHERE p.id = p_product
$$;
GRANT EXECUTE ON FUNCTION fn_ranged TO copartner_partner, copartner_customer, copartner_operator;

-- fn_find_products: the products whose title, publisher or id has a text in small letters, sold in a country where one is
-- named, by title; at most so many of them.
CREATE FUNCTION fn_find_products(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_text text, p_country text,
    p_most integer, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    WITH wanted AS (
        SELECT p.id, p.title FROM catalogue_product p
        WHERE (p_text IS NULL OR strpos(lower(p.title), p_text) > 0 OR strpos(lower(p.publisher), p_text) > 0
                OR lower(p.id) = p_text)
            AND (p_country IS NULL OR EXISTS (SELECT FROM catalogue_availability a
                WHERE a.product_id = p.id AND a.country = p_country))
    ), part AS (SELECT w.id, w.title FROM wanted w ORDER BY w.title, w.id LIMIT p_most)
    SELECT json_build_object('total', (SELECT count(*) FROM wanted),
        'products', (SELECT coalesce(json_agg(fn_ranged(part.id) ORDER BY part.title, part.id), '[]') FROM part),
        'markets', (SELECT coalesce(json_agg(DISTINCT a.country), '[]') FROM catalogue_availability a)) INTO body;
END $$;
GRANT EXECUTE ON FUNCTION fn_find_products TO PUBLIC;

-- fn_read_product_range: one product as it is sold in a country, in its first one where none is named.
CREATE FUNCTION fn_read_product_range(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_product text,
    p_country text, OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
DECLARE
    v_ranged json;
    v_country text := p_country;
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    v_ranged := fn_ranged(p_product);
    IF v_country IS NULL THEN
        SELECT min(a.country) INTO v_country FROM catalogue_availability a WHERE a.product_id = p_product;
    END IF;
    body := CASE WHEN v_ranged IS NULL THEN 'null' ELSE json_build_object('ranged', v_ranged, 'country', v_country,
        'items', fn_product_items(v_country, p_product)) END;
END $$;
GRANT EXECUTE ON FUNCTION fn_read_product_range TO PUBLIC;
