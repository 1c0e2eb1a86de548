-- Results of the checks that domains run on their own data (product.yaml, quality), as a series.
CREATE TABLE quality_result (
  product text NOT NULL,
  rule text NOT NULL,
  at timestamptz NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('PASSED', 'FAILED', 'ERRORED')),
  value double precision,
  checked double precision,
  message text,
  PRIMARY KEY (product, rule, at)
);
CREATE INDEX quality_result_at ON quality_result (at);

-- Requests that read a product, as gateways report them: by the minute for a day or so, by the hour for longer.
CREATE TABLE product_traffic (
  product text NOT NULL,
  -- Seconds that a row stands for.
  resolution integer NOT NULL,
  at timestamptz NOT NULL,
  requests bigint NOT NULL,
  -- Requests whose answer had an error of the product.
  errors bigint NOT NULL,
  -- Requests that did not get the product's data, because it could not be reached.
  failures bigint NOT NULL,
  -- Requests by bucket of milliseconds, as in usage_count.
  latency bigint[] NOT NULL,
  PRIMARY KEY (product, resolution, at)
);
CREATE INDEX product_traffic_at ON product_traffic (resolution, at);

-- How each promise is kept, as last measured.
CREATE TABLE service_level_status (
  product text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('AVAILABILITY', 'LATENCY', 'ERROR_RATE', 'FRESHNESS')),
  state text NOT NULL CHECK (state IN ('MET', 'AT_RISK', 'BREACHED', 'UNKNOWN')),
  -- Percent, milliseconds or seconds.
  value double precision,
  measured_at timestamptz NOT NULL,
  error_budget_remaining double precision,
  burn_rate double precision,
  message text,
  -- FRESHNESS: of when the data is.
  data_at timestamptz,
  PRIMARY KEY (product, kind)
);

CREATE TABLE service_level_sample (
  product text NOT NULL,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  value double precision NOT NULL,
  PRIMARY KEY (product, kind, at)
);
CREATE INDEX service_level_sample_at ON service_level_sample (at);

-- What gateways are told of each published product.
CREATE TABLE product_health (
  id text PRIMARY KEY,
  health jsonb NOT NULL
);
