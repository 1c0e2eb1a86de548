-- One row per entry of a hash chain. What can be asked for is generated from the body, which the hash holds, so that
-- no column says anything that the chain does not.
CREATE TABLE audit_entry (
  chain uuid NOT NULL,
  seq bigint NOT NULL CHECK (seq >= 0),
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  body text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now(),
  coordinate text GENERATED ALWAYS AS ((body::jsonb) ->> 'coordinate') STORED,
  product text GENERATED ALWAYS AS ((body::jsonb) ->> 'product') STORED,
  PRIMARY KEY (chain, seq)
);

CREATE INDEX audit_entry_coordinate ON audit_entry (coordinate, written_at) WHERE coordinate IS NOT NULL;
CREATE INDEX audit_entry_product ON audit_entry (product, written_at) WHERE product IS NOT NULL;
CREATE INDEX audit_entry_start ON audit_entry (written_at) WHERE seq = 0;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'the audit is only ever appended to';
END
$body$;

CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The application's role gets the rights of every domain's role by default; here it only appends and reads.
DO $body$
DECLARE
  application text := current_database() || '_app';
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = application) THEN
    EXECUTE format('REVOKE ALL ON audit_entry FROM %I', application);
    EXECUTE format('GRANT SELECT, INSERT ON audit_entry TO %I', application);
  END IF;
END
$body$;
