import cluster, { type Worker } from "node:cluster";
import { generateKeyPairSync } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { RateLimiterClusterMaster } from "rate-limiter-flexible";
import { InternalError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { Config } from "../config.ts";
import { joinMetricsOfWorkers } from "../telemetry/cluster-metrics.ts";
import { restartDelay } from "./restart-delay.ts";
import type { Stoppable } from "./stop-on-signal.ts";

export interface Supervision {
  readonly config: Config;
  /** Milliseconds that a worker has to stop. */
  readonly stopsWithinMs: number;
  readonly log: Logger;
}

/**
 * Runs this command in `config.workers` processes that share its port, and replaces those that die, ever later where
 * they keep dying. SIGHUP replaces all of them, one by one, each once its successor serves.
 *
 * @throws InternalError where a worker ends before it serves; it has said why itself
 */
export async function superviseWorkers({ config, stopsWithinMs, log }: Supervision): Promise<Stoppable> {
  const env = sharedSecrets(config);
  countRequestsOfWorkers();
  joinMetricsOfWorkers();
  const deaths: number[] = [];
  const ending = new Set<Worker>();
  let isStopping = false;
  let isUp = false;

  const fork = async (): Promise<Worker> => {
    const worker = cluster.fork(env);
    worker.once("exit", (code, signal) => {
      if (isUp && !isStopping && !ending.delete(worker))
        void replace({ pid: worker.process.pid, code, signal });
    });
    await listening(worker);
    return worker;
  };
  const replace = async (death: object): Promise<void> => {
    deaths.push(Date.now());
    const delayMs = restartDelay(deaths, Date.now());
    log.error({ ...death, delayMs }, "a worker died and is replaced");
    await pause(delayMs);
    // One that dies before it serves has its own `exit`, which brings us here again.
    if (!isStopping) await fork().catch(() => undefined);
  };
  const end = async (worker: Worker): Promise<void> => {
    ending.add(worker);
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    if (worker.isDead()) return;
    worker.process.kill("SIGTERM");
    const timer = setTimeout(() => worker.process.kill("SIGKILL"), stopsWithinMs);
    await ended;
    clearTimeout(timer);
  };
  const stop = async (): Promise<void> => {
    isStopping = true;
    await Promise.all(workers().map(end));
  };
  let renewal = Promise.resolve();
  const renew = async (): Promise<void> => {
    for (const worker of workers()) {
      if (isStopping) return;
      await fork();
      await end(worker);
    }
    log.info({ workers: workers().length }, "all workers are replaced");
  };
  process.on("SIGHUP", () => {
    renewal = renewal
      .then(renew)
      .catch((err: unknown) => log.error({ err }, "the workers were not replaced"));
  });

  try {
    // What keeps one from starting keeps all: it is said once.
    await fork();
    await Promise.all(Array.from({ length: config.workers - 1 }, fork));
  } catch (error) {
    await stop();
    throw error;
  }
  isUp = true;
  return { stop };
}

/** Keeps the rate limits of all workers (`store: memory`): it listens for their questions as long as this process lives. */
function countRequestsOfWorkers(): RateLimiterClusterMaster {
  return new RateLimiterClusterMaster();
}

function workers(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

function listening(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("listening", () => resolve());
    worker.once("exit", (code) =>
      reject(new InternalError(`a worker ended with code ${code} before it served`)),
    );
  });
}

/** What all workers have to agree on, and each would else make for itself. */
function sharedSecrets({ identity }: Config): Readonly<Record<string, string>> {
  if (identity.privateKey !== null) return {};
  const { privateKey } = generateKeyPairSync("ed25519");
  return { DPG_IDENTITY_PRIVATE_KEY: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}
