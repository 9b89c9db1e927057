-- What can be bought. No tenant's data, so no row security; the sides of a request only read it.
CREATE TABLE catalogue_product (
    id text PRIMARY KEY CHECK (id ~ '^[A-Z0-9]{12}$'),
    title text NOT NULL CHECK (title <> ''),
    description text NOT NULL,
    publisher text NOT NULL,
    product_type text NOT NULL,
    sub_type text,
    target_views text[] NOT NULL CHECK (cardinality(target_views) > 0)
);

CREATE TABLE catalogue_sku (
    product_id text NOT NULL REFERENCES catalogue_product,
    id text NOT NULL CHECK (id ~ '^[A-Z0-9]{4}$'),
    title text NOT NULL CHECK (title <> ''),
    description text NOT NULL,
    minimum_quantity integer NOT NULL CHECK (minimum_quantity > 0),
    maximum_quantity integer NOT NULL,
    pooled_maximum integer CHECK (pooled_maximum > 0),
    one_per_seller boolean NOT NULL,
    is_trial boolean NOT NULL,
    is_azure boolean NOT NULL,
    is_reservation boolean NOT NULL,
    parents text[] NOT NULL,
    prerequisites text[] NOT NULL,
    seller_prerequisites text[] NOT NULL,
    upgrade_targets text[] NOT NULL,
    conversion_targets text[] NOT NULL,
    PRIMARY KEY (product_id, id),
    CHECK (maximum_quantity >= minimum_quantity)
);
COMMENT ON COLUMN catalogue_sku.parents IS 'product:sku; an add-on is bought below a subscription of one of these';
COMMENT ON COLUMN catalogue_sku.prerequisites IS 'product:sku; one of these anywhere in the customer''s tenant, whoever sold it';
COMMENT ON COLUMN catalogue_sku.seller_prerequisites IS 'product:sku; one of these sold by the same seller';
COMMENT ON COLUMN catalogue_sku.pooled_maximum IS 'quantity that all sellers together may hold for one customer';

CREATE TABLE catalogue_availability (
    product_id text NOT NULL,
    sku_id text NOT NULL,
    id text NOT NULL CHECK (id ~ '^[A-Z0-9]{12}$'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    segment text NOT NULL CHECK (segment IN ('commercial', 'education', 'government', 'nonprofit')),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    is_purchasable boolean NOT NULL,
    is_renewable boolean NOT NULL,
    PRIMARY KEY (product_id, sku_id, id),
    UNIQUE (country, product_id, sku_id, segment),
    FOREIGN KEY (product_id, sku_id) REFERENCES catalogue_sku (product_id, id)
);

CREATE TABLE catalogue_term (
    product_id text NOT NULL,
    sku_id text NOT NULL,
    availability_id text NOT NULL,
    place smallint NOT NULL,
    id text NOT NULL CHECK (id <> ''),
    duration text NOT NULL CHECK (duration IN ('', 'P1M', 'P1Y', 'P3Y')),
    billing_cycle text NOT NULL CHECK (billing_cycle IN ('monthly', 'annual', 'triennial', 'none', 'one_time')),
    description text NOT NULL,
    list_price numeric(18, 4) NOT NULL CHECK (list_price >= 0),
    partner_price numeric(18, 4) NOT NULL CHECK (partner_price >= 0),
    PRIMARY KEY (product_id, sku_id, availability_id, place),
    UNIQUE (product_id, sku_id, availability_id, duration, billing_cycle),
    FOREIGN KEY (product_id, sku_id, availability_id) REFERENCES catalogue_availability (product_id, sku_id, id)
);
COMMENT ON COLUMN catalogue_term.duration IS 'empty for what is metered and runs until it is ended';
COMMENT ON COLUMN catalogue_term.list_price IS 'per unit for the whole term, in the currency of the availability';

GRANT SELECT ON catalogue_product, catalogue_sku, catalogue_availability, catalogue_term
    TO copartner_partner, copartner_customer, copartner_operator, copartner_worker, copartner_facts;
