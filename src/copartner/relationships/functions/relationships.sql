-- fn_relationship: the active relationship of a partner and a customer as the rules' witness; null when there is none or
-- neither of them acts.
CREATE FUNCTION fn_relationship(p_partner uuid, p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT json_build_object('id', r.id, 'partner', r.partner_tenant_id, 'customer', r.customer_tenant_id,
            'active', r.state = 'active', 'privileges', r.privileges)
        FROM reseller_relationship r
        WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.state = 'active'
        AND actor_tenant() IN (p_partner, p_customer));
END $$;
ALTER FUNCTION fn_relationship OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_relationship TO copartner_partner, copartner_customer;

-- fn_witness: a relationship as the rules' witness.
CREATE FUNCTION fn_witness(r reseller_relationship) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN r.id IS NOT NULL THEN json_build_object('id', r.id, 'partner', r.partner_tenant_id,
        'customer', r.customer_tenant_id, 'active', r.state = 'active', 'privileges', r.privileges) END
$$;
GRANT EXECUTE ON FUNCTION fn_witness TO copartner_partner, copartner_customer;

-- fn_known_tenant: the identifier itself when a tenant has it, else null.
CREATE FUNCTION fn_known_tenant(p_tenant uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT t.id FROM tenant t WHERE t.id = p_tenant);
END $$;
ALTER FUNCTION fn_known_tenant OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_known_tenant TO copartner_partner, copartner_customer, copartner_operator;

-- fn_customer_facts: a partner's user and one customer as that partner sees it. Deep facts add what the rules of selling
-- judge: the agreement, both tenants and both organisations.
CREATE FUNCTION fn_customer_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_customer uuid, p_deep boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    both_tenants uuid[] := ARRAY[p_tenant, p_customer];
    v_witness json;
    v_principal json;
BEGIN
    SELECT fn_actor(p_side, a), fn_witness(r) INTO v_principal, v_witness
    FROM actor a LEFT JOIN reseller_relationship r
        ON r.partner_tenant_id = p_tenant AND r.customer_tenant_id = p_customer AND r.state = 'active'
    WHERE a.tenant_id = p_tenant AND a.subject_id = p_subject AND a.app_only = p_app_only;
    RETURN json_build_object(
        'principal', coalesce(v_principal, fn_principal(p_side, p_tenant, p_subject, p_app_only)),
        'resource', json_build_object('type', 'Customer', 'id', p_customer, 'partner', p_tenant,
            'customer', CASE WHEN v_witness IS NULL THEN fn_known_tenant(p_customer) ELSE p_customer END),
        'context', json_build_object('relationship', v_witness,
            'agreement', CASE WHEN p_deep THEN fn_agreement(p_tenant, p_customer) END),
        'tenants', CASE WHEN p_deep THEN fn_tenants(both_tenants) ELSE '[]' END,
        'organisations', CASE WHEN p_deep THEN fn_organisations(both_tenants) ELSE '[]' END);
END $$;
GRANT EXECUTE ON FUNCTION fn_customer_facts TO copartner_partner;

-- fn_tenant_by_domain: the tenant that has a domain, its first or a later one, else null.
CREATE FUNCTION fn_tenant_by_domain(p_domain text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT d.tenant_id FROM tenant_domain d WHERE d.name = lower(p_domain));
END $$;
ALTER FUNCTION fn_tenant_by_domain OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_tenant_by_domain TO copartner_partner;

-- fn_asking_facts: an actor and its own tenant with what the rules judge of that, before it invites somebody.
CREATE FUNCTION fn_asking_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'Home', 'id', p_tenant, 'tenant', p_tenant),
        'tenants', fn_tenants(ARRAY[p_tenant]), 'organisations', fn_organisations(ARRAY[p_tenant]));
END $$;
GRANT EXECUTE ON FUNCTION fn_asking_facts TO copartner_partner;

