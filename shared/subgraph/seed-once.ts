import pg from "pg";
import sql from "sql-template-tag";
import { claimSettings, type Query } from "./request-database.ts";

/** What to load, as whom. */
export interface SeedOptions {
  /** Connection of the owner of the tables or of an administrator. */
  readonly databaseUrl: string;
  /** Version of the data; loaded once per name. */
  readonly name: string;
  /** Claims under which rows are written, for tables whose row-level security binds their owner too. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
}

/**
 * Runs `load` in one transaction, unless the table `seed_marker` says that it ran before; false then. Concurrent
 * calls load once. Whatever `load` throws leaves the database as it was.
 */
export async function seedOnce(
  options: SeedOptions,
  load: (query: Query) => Promise<void>,
): Promise<boolean> {
  const client = new pg.Client({ connectionString: options.databaseUrl, connectionTimeoutMillis: 5_000 });
  const query: Query = async (statement) => (await client.query(statement.text, [...statement.values])).rows;
  await client.connect();
  try {
    await client.query(`BEGIN; SELECT ${claimSettings({ claims: options.claims, subject: null })}`);
    const marked = await query(sql`
INSERT INTO seed_marker (name) VALUES (${options.name}) ON CONFLICT DO NOTHING RETURNING name`);
    if (marked.length > 0) await load(query);
    await client.query("COMMIT");
    return marked.length > 0;
  } finally {
    // Also rolls back what was not committed.
    await client.end();
  }
}
