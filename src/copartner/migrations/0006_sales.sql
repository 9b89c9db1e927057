-- Carts, orders and what they made.
CREATE TABLE cart (
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    lines jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'checked_out')),
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (customer_tenant_id, id),
    UNIQUE (customer_tenant_id, id, partner_tenant_id)
);

CREATE TABLE purchase_order (
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    relationship_id uuid,
    cart_id uuid,
    billing_cycle text NOT NULL,
    currency text NOT NULL,
    lines jsonb NOT NULL,
    placed_at timestamptz NOT NULL,
    placed_by text NOT NULL,
    PRIMARY KEY (customer_tenant_id, id),
    UNIQUE (customer_tenant_id, id, partner_tenant_id),
    FOREIGN KEY (customer_tenant_id, relationship_id, partner_tenant_id)
        REFERENCES reseller_relationship (customer_tenant_id, id, partner_tenant_id),
    FOREIGN KEY (customer_tenant_id, cart_id, partner_tenant_id) REFERENCES cart (customer_tenant_id, id, partner_tenant_id)
);
COMMENT ON COLUMN purchase_order.relationship_id IS 'null only for what the vendor sold directly';
CREATE INDEX purchase_order_partner ON purchase_order (partner_tenant_id, customer_tenant_id, id);
CREATE INDEX purchase_order_cart ON purchase_order (customer_tenant_id, cart_id) WHERE cart_id IS NOT NULL;

CREATE TABLE subscription (
    customer_tenant_id uuid NOT NULL REFERENCES tenant,
    id uuid NOT NULL,
    partner_tenant_id uuid NOT NULL REFERENCES tenant,
    order_id uuid NOT NULL,
    line_number integer NOT NULL,
    partner_of_record text,
    parent_id uuid,
    product_id text NOT NULL,
    sku_id text NOT NULL,
    availability_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('license', 'azure', 'reservation')),
    offer_name text NOT NULL,
    nickname text NOT NULL CHECK (length(nickname) BETWEEN 1 AND 100),
    quantity integer NOT NULL CHECK (quantity > 0),
    status text NOT NULL CHECK (status IN ('active', 'suspended', 'deleted', 'expired', 'disabled', 'pending')),
    auto_renew boolean NOT NULL,
    term text NOT NULL,
    billing_cycle text NOT NULL,
    unit_price numeric(18, 4) NOT NULL CHECK (unit_price >= 0),
    currency text NOT NULL,
    created_at timestamptz NOT NULL,
    starts_at timestamptz NOT NULL,
    commitment_ends_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (customer_tenant_id, id),
    UNIQUE (customer_tenant_id, id, partner_tenant_id),
    UNIQUE (customer_tenant_id, order_id, line_number),
    FOREIGN KEY (customer_tenant_id, order_id, partner_tenant_id)
        REFERENCES purchase_order (customer_tenant_id, id, partner_tenant_id),
    FOREIGN KEY (customer_tenant_id, parent_id, partner_tenant_id)
        REFERENCES subscription (customer_tenant_id, id, partner_tenant_id)
);
COMMENT ON COLUMN subscription.partner_tenant_id IS 'the seller; the operator tenant when the customer bought directly';
CREATE INDEX subscription_partner ON subscription (partner_tenant_id, customer_tenant_id, id);
CREATE INDEX subscription_seats ON subscription (customer_tenant_id, product_id, sku_id);

DO $$
DECLARE t text;
BEGIN
    FOR t IN VALUES ('cart'), ('purchase_order'), ('subscription') LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner_all ON %I TO CURRENT_USER USING (true)', t);
        EXECUTE format('CREATE POLICY partner_own ON %I TO copartner_partner USING (partner_tenant_id = (SELECT actor_tenant()))', t);
        EXECUTE format('CREATE POLICY facts_all ON %I FOR SELECT TO copartner_facts USING (true)', t);
    END LOOP;
END $$;
CREATE POLICY customer_own ON subscription FOR SELECT TO copartner_customer USING (customer_tenant_id = (SELECT actor_tenant()));

GRANT SELECT, INSERT ON cart, purchase_order, subscription TO copartner_partner;
GRANT UPDATE (lines, state, modified_at, version) ON cart TO copartner_partner;
-- Seller, owner, terms and partner of record are not in this list: nobody updates them.
GRANT UPDATE (nickname, quantity, status, auto_renew, version) ON subscription TO copartner_partner;
-- What the seller pays is not the customer's to read.
GRANT SELECT (customer_tenant_id, id, partner_tenant_id, order_id, parent_id, product_id, sku_id, kind, offer_name, nickname,
    quantity, status, auto_renew, term, billing_cycle, created_at, starts_at, commitment_ends_at) ON subscription
    TO copartner_customer;
GRANT SELECT (customer_tenant_id, id, partner_tenant_id) ON cart, purchase_order TO copartner_facts;
GRANT SELECT (customer_tenant_id, id, partner_tenant_id, parent_id, product_id, sku_id, kind, quantity, status) ON subscription
    TO copartner_facts;
