-- Discounts for a SKU's term while they last, wherever the SKU is sold.
CREATE TABLE catalogue_promotion (
    id text PRIMARY KEY CHECK (id ~ '^[A-Z0-9]{12}:[A-Z0-9]{4}:[A-Z0-9]{12}$'),
    name text NOT NULL CHECK (name <> ''),
    description text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    segment text NOT NULL CHECK (segment IN ('commercial', 'education', 'government', 'nonprofit')),
    product_id text NOT NULL,
    sku_id text NOT NULL,
    duration text NOT NULL CHECK (duration IN ('P1M', 'P1Y', 'P3Y')),
    billing_cycle text NOT NULL CHECK (billing_cycle IN ('monthly', 'annual', 'triennial', 'none', 'one_time')),
    discount numeric(5, 4) NOT NULL CHECK (discount > 0 AND discount <= 1),
    minimum_seats integer NOT NULL CHECK (minimum_seats > 0),
    maximum_seats integer NOT NULL CHECK (maximum_seats >= minimum_seats),
    FOREIGN KEY (product_id, sku_id) REFERENCES catalogue_sku (product_id, id)
);
COMMENT ON COLUMN catalogue_promotion.discount IS 'the part of the price that is taken off, for one term';
CREATE INDEX catalogue_promotion_sku ON catalogue_promotion (product_id, sku_id);

GRANT SELECT ON catalogue_promotion
    TO copartner_partner, copartner_customer, copartner_operator, copartner_worker, copartner_facts;
