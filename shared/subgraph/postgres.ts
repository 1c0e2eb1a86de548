import pg from "pg";
import { ClientError } from "../errors.ts";
import type { Logger } from "../log.ts";

/** The connections of one subgraph process. */
export interface DatabasePools {
  /** For requests. */
  readonly work: pg.Pool;
  /** For cancelling what runs in `work`, also when all of that is taken. */
  readonly control: pg.Pool;
  readonly end: () => Promise<void>;
}

export interface PoolOptions {
  readonly databaseUrl: string;
  readonly name: string;
  readonly log: Logger;
}

const WORK_CONNECTIONS = 10;
const CONTROL_CONNECTIONS = 2;

/** Times in milliseconds. */
const LIMITS = {
  /** To wait for a free connection or a new one. */
  connectionTimeoutMillis: 3_000,
  idleTimeoutMillis: 30_000,
  statement_timeout: 4_000,
  lock_timeout: 3_000,
  /** A request that stops asking keeps no transaction. */
  idle_in_transaction_session_timeout: 10_000,
} as const;

/** The pools of a subgraph; nothing is opened before it is needed. */
export function createPools(options: PoolOptions): DatabasePools {
  const work = createPool(options, WORK_CONNECTIONS);
  const control = createPool(options, CONTROL_CONNECTIONS);
  return { work, control, end: async () => void (await Promise.all([work.end(), control.end()])) };
}

/** A pool of at most `max` connections with all its times bounded; a broken connection is logged and replaced. */
function createPool({ databaseUrl, name, log }: PoolOptions, max: number): pg.Pool {
  const application_name = `dpg-${name}`;
  const pool = new pg.Pool({ connectionString: databaseUrl, application_name, max, ...LIMITS });
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
