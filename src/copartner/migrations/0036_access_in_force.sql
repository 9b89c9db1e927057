-- What a user is in one customer's tenant is found by keys, however many other relationships there are.
CREATE INDEX admin_relationship_in_force ON admin_relationship (customer_tenant_id, partner_tenant_id)
    WHERE status = 'active';
CREATE INDEX access_assignment_in_force ON access_assignment (customer_tenant_id, partner_tenant_id, group_id)
    WHERE status = 'active';
