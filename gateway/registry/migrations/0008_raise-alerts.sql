CREATE TABLE alert (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product text NOT NULL,
  domain text NOT NULL,
  -- Such as FRESHNESS or QUALITY.
  kind text NOT NULL,
  -- Name of the rule of quality; empty for others.
  rule text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('warning', 'critical')),
  -- As which it was opened.
  first_severity text NOT NULL,
  summary text NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  acknowledged_by text,
  acknowledged_at timestamptz
);
-- What goes on is one alert.
CREATE UNIQUE INDEX alert_open ON alert (product, kind, rule) WHERE resolved_at IS NULL;
CREATE INDEX alert_opened ON alert (opened_at);

CREATE TABLE alert_webhook (
  id text PRIMARY KEY,
  -- Whose alerts it gets; the governance team's get everybody's.
  domain text NOT NULL,
  url text NOT NULL,
  format text NOT NULL CHECK (format IN ('json', 'slack')),
  -- Signs what is sent, so it cannot be kept as a hash.
  secret text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE alert_silence (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product text NOT NULL,
  -- Null: all kinds.
  kind text,
  until timestamptz NOT NULL,
  reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- What has to be sent, and what became of it: each event of an alert goes to each webhook once.
CREATE TABLE alert_delivery (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  alert bigint NOT NULL REFERENCES alert ON DELETE CASCADE,
  webhook text NOT NULL REFERENCES alert_webhook ON DELETE CASCADE,
  -- opened, escalated or resolved.
  event text NOT NULL CHECK (event IN ('opened', 'escalated', 'resolved')),
  created_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL DEFAULT now(),
  delivered_at timestamptz,
  -- Why the last attempt failed.
  failure text,
  UNIQUE (alert, webhook, event)
);
CREATE INDEX alert_delivery_due ON alert_delivery (next_at) WHERE delivered_at IS NULL;
