import cluster from "node:cluster";
import pg from "pg";
import {
  type RateLimiterAbstract,
  RateLimiterCluster,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from "rate-limiter-flexible";
import { ClientError } from "../shared/errors.ts";
import type { Logger } from "../shared/log.ts";
import type { Config } from "./config.ts";
import { openRedis, type RedisLife } from "./rate-limit-redis.ts";
import { type Budget, createRateLimits, type RateLimits } from "./request/rate-limits.ts";

export interface RateLimitsLife {
  /** Null where nothing is limited. */
  readonly limits: RateLimits | null;
  readonly stop: () => Promise<void>;
}

const TABLE = "dpg_rate_limit";
/** As the limiter reads and writes it; made by whichever gateway comes first. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS ${TABLE} (key varchar(255) PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint)`;
/** Milliseconds after which a store that does not answer counts as down. */
const DEADLINE = 500;
/** Milliseconds between two attempts to make the table. */
const PAUSE = 2000;

/**
 * Opens the budgets of callers: in memory, or in a Postgres or Redis that all gateways share.
 *
 * @throws ClientError CONFIG_INVALID for a shared store without an address
 */
export async function openRateLimits({ rateLimits: settings }: Config, log: Logger): Promise<RateLimitsLife> {
  const { identity, client } = settings;
  const all = [identity.requests, identity.cost, client.requests, client.cost];
  if (all.every((points) => points === null)) return { limits: null, stop: async () => {} };
  const store = await openStore(settings, log);
  const budget = (name: string, points: number | null): Budget | null =>
    points === null ? null : toBudget(createLimiter(settings, name, points, store), points);
  const limits = createRateLimits({
    identity: { requests: budget("ir", identity.requests), cost: budget("ic", identity.cost) },
    client: { requests: budget("cr", client.requests), cost: budget("cc", client.cost) },
  });
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopped ??= Promise.resolve(store?.stop());
    return stopped;
  };
  return { limits, stop };
}

/** Where budgets are kept, other than in memory. */
type Store = ({ readonly kind: "redis" } & RedisLife) | PostgresLife;

async function openStore({ store, databaseUrl }: Config["rateLimits"], log: Logger): Promise<Store | null> {
  if (store === "postgres") return openPostgres(databaseUrl, log);
  if (store === "memory") return null;
  return { kind: "redis", ...(await openRedis({ url: databaseUrl, deadlineMs: DEADLINE, log })) };
}

function createLimiter(
  { windowSeconds, whenDown }: Config["rateLimits"],
  keyPrefix: string,
  points: number,
  store: Store | null,
): RateLimiterAbstract {
  const local = { keyPrefix, points, duration: windowSeconds };
  // Workers of one command count together, in the memory of their supervisor.
  if (!store && cluster.isWorker) return new RateLimiterCluster({ ...local, timeoutMs: DEADLINE });
  if (!store) return new RateLimiterMemory(local);
  const shared = {
    ...local,
    // Whoever has nothing left is refused without asking the store again.
    inMemoryBlockOnConsumed: points + 1,
    ...(whenDown === "local" ? { insuranceLimiter: new RateLimiterMemory(local) } : {}),
  };
  return store.kind === "redis"
    ? new RateLimiterRedis({
        ...shared,
        keyPrefix: `${TABLE}:${keyPrefix}`,
        storeClient: store.client,
        rejectIfRedisNotReady: true,
      })
    : new RateLimiterPostgres({
        ...shared,
        storeClient: store.pool,
        storeType: "pool",
        tableName: TABLE,
        tableCreated: true,
      });
}

function toBudget(limiter: RateLimiterAbstract, points: number): Budget {
  return {
    points,
    take: (key, amount) => limiter.consume(key, amount).then(taken, refused),
  };
}

function taken(): null {
  return null;
}

function refused(refusal: unknown): { readonly retryInMs: number } {
  if (refusal instanceof RateLimiterRes) return { retryInMs: refusal.msBeforeNext };
  throw refusal;
}

interface PostgresLife {
  readonly kind: "postgres";
  readonly pool: pg.Pool;
  readonly stop: () => Promise<void>;
}

function openPostgres(databaseUrl: string | null, log: Logger): PostgresLife {
  if (databaseUrl === null)
    throw new ClientError(
      "CONFIG_INVALID",
      "rateLimits.store is postgres: rateLimits.databaseUrl is missing.",
    );
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: "dpg-rate-limits",
    max: 4,
    connectionTimeoutMillis: DEADLINE,
    query_timeout: DEADLINE,
  });
  pool.on("error", () => undefined);
  let timer: NodeJS.Timeout | null = null;
  let isFailing = false;
  const prepare = async (): Promise<void> => {
    try {
      await pool.query(CREATE_TABLE);
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, "the store of rate limits cannot be reached");
      isFailing = true;
      timer = setTimeout(() => void prepare(), PAUSE).unref();
    }
  };
  const prepared = prepare();
  const stop = async () => {
    await prepared;
    if (timer) clearTimeout(timer);
    await pool.end();
  };
  return { kind: "postgres", pool, stop };
}
