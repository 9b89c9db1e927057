-- Whoever writes a subscription: its partner of record is an indirect reseller that its seller has at its customer.
CREATE FUNCTION check_partner_of_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM reseller_relationship r JOIN enrolment e ON e.tenant_id = r.partner_tenant_id
        WHERE r.provider_tenant_id = NEW.partner_tenant_id AND r.customer_tenant_id = NEW.customer_tenant_id
        AND e.mpn_id = NEW.partner_of_record)
    THEN
        RAISE EXCEPTION 'the partner of record is no reseller of the seller at this customer';
    END IF;
    RETURN NEW;
END $$;
ALTER FUNCTION check_partner_of_record OWNER TO copartner_facts;
REVOKE EXECUTE ON FUNCTION check_partner_of_record FROM PUBLIC;
CREATE TRIGGER subscription_partner_of_record BEFORE INSERT OR UPDATE OF partner_of_record ON subscription
    FOR EACH ROW WHEN (NEW.partner_of_record IS NOT NULL) EXECUTE FUNCTION check_partner_of_record();
