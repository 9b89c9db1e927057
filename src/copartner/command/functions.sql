-- fn_begin: acts for one side and tenant and claims the request id; answers with what an earlier request of that id left.
CREATE FUNCTION fn_begin(
    p_side text, p_tenant uuid, p_caller uuid, p_method text, p_path text, p_request_id text, p_digest bytea,
    p_machine_now timestamptz, OUT claimed boolean, OUT earlier_digest bytea, OUT earlier_result jsonb)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM act_as(p_side, p_tenant);
    claimed := p_request_id IS NOT NULL;
    IF NOT claimed THEN
        RETURN;
    END IF;
    LOOP
        INSERT INTO idempotency_key (tenant_id, caller_id, method, path, request_id, body_digest, created_at)
            SELECT t.id, p_caller, p_method, p_path, p_request_id, p_digest, p_machine_now FROM tenant t WHERE t.id = p_tenant
            ON CONFLICT DO NOTHING;
        claimed := FOUND;
        EXIT WHEN claimed;
        -- A claim that is older than a day is as good as none.
        DELETE FROM idempotency_key k WHERE k.tenant_id = p_tenant AND k.caller_id = p_caller AND k.method = p_method
            AND k.path = p_path AND k.request_id = p_request_id AND k.created_at < p_machine_now - interval '24 hours';
        EXIT WHEN NOT FOUND;
    END LOOP;
    IF NOT claimed THEN
        SELECT k.body_digest, k.result INTO earlier_digest, earlier_result FROM idempotency_key k
            WHERE k.tenant_id = p_tenant AND k.caller_id = p_caller AND k.method = p_method AND k.path = p_path
            AND k.request_id = p_request_id;
        IF NOT FOUND THEN
            -- A token outlived its tenant: the rules refuse it, and there is nobody to keep the request id for.
            earlier_digest := p_digest;
        END IF;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION fn_begin TO PUBLIC;

