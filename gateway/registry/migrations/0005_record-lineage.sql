-- What pipelines report as OpenLineage events, by the domain whose token reported it: nobody speaks for another domain.
CREATE TABLE lineage_event (
  -- SHA-256 over domain and event: an event that comes twice counts once.
  id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{64}$'),
  received_at timestamptz NOT NULL DEFAULT now(),
  domain text NOT NULL,
  -- As sent, with facets that nobody here knows; facets of many kilobytes are cut.
  body jsonb NOT NULL
);
CREATE INDEX lineage_event_received ON lineage_event (received_at);

CREATE TABLE lineage_run (
  domain text NOT NULL,
  run_id text NOT NULL,
  job_namespace text NOT NULL,
  job_name text NOT NULL,
  state text NOT NULL CHECK (state IN ('START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER')),
  started_at timestamptz,
  ended_at timestamptz,
  facets jsonb NOT NULL DEFAULT '{}',
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (domain, run_id)
);
CREATE INDEX lineage_run_seen ON lineage_run (seen_at);

-- Also of runs whose outputs are told in another event than their end.
CREATE TABLE lineage_run_output (
  domain text NOT NULL,
  run_id text NOT NULL,
  namespace text NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (domain, run_id, namespace, name),
  FOREIGN KEY (domain, run_id) REFERENCES lineage_run ON DELETE CASCADE
);

CREATE TABLE lineage_dataset (
  domain text NOT NULL,
  namespace text NOT NULL,
  name text NOT NULL,
  facets jsonb NOT NULL DEFAULT '{}',
  -- End of the last run that wrote it and succeeded.
  fresh_at timestamptz,
  row_count bigint,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (domain, namespace, name)
);

-- Which column comes from which; the empty column stands for the dataset as a whole.
CREATE TABLE lineage_edge (
  domain text NOT NULL,
  from_namespace text NOT NULL,
  from_name text NOT NULL,
  from_field text NOT NULL,
  to_namespace text NOT NULL,
  to_name text NOT NULL,
  to_field text NOT NULL,
  kind text NOT NULL,
  masking boolean NOT NULL,
  job text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (domain, to_namespace, to_name, to_field, from_namespace, from_name, from_field)
);

-- Outcomes of the tests that pipelines ran.
CREATE TABLE lineage_assertion (
  domain text NOT NULL,
  namespace text NOT NULL,
  name text NOT NULL,
  assertion text NOT NULL,
  column_name text NOT NULL,
  at timestamptz NOT NULL,
  success boolean NOT NULL,
  PRIMARY KEY (domain, namespace, name, assertion, column_name, at)
);
CREATE INDEX lineage_assertion_at ON lineage_assertion (at);
