import { join } from "node:path";
import { startEmbeddedPostgres } from "../../shared/postgres/embedded-postgres.ts";
import type { Environment } from "../config/environment.ts";
import type { Stoppable } from "./stop-on-signal.ts";

/**
 * The administrator's connection per name: `<NAME>_DATABASE_URL` or `DATABASE_URL`, else to an embedded server, which
 * is then started.
 */
export async function startDatabases(
  names: readonly string[],
  env: Environment,
  dataDirectory: string,
  keep: (part: Stoppable) => void,
): Promise<ReadonlyMap<string, string>> {
  const given = names.map(
    (name) => [name, env[`${name.toUpperCase()}_DATABASE_URL`] ?? env.DATABASE_URL] as const,
  );
  let embedded = "";
  if (given.some(([, url]) => url === undefined)) {
    const postgres = await startEmbeddedPostgres({ dataDirectory: join(dataDirectory, "postgres") });
    keep(postgres);
    embedded = postgres.adminUrl;
  }
  return new Map(given.map(([name, url]) => [name, url ?? embedded]));
}
