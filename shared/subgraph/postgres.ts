import pg from "pg";
import { ClientError } from "../errors.ts";
import type { Logger } from "../log.ts";

/** What a pool needs; times in milliseconds. */
export interface PoolOptions {
  readonly databaseUrl: string;
  readonly name: string;
  readonly log: Logger;
}

const LIMITS = {
  /** Connections of one subgraph process. */
  max: 10,
  /** To wait for a free connection or a new one. */
  connectionTimeoutMillis: 3_000,
  idleTimeoutMillis: 30_000,
  statement_timeout: 4_000,
  lock_timeout: 3_000,
  /** A request that stops asking keeps no transaction. */
  idle_in_transaction_session_timeout: 10_000,
} as const;

/** A pool of connections with all its times bounded; a broken connection is logged and replaced. */
export function createPool({ databaseUrl, name, log }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, application_name: `dpg-${name}`, ...LIMITS });
  pool.on("connect", (client) => {
    client.on("error", (err) => log.warn({ err }, "database connection lost"));
  });
  pool.on("error", () => undefined);
  return pool;
}

/** Asks the server for an answer; throws POSTGRES_UNAVAILABLE with the server's reason, without the address. */
export async function checkConnection(pool: pg.Pool): Promise<void> {
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no reason given";
    throw new ClientError("POSTGRES_UNAVAILABLE", `The database does not answer: ${reason}`);
  }
}
