import { Client } from "pg";

/** Runs one statement on a connection of its own; the rows. */
export async function query<Row extends object = Record<string, unknown>>(
  databaseUrl: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  return await withSession(databaseUrl, (ask) => ask<Row>(statement, values));
}

/** Sends one statement of a session. */
export type Ask = <Row extends object = Record<string, unknown>>(
  statement: string,
  values?: readonly unknown[],
) => Promise<readonly Row[]>;

/** Runs several statements on one connection, which is closed afterwards. */
export async function withSession<Result>(
  databaseUrl: string,
  work: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: databaseUrl });
  // A server that is stopped under the connection must not end the test process.
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(async (statement, values = []) => (await client.query(statement, [...values])).rows);
  } finally {
    await client.end();
  }
}
