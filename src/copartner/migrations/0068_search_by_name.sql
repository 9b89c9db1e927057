-- What a search for customers looks through is read from the index of the names alone.
DROP INDEX reseller_relationship_name;
CREATE INDEX reseller_relationship_name ON reseller_relationship (partner_tenant_id, company_key text_pattern_ops, customer_tenant_id)
    INCLUDE (domain) WHERE state = 'active';
