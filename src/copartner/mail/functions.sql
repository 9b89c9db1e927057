-- fn_post_letters: puts letters into the outbox; whoever writes one has no other reach to it.
CREATE FUNCTION fn_post_letters(p_letters jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    INSERT INTO mail_outbox (tenant_id, id, recipient, subject, body, language, written_at)
    SELECT l.tenant_id, l.id, l.recipient, l.subject, l.body, l.language, l.written_at
    FROM jsonb_to_recordset(p_letters) AS l(tenant_id uuid, id uuid, recipient text, subject text, body text,
        language text, written_at timestamptz);
END $$;
ALTER FUNCTION fn_post_letters OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_post_letters TO copartner_partner, copartner_customer, copartner_operator, copartner_worker;

-- fn_post_circular: one letter to everybody who holds one of these roles in tenants of these sides, in the language of their
-- tenant, English where there is no other; answers how many. A tenant's side is the operator's, else a partner's, else a
-- customer's; no markets are all of them. The key makes the letter's id, so that the same circular is never written twice.
CREATE FUNCTION fn_post_circular(p_key text, p_sides text[], p_markets text[], p_roles text[], p_address text, p_texts jsonb,
    p_written_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_written integer;
BEGIN
    INSERT INTO mail_outbox (tenant_id, id, recipient, subject, body, language, written_at)
    SELECT a.tenant_id, md5(p_key || a.tenant_id::text || a.subject_id::text)::uuid, u.user_principal_name, said.text ->> 'subject',
        said.text ->> 'body', said.language, p_written_at
    FROM actor a
    JOIN tenant t ON t.id = a.tenant_id
    JOIN user_account u ON u.tenant_id = a.tenant_id AND u.id = a.subject_id
    JOIN LATERAL (SELECT x.key AS language, x.value AS text FROM jsonb_each(p_texts) AS x
        WHERE x.key IN ('en', lower(split_part(t.language, '-', 1))) ORDER BY x.key = 'en' LIMIT 1) AS said ON true
    WHERE NOT a.app_only AND a.roles && p_roles
        AND CASE WHEN 'operator' = ANY (a.sides) THEN 'operator' WHEN 'partner' = ANY (a.sides) THEN 'partner' ELSE 'customer' END
            = ANY (p_sides)
        AND (p_markets = '{}' OR t.country = ANY (p_markets))
        AND length(u.user_principal_name) <= 254 AND u.user_principal_name ~ p_address;
    GET DIAGNOSTICS v_written = ROW_COUNT;
    RETURN v_written;
END $$;
ALTER FUNCTION fn_post_circular OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_post_circular TO copartner_operator, copartner_worker;

-- fn_post_to_holders: one letter to everybody in a tenant who holds a role; answers how many, and tells nobody's address. The key
-- makes the letters' ids.
CREATE FUNCTION fn_post_to_holders(p_key text, p_tenant uuid, p_role text, p_address text, p_subject text, p_body text,
    p_language text, p_written_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
DECLARE v_written integer;
BEGIN
    INSERT INTO mail_outbox (tenant_id, id, recipient, subject, body, language, written_at)
    SELECT a.tenant_id, md5(p_key || a.subject_id::text)::uuid, u.user_principal_name, p_subject, p_body, p_language, p_written_at
    FROM actor a JOIN user_account u ON u.tenant_id = a.tenant_id AND u.id = a.subject_id
    WHERE a.tenant_id = p_tenant AND NOT a.app_only AND p_role = ANY (a.roles)
        AND length(u.user_principal_name) <= 254 AND u.user_principal_name ~ p_address;
    GET DIAGNOSTICS v_written = ROW_COUNT;
    RETURN v_written;
END $$;
ALTER FUNCTION fn_post_to_holders OWNER TO copartner_facts;
GRANT EXECUTE ON FUNCTION fn_post_to_holders TO copartner_partner;
