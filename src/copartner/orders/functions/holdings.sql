-- fn_held_references: which of these `product:sku` references the customer holds, from anybody and from the acting partner.
-- A declared disclosure: that a prerequisite is there, never whose. Also whether another seller sold Azure, for the rules.
CREATE FUNCTION fn_held_references(
    p_customer uuid, p_references text[], OUT in_tenant text[], OUT own text[], OUT azure_elsewhere boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_partner uuid := actor_tenant();
BEGIN
    SELECT coalesce(array_agg(DISTINCT held.reference) FILTER (WHERE held.reference = ANY (p_references)), '{}'),
        coalesce(array_agg(DISTINCT held.reference)
            FILTER (WHERE held.reference = ANY (p_references) AND held.seller = v_partner), '{}'),
        coalesce(bool_or(held.kind = 'azure' AND held.seller <> v_partner), false)
    INTO in_tenant, own, azure_elsewhere
    FROM (SELECT s.product_id || ':' || s.sku_id AS reference, s.partner_tenant_id AS seller, s.kind
        FROM subscription s WHERE s.customer_tenant_id = p_customer AND s.status IN ('active', 'suspended', 'pending')
        AND fn_relationship(v_partner, p_customer) IS NOT NULL) AS held;
END $$;
ALTER FUNCTION fn_held_references OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_held_references TO copartner_partner;

-- fn_services_delegated_elsewhere: which of these products another seller with whole-tenant privileges sold the customer.
-- A declared disclosure, for the rules: that there is one, never who. Null unless the acting partner has such privileges too.
CREATE FUNCTION fn_services_delegated_elsewhere(p_customer uuid, p_products text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_partner uuid := actor_tenant();
BEGIN
    IF NOT coalesce((fn_relationship(v_partner, p_customer) ->> 'privileges')::boolean, false) THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT coalesce(array_agg(DISTINCT s.product_id), '{}') FROM subscription s
        JOIN reseller_relationship r ON r.customer_tenant_id = s.customer_tenant_id
            AND r.partner_tenant_id = s.partner_tenant_id AND r.state = 'active' AND r.privileges
        WHERE s.customer_tenant_id = p_customer AND s.product_id = ANY (p_products) AND s.partner_tenant_id <> v_partner
        AND s.status IN ('active', 'suspended', 'pending'));
END $$;
ALTER FUNCTION fn_services_delegated_elsewhere OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_services_delegated_elsewhere TO copartner_partner;

-- fn_service_delegated_elsewhere: whether there is such a product. Nobody else who has such privileges sells the customer
-- these products until the transaction ends.
CREATE FUNCTION fn_service_delegated_elsewhere(p_customer uuid, p_products text[]) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE v_product text;
BEGIN
    IF fn_services_delegated_elsewhere(p_customer, '{}') IS NULL THEN
        RETURN NULL;
    END IF;
    -- In one order everywhere, so that who sells the same two products does not wait in a circle.
    FOR v_product IN SELECT DISTINCT product FROM unnest(p_products) AS product ORDER BY product LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('copartner service ' || p_customer || v_product, 0));
    END LOOP;
    RETURN cardinality(fn_services_delegated_elsewhere(p_customer, p_products)) > 0;
END $$;
GRANT EXECUTE ON FUNCTION fn_service_delegated_elsewhere TO copartner_partner;
