-- From when until when a partner had delegated admin privileges of the whole-tenant kind. They come with the relationship,
-- so that its beginning is theirs; whoever takes them says when.
ALTER TABLE reseller_relationship ADD COLUMN privileges_granted_at timestamptz, ADD COLUMN privileges_removed_at timestamptz;

-- Of what is older the audit knows the end.
UPDATE reseller_relationship r SET privileges_granted_at = r.formed_at, privileges_removed_at = taken.at
FROM (SELECT k.customer_tenant_id, k.id, k.privileges, (SELECT max(a.at) FROM audit_record a
            WHERE a.tenant_id = k.customer_tenant_id AND a.resource_id = k.id::text AND a.status = 'succeeded'
            AND a.old_value ->> 'privileges' = 'true' AND a.new_value ->> 'privileges' = 'false') AS at
        FROM reseller_relationship k) AS taken
WHERE r.customer_tenant_id = taken.customer_tenant_id AND r.id = taken.id AND (taken.privileges OR taken.at IS NOT NULL);

CREATE FUNCTION privileges_dated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.privileges AND (TG_OP = 'INSERT' OR NOT OLD.privileges) THEN
        NEW.privileges_granted_at := coalesce(NEW.privileges_granted_at, NEW.formed_at);
        NEW.privileges_removed_at := NULL;
    ELSIF TG_OP = 'UPDATE' AND OLD.privileges AND NOT NEW.privileges THEN
        NEW.privileges_removed_at := coalesce(NEW.privileges_removed_at, NEW.ended_at);
        IF NEW.privileges_removed_at IS NULL THEN
            RAISE EXCEPTION 'say when the privileges were taken: set privileges_removed_at';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER privileges_dated BEFORE INSERT OR UPDATE OF privileges ON reseller_relationship
    FOR EACH ROW EXECUTE FUNCTION privileges_dated();

GRANT UPDATE (privileges_removed_at) ON reseller_relationship TO copartner_partner, copartner_customer, copartner_worker;