-- fn_write_audit: one row a tenant concerned, all of one actor; who that is and the customer's name are looked up here, not
-- taken from the caller.
CREATE FUNCTION fn_write_audit(p_rows jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_actor text := fn_actor_name((p_rows -> 0 ->> 'actor_id')::uuid, (p_rows -> 0 ->> 'app_only')::boolean);
BEGIN
    INSERT INTO audit_record (tenant_id, at, id, partner_tenant_id, customer_tenant_id, customer_name, actor_tenant_id,
        actor_name, application_id, operation_type, resource_type, resource_id, status, old_value, new_value, decision_id,
        correlation_id)
    SELECT r.tenant_id, r.at, r.id, r.partner_tenant_id, r.customer_tenant_id,
        (SELECT t.company_name FROM tenant t WHERE t.id = r.customer_tenant_id),
        CASE WHEN r.names_actor THEN actor_tenant() END,
        CASE WHEN r.names_actor THEN v_actor END,
        CASE WHEN r.names_actor AND r.app_only THEN r.actor_id END,
        r.operation_type, r.resource_type, r.resource_id, r.status, r.old_value, r.new_value, r.decision_id, r.correlation_id
    FROM jsonb_to_recordset(p_rows) AS r(tenant_id uuid, at timestamptz, id uuid, partner_tenant_id uuid,
        customer_tenant_id uuid, actor_tenant_id uuid, actor_id uuid, app_only boolean, names_actor boolean,
        operation_type text, resource_type text, resource_id text, status text, old_value jsonb, new_value jsonb,
        decision_id uuid, correlation_id text);
END $$;
ALTER FUNCTION fn_write_audit OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_write_audit
    TO copartner_partner, copartner_customer, copartner_operator, copartner_signin, copartner_worker;

-- fn_actor_name: the sign-in name of a user, the name of an application, of the acting tenant.
CREATE FUNCTION fn_actor_name(p_subject uuid, p_app_only boolean) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    IF p_app_only THEN
        RETURN (SELECT a.name FROM application a WHERE a.tenant_id = actor_tenant() AND a.id = p_subject);
    END IF;
    RETURN (SELECT u.user_principal_name FROM user_account u WHERE u.tenant_id = actor_tenant() AND u.id = p_subject);
END $$;
ALTER FUNCTION fn_actor_name OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_actor_name TO copartner_partner, copartner_customer, copartner_operator;

-- fn_keep_decided: decisions that counted, with all that the rules judged; what is absent of it is not kept.
CREATE FUNCTION fn_keep_decided(p_decided jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    INSERT INTO decided (at, id, action, allowed, rules, digest, facts)
    SELECT d.at, d.id, d.action, d.allowed, d.rules, d.digest, jsonb_strip_nulls(d.facts)
    FROM jsonb_to_recordset(p_decided) AS d(at timestamptz, id uuid, action text, allowed boolean, rules text[],
        digest text, facts jsonb);
END $$;
ALTER FUNCTION fn_keep_decided OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_keep_decided TO copartner_partner, copartner_customer, copartner_operator;

-- fn_finish: the audit of a command, the decisions it relied upon and the result kept for its request id, in one trip before
-- the commit.
CREATE FUNCTION fn_finish(
    p_rows jsonb, p_decided jsonb, p_tenant uuid, p_caller uuid, p_method text, p_path text, p_request_id text,
    p_result jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM fn_write_audit(p_rows);
    PERFORM fn_keep_decided(p_decided);
    IF p_request_id IS NOT NULL THEN
        UPDATE idempotency_key k SET result = p_result WHERE k.tenant_id = p_tenant AND k.caller_id = p_caller
            AND k.method = p_method AND k.path = p_path AND k.request_id = p_request_id;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION fn_finish TO copartner_partner, copartner_customer, copartner_operator;

-- fn_record_denial: a denial for one tenant concerned; an equal one within the hour raises its counter. Answers its id and
-- whether it is new. `judged`, in the caller's record alone, is the decision itself, kept and counted under the same id.
CREATE FUNCTION fn_record_denial(p_row jsonb, OUT id uuid, OUT is_new boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE
    r record;
    v_at timestamptz;
BEGIN
    SELECT * INTO r FROM jsonb_to_record(p_row) AS x(tenant_id uuid, id uuid, at timestamptz, likeness text,
        actor_tenant_id uuid, actor_id uuid, app_only boolean, names_actor boolean, action text, resource_type text,
        resource_id text, rules text[], caller_text text, facts jsonb, explained jsonb, digest text,
        judged jsonb);
    IF NOT EXISTS (SELECT FROM tenant t WHERE t.id = r.tenant_id) THEN
        -- A token outlived its tenant; nobody could read the record.
        is_new := false;
        RETURN;
    END IF;
    -- One after the other: of two equal denials at the same moment the second has to find the first. Their moments were
    -- taken before they waited, so either may be the earlier one.
    PERFORM pg_advisory_xact_lock(hashtextextended(r.tenant_id::text || r.likeness, 0));
    UPDATE decision_record d SET times = d.times + 1, last_at = r.at
        WHERE d.tenant_id = r.tenant_id AND d.id = (SELECT e.id FROM decision_record e
            WHERE e.tenant_id = r.tenant_id AND e.likeness = decode(r.likeness, 'hex')
            AND e.at > r.at - interval '1 hour' AND e.at < r.at + interval '1 hour' ORDER BY e.at DESC LIMIT 1)
        RETURNING d.id, d.at INTO id, v_at;
    is_new := id IS NULL;
    IF r.judged IS NOT NULL AND is_new THEN
        PERFORM fn_keep_decided(jsonb_build_array(r.judged || jsonb_build_object('id', r.id, 'at', r.at)));
    ELSIF r.judged IS NOT NULL THEN
        UPDATE decided d SET times = d.times + 1 WHERE d.at = v_at AND d.id = fn_record_denial.id;
    END IF;
    IF is_new THEN
        id := r.id;
        INSERT INTO decision_record (tenant_id, id, at, last_at, likeness, actor_tenant_id, actor_id, actor_name, action,
            resource_type, resource_id, rules, caller_text, facts, explained, digest)
        VALUES (r.tenant_id, r.id, r.at, r.at, decode(r.likeness, 'hex'),
            CASE WHEN r.names_actor THEN actor_tenant() END, CASE WHEN r.names_actor THEN r.actor_id END,
            CASE WHEN r.names_actor THEN fn_actor_name(r.actor_id, r.app_only) END,
            r.action, r.resource_type, r.resource_id, r.rules, r.caller_text, r.facts, r.explained,
            r.digest);
    END IF;
END $$;
ALTER FUNCTION fn_record_denial OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_record_denial TO copartner_partner, copartner_customer, copartner_operator;

-- fn_act_on_behalf: gives the transaction of a partner, once, the role that reaches a customer's directory, where the customer
-- delegates it; whether it did. Rows are compared with the customer until fn_act_in_own_name. Call it after the decision.
CREATE FUNCTION fn_act_on_behalf(p_customer uuid, p_now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'copartner_partner' OR coalesce(current_setting('copartner.delegating', true), '') <> '' THEN
        RAISE EXCEPTION 'a partner acts on behalf of one customer, once in a transaction';
    END IF;
    IF NOT fn_is_delegated(p_customer, p_now) THEN
        RETURN false;
    END IF;
    PERFORM set_config('copartner.delegating', actor_tenant()::text, true);
    PERFORM set_config('copartner.tenant', p_customer::text, true);
    SET LOCAL ROLE copartner_delegate;
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION fn_act_on_behalf TO copartner_partner;

-- fn_act_in_own_name: what follows is the partner's own again: it is the actor of its audit.
CREATE FUNCTION fn_act_in_own_name() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'copartner_delegate' THEN
        RAISE EXCEPTION 'this transaction acts on behalf of nobody';
    END IF;
    PERFORM set_config('copartner.tenant', current_setting('copartner.delegating'), true);
    SET LOCAL ROLE copartner_partner;
END $$;
GRANT EXECUTE ON FUNCTION fn_act_in_own_name TO copartner_delegate;
