-- Operations that applications may send to gateways that answer no others.
CREATE TABLE listed_operation (
  id bigint GENERATED ALWAYS AS IDENTITY,
  -- Name of the application, * for any.
  client text NOT NULL,
  -- SHA-256 of the text, lower-case hex.
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  body text NOT NULL,
  published_by text NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (client, hash)
);
