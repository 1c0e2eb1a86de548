CREATE TABLE customer (
  id text PRIMARY KEY,
  name text NOT NULL,
  email text,
  phone text,
  region text NOT NULL CHECK (region IN ('AMER', 'APAC', 'EMEA')),
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  line1 text NOT NULL,
  city text NOT NULL,
  postal_code text NOT NULL,
  credit_limit numeric(12, 2) CHECK (credit_limit >= 0),
  loyalty_tier text NOT NULL CHECK (loyalty_tier IN ('BRONZE', 'SILVER', 'GOLD', 'PLATINUM')),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- One index per sort, with the id that breaks ties: a page is read from it without sorting.
CREATE INDEX customer_name ON customer (name, id);
CREATE INDEX customer_created_at ON customer (created_at, id);
CREATE INDEX customer_region ON customer (region, id);
CREATE INDEX customer_country ON customer (country, id);

-- Which demonstration data the database holds already.
CREATE TABLE seed_marker (name text PRIMARY KEY, seeded_at timestamptz NOT NULL DEFAULT now());