-- fn_read_home: an actor and its own tenant, for what needs no row.
CREATE FUNCTION fn_read_home(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    body := 'null';
END $$;
GRANT EXECUTE ON FUNCTION fn_read_home TO PUBLIC;

-- fn_consent_context: the facts of an answer to one request, whatever tenant it names.
CREATE FUNCTION fn_consent_context(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_resource json) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_partner uuid := p_resource ->> 'partner';
    v_customer uuid := p_resource ->> 'customer';
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only), 'resource', p_resource,
        'context', json_build_object('relationship', fn_relationship(v_partner, v_customer),
            'agreement', fn_agreement(v_partner, v_customer)),
        'tenants', fn_tenants(ARRAY[v_partner, v_customer]),
        'organisations', fn_organisations(ARRAY[v_partner, v_customer]));
END $$;
GRANT EXECUTE ON FUNCTION fn_consent_context TO copartner_customer;

-- fn_consent_facts: a customer's user and a request as it would answer it.
CREATE FUNCTION fn_consent_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_request uuid)
RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN fn_consent_context(p_side, p_tenant, p_subject, p_app_only, fn_request_resource(p_request, p_tenant));
END $$;
GRANT EXECUTE ON FUNCTION fn_consent_facts TO copartner_customer;

-- fn_standing_facts: a customer's user and the standing link of a partner; without a partner there is no such link.
CREATE FUNCTION fn_standing_facts(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid)
RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE v_partner uuid := fn_partner(p_partner) ->> 'tenant_id';
BEGIN
    RETURN fn_consent_context(p_side, p_tenant, p_subject, p_app_only, json_build_object(
        'type', 'RelationshipRequest', 'id', p_partner, 'partner', v_partner,
        'customer', CASE WHEN v_partner IS NOT NULL THEN p_tenant END));
END $$;
GRANT EXECUTE ON FUNCTION fn_standing_facts TO copartner_customer;

