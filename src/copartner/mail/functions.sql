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
