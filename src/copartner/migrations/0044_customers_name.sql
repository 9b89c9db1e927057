-- Who approves a relationship that its partner left without a customer's name gives it the tenant's.
GRANT UPDATE (customer_name) ON admin_relationship TO copartner_customer;
