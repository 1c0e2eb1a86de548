import { Client, DatabaseError } from "pg";
import { ClientError } from "../errors.ts";
import { readDatabaseUrl } from "./database-url.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Runs `work` on a connection of its own and closes it.
 *
 * @throws ClientError POSTGRES_UNAVAILABLE when there is no connection; its text shows server and user only
 */
export async function withConnection<Result>(
  databaseUrl: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const { url, user, server } = readDatabaseUrl(databaseUrl);
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Without a listener a lost connection would end the process; the query in flight fails anyway.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    const database = url.pathname.slice(1);
    throw new ClientError(
      "POSTGRES_UNAVAILABLE",
      `The database "${database}" on ${server} could not be reached as "${user}": ${describe(error)}.`,
    );
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** True for an error that the server answered with this SQLSTATE. */
export function isDatabaseError(error: unknown, ...states: readonly string[]): error is DatabaseError {
  return error instanceof DatabaseError && (states.length === 0 || states.includes(error.code ?? ""));
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) return describe(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
