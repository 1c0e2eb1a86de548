-- What the catalog says of the generation that it has read last; made from artifacts, and made anew with each.
CREATE TABLE catalog_state (
  id boolean PRIMARY KEY DEFAULT true CHECK (id),
  generation integer NOT NULL,
  -- Coordinates that clients do not know: nothing tells of them.
  hidden text[] NOT NULL
);

CREATE TABLE catalog_product (
  id text PRIMARY KEY,
  subgraph text NOT NULL,
  domain text NOT NULL,
  name text NOT NULL,
  version text NOT NULL,
  status text NOT NULL,
  owner_team text,
  owner_contact text,
  tags text[] NOT NULL,
  classification text,
  updated_at timestamptz NOT NULL,
  -- product.yaml as JSON.
  descriptor jsonb,
  -- In the words of ODCS and ODPS.
  contract json NOT NULL,
  standard_product json NOT NULL,
  ports jsonb NOT NULL,
  rules jsonb NOT NULL,
  search tsvector NOT NULL
);
CREATE INDEX catalog_product_search ON catalog_product USING gin (search);
CREATE INDEX catalog_product_name ON catalog_product (name, id);

CREATE TABLE catalog_field (
  coordinate text PRIMARY KEY,
  product text NOT NULL,
  position integer NOT NULL,
  parent_type text NOT NULL,
  name text NOT NULL,
  type text NOT NULL,
  description text,
  deprecation_reason text,
  classification text,
  categories text[] NOT NULL,
  tags text[] NOT NULL,
  format text,
  is_key boolean NOT NULL,
  owner_team text,
  owner_contact text,
  rules jsonb NOT NULL,
  search tsvector NOT NULL
);
CREATE INDEX catalog_field_product ON catalog_field (product, position);
CREATE INDEX catalog_field_search ON catalog_field USING gin (search);

-- History, which stays when the registry forgets generations.
CREATE TABLE catalog_version (
  product text NOT NULL,
  generation integer NOT NULL,
  version text NOT NULL,
  revision integer NOT NULL,
  published_at timestamptz NOT NULL,
  author text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (product, generation)
);

CREATE TABLE catalog_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product text NOT NULL,
  generation integer NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL CHECK (kind IN ('ADDED', 'REMOVED', 'CHANGED')),
  coordinate text NOT NULL,
  summary text NOT NULL
);
CREATE INDEX catalog_change_product ON catalog_change (product, id);

-- When the first operation was served from a product: usage itself is forgotten after a while.
CREATE TABLE catalog_served (
  product text PRIMARY KEY,
  at timestamptz NOT NULL
);
ALTER TABLE usage_operation ADD COLUMN first_seen timestamptz NOT NULL DEFAULT now();
CREATE INDEX act_verb ON act (verb, outcome);
