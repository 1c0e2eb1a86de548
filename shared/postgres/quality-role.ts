import { type Client, escapeIdentifier, escapeLiteral } from "pg";
import type { DatabaseNames } from "./database-names.ts";
import { scramVerifier } from "./scram-verifier.ts";

/**
 * Makes the role that a domain's checks of quality connect as, after the migrations: it reads every row of every table
 * of the schema `public`, also those that row-level security keeps from the application, and can change nothing.
 * Repeating it gives it what tables came since.
 *
 * @param admin inside the domain's database
 */
export async function prepareQualityRole(
  admin: Client,
  { database, owner, quality }: DatabaseNames,
  password: string | undefined,
): Promise<void> {
  const role = escapeIdentifier(quality);
  const { rows: known } = await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [quality]);
  const secret = password === undefined ? "" : ` PASSWORD ${escapeLiteral(scramVerifier(password))}`;
  // Only a superuser may name these attributes of a role that is there.
  const powerless = "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION";
  const change = known.length === 0 ? `CREATE ROLE ${role} LOGIN ${powerless}` : `ALTER ROLE ${role} LOGIN`;
  await admin.query(change + secret);
  await admin.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
  await admin.query(`ALTER ROLE ${role} SET statement_timeout = '60s'`);
  await admin.query("BEGIN");
  await admin.query(`SET LOCAL ROLE ${escapeIdentifier(owner)}`);
  await admin.query(`GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${role}`);
  await admin.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
  await admin.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
  const { rows: closed } = await admin.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relrowsecurity
       AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND polname = 'dpg_quality')`,
  );
  for (const { name } of closed)
    await admin.query(
      `CREATE POLICY dpg_quality ON public.${escapeIdentifier(name)} FOR SELECT TO ${role} USING (true)`,
    );
  await admin.query("COMMIT");
}