-- fn_invitation: what a request says to the tenant it addresses; null for any other tenant.
CREATE FUNCTION fn_invitation(p_request uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (SELECT json_build_object('state', r.state, 'reason', r.reason) FROM relationship_request r
        WHERE r.id = p_request AND coalesce(r.customer_tenant_id, actor_tenant()) = actor_tenant());
END $$;
ALTER FUNCTION fn_invitation OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_invitation TO copartner_customer;

-- fn_read_consent: a request as the customer it addresses reads it.
CREATE FUNCTION fn_read_consent(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_request uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_consent_facts(p_side, p_tenant, p_subject, p_app_only, p_request);
    body := json_build_object('facts', facts, 'partner', fn_partner((facts -> 'resource' ->> 'partner')::uuid),
        'invitation', fn_invitation(p_request));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_consent TO PUBLIC;

-- fn_read_standing: a partner's standing link as the customer that opened it reads it.
CREATE FUNCTION fn_read_standing(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_standing_facts(p_side, p_tenant, p_subject, p_app_only, p_partner);
    body := json_build_object('facts', facts, 'partner', fn_partner(p_partner));
END $$;
GRANT EXECUTE ON FUNCTION fn_read_standing TO PUBLIC;

-- fn_claim_request: names the acting customer in an open request that still waits; whether there was one.
CREATE FUNCTION fn_claim_request(p_request uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    UPDATE relationship_request SET customer_tenant_id = actor_tenant()
        WHERE id = p_request AND customer_tenant_id IS NULL AND state = 'pending';
    RETURN FOUND;
END $$;
ALTER FUNCTION fn_claim_request OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_claim_request TO copartner_customer;

-- fn_relationship_row: one relationship as the store reads it.
CREATE FUNCTION fn_relationship_row(r reseller_relationship) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_build_object('id', r.id, 'customer_tenant_id', r.customer_tenant_id,
        'partner_tenant_id', r.partner_tenant_id, 'company_name', r.company_name, 'domain', r.domain,
        'privileges', r.privileges, 'formed_at', r.formed_at, 'ended_at', r.ended_at)
$$;
GRANT EXECUTE ON FUNCTION fn_relationship_row TO copartner_partner, copartner_customer, copartner_worker;

-- fn_own_relationship_facts: a customer's user and its relationship with one partner; without a partner there is none.
CREATE FUNCTION fn_own_relationship_facts(
    p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean, p_partner uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE witness json := fn_relationship(p_partner, p_tenant);
BEGIN
    RETURN json_build_object('principal', fn_principal(p_side, p_tenant, p_subject, p_app_only),
        'resource', json_build_object('type', 'Customer', 'id', p_tenant, 'partner', witness ->> 'partner',
            'customer', p_tenant),
        'context', json_build_object('relationship', witness));
END $$;
GRANT EXECUTE ON FUNCTION fn_own_relationship_facts TO copartner_customer;

-- fn_list_own_relationships: every active relationship of the acting customer, with the partner's name.
CREATE FUNCTION fn_list_own_relationships(p_side text, p_tenant uuid, p_subject uuid, p_app_only boolean,
    OUT facts json, OUT shapes json, OUT body json) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    facts := fn_home_facts(p_side, p_tenant, p_subject, p_app_only);
    SELECT coalesce(json_agg(json_build_object('id', r.id, 'partner', fn_partner(r.partner_tenant_id),
            'privileges', r.privileges, 'formed_at', r.formed_at) ORDER BY r.id), '[]'),
        coalesce((SELECT json_agg(json_build_object('type', 'Home', 'id', owner, 'tenant', owner))
            FROM (SELECT DISTINCT unnest(array_agg(r.customer_tenant_id))) AS owners(owner)), '[]')
    INTO body, shapes
    FROM reseller_relationship r WHERE r.customer_tenant_id = p_tenant AND r.state = 'active';
END $$;
GRANT EXECUTE ON FUNCTION fn_list_own_relationships TO PUBLIC;

-- fn_ending: what of a partner's sales still stands in the way of the end of its relationship with a customer.
CREATE FUNCTION fn_ending(p_partner uuid, p_customer uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    RETURN (
        SELECT json_build_object('active', count(*) FILTER (WHERE s.status <> 'suspended'), 'running', count(*),
            'reservations', count(*) FILTER (WHERE s.kind = 'reservation'))
        FROM subscription s WHERE s.partner_tenant_id = p_partner AND p_partner = actor_tenant()
        AND s.customer_tenant_id = p_customer AND s.status IN ('pending', 'active', 'suspended'));
END $$;
ALTER FUNCTION fn_ending OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_ending TO copartner_partner;

-- fn_lock_request: the request, locked, when it is one of the acting partner's or names the acting customer.
CREATE FUNCTION fn_lock_request(p_request uuid) RETURNS json LANGUAGE sql AS $$
    SELECT fn_request_row(r) FROM relationship_request r WHERE r.id = p_request FOR UPDATE
$$;
GRANT EXECUTE ON FUNCTION fn_lock_request TO copartner_partner, copartner_customer;

-- fn_lock_relationship: the active relationship of a partner and a customer, locked; one of them acts.
CREATE FUNCTION fn_lock_relationship(p_partner uuid, p_customer uuid) RETURNS json LANGUAGE sql AS $$
    SELECT fn_relationship_row(r) FROM reseller_relationship r
    WHERE r.partner_tenant_id = p_partner AND r.customer_tenant_id = p_customer AND r.state = 'active' FOR UPDATE
$$;
GRANT EXECUTE ON FUNCTION fn_lock_relationship TO copartner_partner, copartner_customer;

-- fn_form_relationship: a relationship of the acting customer, under its present name.
CREATE FUNCTION fn_form_relationship(p_id uuid, p_partner uuid, p_request uuid, p_privileges boolean, p_now timestamptz)
RETURNS json LANGUAGE sql AS $$
    INSERT INTO reseller_relationship AS r (customer_tenant_id, id, partner_tenant_id, request_id, state, privileges,
        company_name, domain, formed_at)
    SELECT t.id, p_id, p_partner, p_request, 'active', p_privileges, t.company_name, t.domain, p_now
    FROM tenant t WHERE t.id = actor_tenant()
    RETURNING fn_relationship_row(r)
$$;
GRANT EXECUTE ON FUNCTION fn_form_relationship TO copartner_customer;
