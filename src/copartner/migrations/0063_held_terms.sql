-- Of what it holds a customer reads when the present term began, whether it is a trial, and which partner is credited for it;
-- what ends soon is found by its end.
GRANT SELECT (term_starts_at, is_trial, partner_of_record) ON subscription TO copartner_customer;
CREATE INDEX subscription_held_end ON subscription (customer_tenant_id, commitment_ends_at, id) WHERE status = 'active';
