-- How many customers a partner has, kept with the relationships, so that no page of a long list counts them.
CREATE TABLE customer_count (
    partner_tenant_id uuid PRIMARY KEY REFERENCES tenant,
    customers integer NOT NULL CHECK (customers >= 0)
);
INSERT INTO customer_count (partner_tenant_id, customers)
    SELECT r.partner_tenant_id, count(*) FROM reseller_relationship r WHERE r.state = 'active' GROUP BY r.partner_tenant_id;

ALTER TABLE customer_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer_count FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON customer_count TO CURRENT_USER USING (true);
CREATE POLICY partner_own ON customer_count FOR SELECT TO copartner_partner
    USING (partner_tenant_id = (SELECT actor_tenant()));
CREATE POLICY facts_all ON customer_count TO copartner_facts USING (true);
GRANT SELECT ON customer_count TO copartner_partner;
GRANT SELECT, INSERT, UPDATE (customers) ON customer_count TO copartner_facts;

-- Once a statement, however many rows it has. Whoever forms or ends a relationship of the same partner waits for the commit.
CREATE FUNCTION customers_counted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = copartner, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO customer_count AS c (partner_tenant_id, customers)
            SELECT n.partner_tenant_id, count(*) FROM new_rows n WHERE n.state = 'active'
            GROUP BY n.partner_tenant_id ORDER BY n.partner_tenant_id
            ON CONFLICT (partner_tenant_id) DO UPDATE SET customers = c.customers + excluded.customers;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE customer_count c SET customers = c.customers + d.difference FROM (
            SELECT m.partner_tenant_id, sum(m.one) AS difference FROM (
                SELECT n.partner_tenant_id, 1 AS one FROM new_rows n WHERE n.state = 'active'
                UNION ALL SELECT o.partner_tenant_id, -1 FROM old_rows o WHERE o.state = 'active') AS m
            GROUP BY m.partner_tenant_id HAVING sum(m.one) <> 0) AS d
        WHERE c.partner_tenant_id = d.partner_tenant_id;
    ELSE
        UPDATE customer_count c SET customers = c.customers - d.gone FROM (
            SELECT o.partner_tenant_id, count(*) AS gone FROM old_rows o WHERE o.state = 'active'
            GROUP BY o.partner_tenant_id) AS d
        WHERE c.partner_tenant_id = d.partner_tenant_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER customers_added AFTER INSERT ON reseller_relationship REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customers_counted();
CREATE TRIGGER customers_changed AFTER UPDATE ON reseller_relationship REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customers_counted();
CREATE TRIGGER customers_removed AFTER DELETE ON reseller_relationship REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customers_counted();
ALTER FUNCTION customers_counted() OWNER TO copartner_facts;

-- A search by name is read in the order of the names, page after page; equal names in the order of the customers.
DROP INDEX reseller_relationship_name;
CREATE INDEX reseller_relationship_name ON reseller_relationship (partner_tenant_id, company_key text_pattern_ops, customer_tenant_id)
    WHERE state = 'active';
