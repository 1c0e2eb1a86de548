CREATE TABLE product (
  id text PRIMARY KEY,
  sku text NOT NULL UNIQUE,
  name text NOT NULL,
  description text NOT NULL,
  category text NOT NULL CHECK (category IN ('GARDEN', 'HOME', 'FASHION', 'ELECTRONICS', 'SPORTS', 'TOYS')),
  price numeric(12, 2) NOT NULL CHECK (price >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  inventory integer NOT NULL CHECK (inventory >= 0)
);

-- One index per sort, with the id that breaks ties: a page is read from it without sorting.
CREATE INDEX product_name ON product (name, id);
CREATE INDEX product_price ON product (price, id);
CREATE INDEX product_category ON product (category, id);

-- Which demonstration data the database holds already.
CREATE TABLE seed_marker (name text PRIMARY KEY, seeded_at timestamptz NOT NULL DEFAULT now());
