-- Copies of what orders need of other domains, fed from their data products (product.yaml, inputPorts).
CREATE TABLE customer_region (
  id text PRIMARY KEY,
  region text NOT NULL CHECK (region IN ('AMER', 'APAC', 'EMEA'))
);
CREATE TABLE product_price (
  product_id text PRIMARY KEY,
  price numeric(12, 2) NOT NULL CHECK (price >= 0)
);

CREATE TABLE orders (
  id text PRIMARY KEY,
  customer_id text NOT NULL,
  region text NOT NULL CHECK (region IN ('AMER', 'APAC', 'EMEA')),
  status text NOT NULL
    CHECK (status IN ('PENDING', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'RETURNED')),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  total numeric(12, 2) NOT NULL CHECK (total >= 0),
  placed_at timestamptz NOT NULL,
  UNIQUE (id, region)
);

-- The region stands on each line, so that row-level security needs no join; the key keeps it equal to the order's.
CREATE TABLE order_item (
  order_id text NOT NULL,
  line integer NOT NULL,
  product_id text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price numeric(12, 2) NOT NULL CHECK (unit_price >= 0),
  region text NOT NULL,
  PRIMARY KEY (order_id, line),
  UNIQUE (order_id, product_id),
  FOREIGN KEY (order_id, region) REFERENCES orders (id, region)
);

-- One index per sort and parent, with the id that breaks ties: a page is read from it without sorting.
CREATE INDEX orders_placed_at ON orders (placed_at, id);
CREATE INDEX orders_total ON orders (total, id);
CREATE INDEX orders_region ON orders (region, placed_at, id);
CREATE INDEX orders_customer ON orders (customer_id, placed_at, id);
CREATE INDEX order_item_product ON order_item (product_id, order_id);

CREATE SEQUENCE order_number;

-- `O00001`; numbers beyond five digits keep all their digits.
CREATE FUNCTION next_order_id() RETURNS text LANGUAGE sql VOLATILE
  SET search_path FROM CURRENT
  AS $$ SELECT 'O' || to_char(n, 'FM' || repeat('0', greatest(5, length(n::text)))) FROM nextval('order_number') AS n $$;

-- What was asked for under an idempotency key, and the order that came of it.
CREATE TABLE order_request (
  subject text NOT NULL,
  idempotency_key text NOT NULL,
  request_hash text NOT NULL,
  order_id text NOT NULL DEFAULT next_order_id() REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
  placed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (subject, idempotency_key)
);

-- A caller sees and places orders in the regions of its claim `region`, and nothing without one. The sub-select
-- makes Postgres read the claim once per statement instead of once per row.
CREATE POLICY by_region ON orders
  USING (region = ANY ((SELECT dpg.claim_values('region'))::text[]))
  WITH CHECK (region = ANY ((SELECT dpg.claim_values('region'))::text[]));
CREATE POLICY by_region ON order_item
  USING (region = ANY ((SELECT dpg.claim_values('region'))::text[]))
  WITH CHECK (region = ANY ((SELECT dpg.claim_values('region'))::text[]));
CREATE POLICY by_region ON customer_region
  USING (region = ANY ((SELECT dpg.claim_values('region'))::text[]))
  WITH CHECK (region = ANY ((SELECT dpg.claim_values('region'))::text[]));
CREATE POLICY by_subject ON order_request
  USING (subject = (SELECT dpg.subject()))
  WITH CHECK (subject = (SELECT dpg.subject()));

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
ALTER TABLE order_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_item FORCE ROW LEVEL SECURITY;
ALTER TABLE customer_region ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer_region FORCE ROW LEVEL SECURITY;
ALTER TABLE order_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_request FORCE ROW LEVEL SECURITY;

-- Which demonstration data the database holds already.
CREATE TABLE seed_marker (name text PRIMARY KEY, seeded_at timestamptz NOT NULL DEFAULT now());
