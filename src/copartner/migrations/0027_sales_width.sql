-- What a subscription says beside its purchase. A trial is one by its SKU; a term starts anew when it is renewed or
-- lengthened, while `starts_at` stays; the next term may be instructed; its support may be another partner's.
ALTER TABLE subscription
    ADD COLUMN is_trial boolean,
    ADD COLUMN term_starts_at timestamptz,
    ADD COLUMN next_term jsonb,
    ADD COLUMN support_tenant_id uuid REFERENCES tenant,
    ADD COLUMN registered_at timestamptz;
UPDATE subscription s SET term_starts_at = s.starts_at, is_trial = coalesce(
    (SELECT k.is_trial FROM catalogue_sku k WHERE (k.product_id, k.id) = (s.product_id, s.sku_id)), false);
ALTER TABLE subscription ALTER COLUMN is_trial SET NOT NULL, ALTER COLUMN term_starts_at SET NOT NULL;
COMMENT ON COLUMN subscription.support_tenant_id IS 'null while the seller itself is the support contact';
COMMENT ON COLUMN subscription.registered_at IS 'since when reservations may be bought with it; Azure alone';
GRANT UPDATE (next_term, support_tenant_id, registered_at) ON subscription TO copartner_partner;

-- Where what was bought is activated by whoever uses it; null for what needs no activation.
ALTER TABLE catalogue_sku ADD COLUMN activation_link text CHECK (activation_link ~ '^https://');
