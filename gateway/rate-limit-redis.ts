import type { Redis } from "ioredis";
import { ClientError } from "../shared/errors.ts";
import type { Logger } from "../shared/log.ts";

export interface RedisOptions {
  /** `redis:` or `rediss:` (TLS), with user and password. */
  readonly url: string | null;
  /** Milliseconds after which a server that does not answer counts as down. */
  readonly deadlineMs: number;
  readonly log: Logger;
}

export interface RedisLife {
  readonly client: Redis;
  readonly stop: () => void;
}

/** Milliseconds between attempts to reach a server that is down: after the first, and at most. */
const PAUSES = { first: 50, longest: 1000 };

/**
 * Opens one connection to a Redis that gateways share, which comes back by itself; while it is down, what is asked of it
 * fails at once. Waits for it only as long as for an answer.
 *
 * @throws ClientError CONFIG_INVALID where the address is none of a Redis; it is not quoted, because of its password
 */
export async function openRedis({ url, deadlineMs, log }: RedisOptions): Promise<RedisLife> {
  if (url === null || !URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol))
    throw new ClientError(
      "CONFIG_INVALID",
      "rateLimits.store is redis: rateLimits.databaseUrl has to be a redis: or rediss: address.",
    );
  const { Redis } = await import("ioredis");
  const client = new Redis(url, {
    connectionName: "dpg-rate-limits",
    connectTimeout: deadlineMs,
    commandTimeout: deadlineMs,
    // One that hangs is left: while it is away, nobody waits for it.
    socketTimeout: deadlineMs,
    // A count that comes late would be one of another request.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(PAUSES.first * attempt, PAUSES.longest),
  });
  let isFailing = false;
  let isStopped = false;
  const note = (reason: string): void => {
    if (!isFailing && !isStopped) log.warn({ reason }, "the store of rate limits cannot be reached");
    isFailing = true;
  };
  client.on("error", (error: unknown) => note(reasonOf(error)));
  // One that is started again at once is never failed to be reached, and yet was away.
  client.on("close", () => note("CLOSED"));
  client.on("ready", () => {
    if (isFailing) log.info("the store of rate limits is back");
    isFailing = false;
  });
  await ready(client, deadlineMs);
  const stop = (): void => {
    isStopped = true;
    client.disconnect();
  };
  return { client, stop };
}

/** A code, or the first word of what Redis says; the error itself holds the command that failed, with the password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  return /^[A-Z]+\b/.exec(error.message)?.[0] ?? error.name;
}

function ready(client: Redis, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    for (const event of ["ready", "error"] as const)
      client.once(event, () => {
        clearTimeout(timer);
        resolve();
      });
  });
}
