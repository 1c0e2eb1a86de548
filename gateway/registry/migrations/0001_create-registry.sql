-- Which domain a subgraph belongs to: settled by its first publish.
CREATE TABLE subgraph (
  name text PRIMARY KEY,
  domain text NOT NULL
);

CREATE TABLE subgraph_version (
  name text NOT NULL REFERENCES subgraph,
  version integer NOT NULL CHECK (version > 0),
  sdl text NOT NULL,
  url text NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  author text NOT NULL,
  PRIMARY KEY (name, version)
);

-- Exact text, by the SHA-256 that it states and that gateways recompute.
CREATE TABLE artifact (
  hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
  content text NOT NULL
);

-- The latest row is what gateways serve. The number is the parent's plus one, so that of two publishers who
-- started from the same generation the primary key lets one through.
CREATE TABLE generation (
  number integer PRIMARY KEY CHECK (number > 0),
  artifact_hash text NOT NULL REFERENCES artifact,
  signature text NOT NULL,
  act text NOT NULL CHECK (act IN ('publish', 'delete', 'rollback')),
  author text NOT NULL,
  reason text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE generation_member (
  generation integer NOT NULL REFERENCES generation ON DELETE CASCADE,
  name text NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (generation, name),
  FOREIGN KEY (name, version) REFERENCES subgraph_version
);

CREATE TABLE deploy_token (
  id text PRIMARY KEY,
  hash text NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
  domain text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);

-- The governance team's consent to one text of a subgraph that loosens a rule.
CREATE TABLE approval (
  name text NOT NULL,
  sdl_hash text NOT NULL,
  approved_by text NOT NULL,
  approved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, sdl_hash)
);

CREATE TABLE act (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  verb text NOT NULL,
  subject text NOT NULL,
  outcome text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX act_at ON act (at);

-- History is written once. Retention may delete old generations and what only they use, never the record of acts.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;
CREATE TRIGGER written_once BEFORE UPDATE ON subgraph_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER written_once BEFORE UPDATE ON artifact FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER written_once BEFORE UPDATE ON generation FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER written_once BEFORE UPDATE ON generation_member FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON act FOR EACH ROW EXECUTE FUNCTION refuse_change();
