-- What gateways report of the operations they answer: which application sends which operation, how often. Nothing of
-- whom it is about or on whose behalf it is sent.
CREATE TABLE usage_operation (
  -- SHA-256 over name and signature.
  hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
  name text NOT NULL,
  signature text NOT NULL,
  -- What of the schema it uses.
  coordinates text[] NOT NULL
);
CREATE INDEX usage_operation_coordinates ON usage_operation USING gin (coordinates);

-- Who sends: an application, and what its callers may.
CREATE TABLE usage_caller (
  -- SHA-256 over the rest.
  hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
  client_name text NOT NULL,
  client_version text NOT NULL,
  authenticated boolean NOT NULL,
  scopes text[] NOT NULL,
  purpose text
);

CREATE TABLE usage_count (
  hour timestamptz NOT NULL,
  operation text NOT NULL REFERENCES usage_operation,
  caller text NOT NULL REFERENCES usage_caller,
  requests bigint NOT NULL,
  errors bigint NOT NULL,
  -- Requests by bucket of milliseconds.
  latency bigint[] NOT NULL,
  last_seen timestamptz NOT NULL,
  PRIMARY KEY (operation, caller, hour)
);
CREATE INDEX usage_count_hour ON usage_count (hour);

-- One row per batch for as long as it may come twice, and for as long as requests that were dropped matter.
CREATE TABLE usage_batch (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  dropped bigint NOT NULL
);
CREATE INDEX usage_batch_at ON usage_batch (at);

CREATE FUNCTION add_each(a bigint[], b bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS
  $$ SELECT array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY i) FROM unnest(a, b) WITH ORDINALITY AS t (x, y, i) $$;
