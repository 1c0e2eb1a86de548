import type { Pool } from "pg";
import { ClientError } from "../errors.ts";

/**
 * Refuses to serve where row-level security would not hold (hardening.md 56). Throws DATABASE_ROLE_UNSAFE for a
 * role that is not bound by it, ROW_SECURITY_MISSING for a table of `protectedTables` without it, or any table
 * whose policies are switched off or do not bind its owner.
 */
export async function checkRowSecurity(pool: Pool, protectedTables: readonly string[]): Promise<void> {
  await checkRole(pool);
  await checkTables(pool, protectedTables);
}

interface RoleFact {
  readonly role: string;
  readonly superuser: boolean;
  readonly bypass: boolean;
  readonly owned: string | null;
}

/** The roles in use and all they may become by membership. */
const ROLE_FACTS = `
WITH RECURSIVE held(oid) AS (
  SELECT oid FROM pg_roles WHERE rolname IN (current_user, session_user)
  UNION
  SELECT m.roleid FROM pg_auth_members m JOIN held ON m.member = held.oid
)
SELECT r.rolname AS role, r.rolsuper AS superuser, r.rolbypassrls AS bypass,
  (SELECT min(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')
     AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%') AS owned
FROM held JOIN pg_roles r ON r.oid = held.oid`;

async function checkRole(pool: Pool): Promise<void> {
  const { rows } = await pool.query<RoleFact>(ROLE_FACTS);
  const faults = rows.flatMap(({ role, superuser, bypass, owned }) => [
    ...(superuser ? [`${role} is a superuser`] : []),
    ...(bypass ? [`${role} has BYPASSRLS`] : []),
    ...(owned === null ? [] : [`${role} owns the table ${owned}`]),
  ]);
  if (faults.length > 0) {
    throw new ClientError(
      "DATABASE_ROLE_UNSAFE",
      `The subgraph's role is, or may become, one that row-level security does not bind: ${faults.join("; ")}`,
    );
  }
}

interface TableFact {
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: number;
  readonly truncatable: boolean;
}

const TABLE_FACTS = `
SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
  (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
  has_table_privilege(current_user, c.oid, 'TRUNCATE') AS truncatable
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'`;

async function checkTables(pool: Pool, protectedTables: readonly string[]): Promise<void> {
  const { rows } = await pool.query<TableFact>(TABLE_FACTS);
  const faults = [
    ...protectedTables
      .filter((name) => !rows.some((row) => row.name === name && row.policies > 0))
      .map((name) => `${name} holds row-filtered objects and has no policy`),
    ...rows.filter((row) => row.policies > 0 || row.enabled).flatMap(describeFault),
  ];
  if (faults.length > 0) throw new ClientError("ROW_SECURITY_MISSING", faults.join("; "));
}

function describeFault({ name, enabled, forced, truncatable }: TableFact): readonly string[] {
  if (!enabled) return [`${name} has policies but row-level security is not enabled`];
  if (!forced) return [`${name} lacks FORCE ROW LEVEL SECURITY`];
  return truncatable ? [`the role may TRUNCATE ${name}, which no policy binds`] : [];
}
