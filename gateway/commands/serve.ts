import cluster from "node:cluster";
import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ClientError } from "../../shared/errors.ts";
import { createLog } from "../../shared/log.ts";
import { logRejections } from "../../shared/log-rejections.ts";
import type { Environment } from "../config/environment.ts";
import { readConfig } from "../config.ts";
import { followOperations } from "../follow-operations.ts";
import { type Gateway, type GatewayOptions, startGateway } from "../gateway.ts";
import type { SupergraphOrigin } from "../open-generations.ts";
import { fetchProductHealth } from "../products/fetch-product-health.ts";
import { followHttp } from "../supergraph/follow-http.ts";
import { fetchKnownOperations } from "../usage/fetch-known-operations.ts";
import { sendUsage } from "../usage/send-usage.ts";
import { readSupergraph } from "./read-supergraph.ts";
import { readText } from "./read-text.ts";
import type { Stoppable } from "./stop-on-signal.ts";
import { superviseWorkers } from "./supervise-workers.ts";

export interface ServeOptions {
  readonly supergraph?: string;
  /** Address of a registry to follow instead. */
  readonly registry?: string;
  /** File of the registry's public key. */
  readonly registryKey?: string;
  /** File of the deploy token, instead of DPG_TOKEN. */
  readonly tokenFile?: string;
  readonly port?: number;
  readonly config?: string;
}

/** What serves, and the milliseconds within which it stops. */
export interface Serving extends Stoppable {
  readonly stopsWithinMs: number;
}

/**
 * `dpg serve`: a gateway over a supergraph SDL of any composer, an artifact of ours, or a registry's generations.
 *
 * @throws ClientError USAGE where options do not go together, and what starting a gateway refuses
 */
export async function serve(options: ServeOptions, env: Environment): Promise<Serving> {
  refuseUnused(options);
  const config = readConfig(options.config ?? null, env);
  const { delayMs, graceMs } = config.shutdown;
  const stopsWithinMs = delayMs + graceMs + 1000;
  const log = createLog({ name: "gateway", level: config.log.level });
  if (config.workers > 1 && cluster.isPrimary)
    return {
      ...(await superviseWorkers({ config, stopsWithinMs, log })),
      stopsWithinMs: stopsWithinMs + 1000,
    };
  logRejections(log);
  const port = options.port ?? config.port;
  const gateway = await startGateway({ config: { ...config, port }, ...originOf(options, env), log }).catch(
    (error: unknown) => {
      // The channel to the supervisor would keep this process alive.
      cluster.worker?.disconnect();
      throw error;
    },
  );
  log.info({ url: gateway.url, protected: protectedCoordinates(gateway) }, "serving");
  return { stop: gateway.stop, stopsWithinMs };
}

/** Nothing that somebody states is without effect. */
function refuseUnused({ registry, registryKey, tokenFile }: ServeOptions): void {
  if (registry === undefined && (registryKey !== undefined || tokenFile !== undefined))
    throw new ClientError("USAGE", "--registry-key and --token-file are for --registry URL.");
}

/** Milliseconds between two questions to the registry. */
const POLL_MS = 1000;

function originOf(
  options: ServeOptions,
  env: Environment,
): SupergraphOrigin &
  Pick<GatewayOptions, "usage" | "knownOperations" | "operations" | "productHealth" | "registry"> {
  const { supergraph, registry, registryKey } = options;
  if (supergraph !== undefined && registry === undefined) return readSupergraph(supergraph);
  if (registry === undefined || supergraph !== undefined || registryKey === undefined)
    throw new ClientError("USAGE", "Give --supergraph FILE, or --registry URL with --registry-key FILE.");
  const token = options.tokenFile === undefined ? env.DPG_TOKEN : readText(options.tokenFile).trim();
  if (!token) throw new ClientError("DEPLOY_TOKEN_INVALID", "Neither DPG_TOKEN nor --token-file has one.");
  const access = { url: registry, token };
  return {
    registry: access,
    usage: sendUsage(access),
    knownOperations: fetchKnownOperations(access),
    operations: {
      feed: followOperations(access),
      lastGoodFile: join(env.DPG_DATA_DIR ?? ".data", "last-good-operations.json"),
    },
    productHealth: fetchProductHealth(access),
    follow: {
      feed: followHttp(access),
      publicKey: readPublicKey(registryKey),
      lastGoodFile: join(env.DPG_DATA_DIR ?? ".data", "last-good-generation.json"),
      pollMs: POLL_MS,
    },
  };
}

function readPublicKey(file: string): KeyObject {
  try {
    const key = createPublicKey(readFileSync(file, "utf8"));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Said below.
  }
  throw new ClientError("FILE_UNREADABLE", `${file} is no Ed25519 public key in PEM.`);
}

function protectedCoordinates({ supergraph }: Gateway): readonly string[] {
  return [...supergraph.policy].flatMap(([coordinate, rules]) =>
    rules.some(({ directive }) => directive.judge || directive.rows) ? [coordinate] : [],
  );
}
