import { basename, join } from "node:path";
import { runner } from "node-pg-migrate";
import { ClientError } from "../errors.ts";
import { isDatabaseError, withConnection } from "./connect.ts";

interface MigrationRequest {
  readonly ownerUrl: string;
  /** Holds `NNNN_name.sql` files; anything else in it is ignored. */
  readonly directory: string;
  readonly log: (message: string) => void;
}

/** Waits this long for another process that migrates the same database, or for a table somebody uses. */
const LOCK_TIMEOUT = "60s";

/**
 * Runs the migrations that the database has not seen, all in one transaction, under a lock of the database.
 *
 * @returns how many ran
 * @throws ClientError MIGRATION_FAILED naming the file and the SQL error, or MIGRATIONS_DIFFER where the database has
 *   run others; then none of them is applied
 */
export async function runMigrations({ ownerUrl, directory, log }: MigrationRequest): Promise<number> {
  return await withConnection(ownerUrl, async (client) => {
    await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    let current: string | undefined;
    const follow = (message: string) => {
      current = /^### MIGRATION (.+) \(UP\) ###$/.exec(message)?.[1] ?? current;
    };
    try {
      const applied = await runner({
        dbClient: client,
        dir: directory,
        ignorePattern: "(?!.*\\.sql$).*",
        direction: "up",
        migrationsSchema: "dpg",
        migrationsTable: "migrations",
        singleTransaction: true,
        advisoryLockMode: "wait",
        log: follow,
      });
      for (const { name } of applied) log(`migrated: ${name}`);
      return applied.length;
    } catch (error) {
      if (error instanceof Error && DIFFERENT.test(error.message))
        throw new ClientError("MIGRATIONS_DIFFER", `${basename(directory)}: ${error.message}.`);
      const file = current === undefined ? directory : join(basename(directory), `${current}.sql`);
      throw new ClientError("MIGRATION_FAILED", `${file}: ${describe(error)}`);
    }
  });
}

/** What `node-pg-migrate`, in no other form, says of a database that has run others than those of the folder. */
const DIFFERENT = /^Not run migration .+ is preceding already run migration /;

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!isDatabaseError(error)) return error.message;
  const { message, code, detail, hint } = error;
  return [`${message} (SQLSTATE ${code})`, detail, hint].filter((part) => part !== undefined).join("; ");
}
