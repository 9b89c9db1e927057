-- One subscription became another kind of thing, or a part of it did; the order says at what price.
CREATE TABLE subscription_transition (
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    subscription_id uuid NOT NULL,
    to_subscription_id uuid NOT NULL,
    order_id uuid NOT NULL,
    from_item text NOT NULL,
    to_item text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    term text NOT NULL,
    billing_cycle text NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (customer_tenant_id, id),
    FOREIGN KEY (customer_tenant_id, subscription_id, partner_tenant_id)
        REFERENCES subscription (customer_tenant_id, id, partner_tenant_id),
    FOREIGN KEY (customer_tenant_id, to_subscription_id, partner_tenant_id)
        REFERENCES subscription (customer_tenant_id, id, partner_tenant_id),
    FOREIGN KEY (customer_tenant_id, order_id, partner_tenant_id)
        REFERENCES purchase_order (customer_tenant_id, id, partner_tenant_id)
);
COMMENT ON COLUMN subscription_transition.to_subscription_id IS 'the same subscription when all of it became the other';
CREATE INDEX subscription_transition_of ON subscription_transition (customer_tenant_id, subscription_id, id);
ALTER TABLE subscription_transition ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON subscription_transition TO CURRENT_USER USING (true);
CREATE POLICY partner_own ON subscription_transition TO copartner_partner
    USING (partner_tenant_id = (SELECT actor_tenant()));
GRANT SELECT, INSERT ON subscription_transition TO copartner_partner;

-- Settles anew what a purchase settled, by a later order of the same seller and of nobody else: row security holds for it.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'copartner_settler') THEN
        CREATE ROLE copartner_settler NOLOGIN NOINHERIT NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(current_user, 'copartner_settler', 'USAGE') THEN
        GRANT copartner_settler TO CURRENT_USER;
    END IF;
END $$;
GRANT USAGE, CREATE ON SCHEMA copartner TO copartner_settler;
CREATE POLICY settler_own ON subscription TO copartner_settler USING (partner_tenant_id = (SELECT actor_tenant()));
CREATE POLICY settler_own ON purchase_order FOR SELECT TO copartner_settler
    USING (partner_tenant_id = (SELECT actor_tenant()));
GRANT SELECT (customer_tenant_id, id, partner_tenant_id, product_id) ON subscription TO copartner_settler;
GRANT UPDATE (product_id, sku_id, availability_id, offer_name, term, billing_cycle, unit_price, currency,
    commitment_ends_at, is_trial, term_starts_at) ON subscription TO copartner_settler;
GRANT SELECT (customer_tenant_id, id, partner_tenant_id, currency, lines) ON purchase_order TO copartner_settler;
GRANT SELECT ON catalogue_sku TO copartner_settler;

-- An order grows by add-ons, is billed in another rhythm, and its lines are cancelled.
ALTER TABLE purchase_order ADD COLUMN version integer NOT NULL DEFAULT 1;
GRANT UPDATE (billing_cycle, lines, version) ON purchase_order TO copartner_partner;
