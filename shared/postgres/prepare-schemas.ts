import type { Client } from "pg";
import type { DatabaseNames } from "./database-names.ts";

/** From here on Postgres lets a function that catches errors run in a parallel query. */
const CATCHES_IN_PARALLEL = 170_000;

/**
 * Inside a domain's database: takes everybody's rights away, gives the application's role its own, and makes
 * the schema `dpg` with what row-level security asks. One transaction; repeating it changes nothing.
 */
export async function prepareSchemas(admin: Client, names: DatabaseNames): Promise<void> {
  const { rows } = await admin.query<{ version: number; owned: boolean }>(
    `SELECT current_setting('server_version_num')::int AS version,
       pg_get_userbyid(nspowner) IN ($1, 'pg_database_owner') AS owned
     FROM pg_namespace WHERE nspname = 'public'`,
    [names.owner],
  );
  const [server] = rows;
  await admin.query("BEGIN");
  try {
    // Before Postgres 15 the schema `public` belongs to the administrator.
    if (server?.owned === false) await admin.query(`ALTER SCHEMA public OWNER TO "${names.owner}"`);
    await admin.query(`SET LOCAL ROLE "${names.owner}"`);
    await admin.query(rightsSql(names));
    await admin.query(claimsSql(names, (server?.version ?? 0) >= CATCHES_IN_PARALLEL));
    await admin.query("COMMIT");
  } catch (error) {
    await admin.query("ROLLBACK");
    throw error;
  }
}

function rightsSql({ database, application }: DatabaseNames): string {
  return `
    CREATE SCHEMA IF NOT EXISTS public;
    CREATE SCHEMA IF NOT EXISTS dpg;
    REVOKE ALL ON DATABASE "${database}" FROM PUBLIC, "${application}";
    REVOKE ALL ON SCHEMA public, dpg FROM PUBLIC, "${application}";
    GRANT CONNECT ON DATABASE "${database}" TO "${application}";
    GRANT USAGE ON SCHEMA public, dpg TO "${application}";
    ALTER DEFAULT PRIVILEGES IN SCHEMA public
      GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "${application}";
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO "${application}";`;
}

/**
 * `dpg.claims` is a JSON object of claim → string or list of strings, `dpg.subject` a text; both are set for one
 * transaction. Whatever else stands there gives no value, so that a policy shows no row (fail closed); the
 * elements of a list that are no strings do not count, as in shared/principal.ts.
 */
function claimsSql({ application }: DatabaseNames, parallel: boolean): string {
  return `
    CREATE OR REPLACE FUNCTION dpg.claim_values(name text) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL ${parallel ? "SAFE" : "UNSAFE"} SET search_path = pg_catalog, pg_temp
    AS $body$
    DECLARE
      setting text := current_setting('dpg.claims', true);
      claims jsonb;
      value jsonb;
    BEGIN
      IF setting IS NULL OR setting = '' THEN RETURN '{}'; END IF;
      claims := setting::jsonb;
      IF jsonb_typeof(claims) <> 'object' THEN RETURN '{}'; END IF;
      value := claims -> name;
      CASE jsonb_typeof(value)
        WHEN 'string' THEN RETURN ARRAY[value #>> '{}'];
        WHEN 'array' THEN RETURN ARRAY(
          SELECT item #>> '{}' FROM jsonb_array_elements(value) AS item WHERE jsonb_typeof(item) = 'string');
        ELSE RETURN '{}';
      END CASE;
    EXCEPTION WHEN OTHERS THEN
      RETURN '{}';
    END
    $body$;

    CREATE OR REPLACE FUNCTION dpg.subject() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $body$ SELECT nullif(pg_catalog.current_setting('dpg.subject', true), '') $body$;

    REVOKE ALL ON FUNCTION dpg.claim_values(text), dpg.subject() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION dpg.claim_values(text), dpg.subject() TO "${application}";`;
}
