import { readFileSync } from "node:fs";
import { Counter, type Registry } from "prom-client";
import { ClientError } from "../shared/errors.ts";
import type { Logger } from "../shared/log.ts";
import { createGuardedLookup } from "../shared/routing-address.ts";
import type { Config } from "./config.ts";
import { createSubgraphClient, type SubgraphClient } from "./execution/fetch-subgraph.ts";
import { GuardedSubgraph, type TrafficEvent } from "./execution/guard-subgraph.ts";
import type { TurnQueue } from "./execution/turn-queue.ts";
import type { ClientSpec } from "./generations.ts";
import type { SubgraphMetrics } from "./telemetry/subgraph-metrics.ts";

export interface SubgraphParts {
  readonly config: Config;
  /** Whether addresses come from publishers, and not from the operator alone: then they are looked at more closely. */
  readonly isFollowing: boolean;
  readonly metrics: Registry;
  readonly subgraphMetrics: SubgraphMetrics;
  readonly turns: TurnQueue;
  readonly log: Logger;
}

/**
 * How subgraphs are called, by the configuration of each.
 *
 * @throws ClientError FILE_UNREADABLE, when a client is made, for a certificate or key that cannot be read
 */
export function createSubgraphOpener({
  config,
  isFollowing,
  metrics,
  subgraphMetrics,
  turns,
  log,
}: SubgraphParts): (spec: ClientSpec) => SubgraphClient {
  const events = new Counter({
    name: "dpg_subgraph_traffic_events_total",
    help: "Retries, calls that were refused before they were made, and circuits that opened or closed, by subgraph",
    labelNames: ["subgraph", "event"],
    registers: [metrics],
  });
  return ({ name, url }) => {
    const { tls, url: configured } = config.subgraphs[name] ?? {};
    const limits = subgraphLimits(config, name);
    const lookup = createGuardedLookup(config.production && isFollowing && configured === undefined);
    const files = tls === undefined ? undefined : readTls(name, tls);
    const client = createSubgraphClient({
      ...limits,
      name,
      url,
      connections: limits.concurrency,
      ...phaseLimits(limits),
      lookup,
      turns,
      ...(files ? { tls: files } : {}),
    });
    const report = (event: TrafficEvent) => {
      events.inc({ subgraph: name, event });
      if (event === "opened")
        log.warn({ subgraph: name }, "a subgraph is failing and not called for a moment");
      if (event === "closed") log.info({ subgraph: name }, "a subgraph answers again");
    };
    const guarded = new GuardedSubgraph(client, {
      ...limits,
      name,
      maxCalls: limits.concurrency + limits.queue,
      report,
    });
    return subgraphMetrics.measure(name, {
      call: (body, options) => guarded.call(body, options),
      close: () => guarded.close(),
    });
  };
}

/** What is said of one subgraph, else of all. */
export function subgraphLimits(
  { subgraphs, subgraphDefaults }: Config,
  name: string,
): Config["subgraphDefaults"] {
  const own = subgraphs[name];
  return {
    timeoutMs: own?.timeoutMs ?? subgraphDefaults.timeoutMs,
    connectTimeoutMs: own?.connectTimeoutMs ?? subgraphDefaults.connectTimeoutMs,
    headersTimeoutMs: choose(own?.headersTimeoutMs, subgraphDefaults.headersTimeoutMs),
    bodyTimeoutMs: choose(own?.bodyTimeoutMs, subgraphDefaults.bodyTimeoutMs),
    retries: own?.retries ?? subgraphDefaults.retries,
    maxResponseBytes: own?.maxResponseBytes ?? subgraphDefaults.maxResponseBytes,
    concurrency: own?.concurrency ?? subgraphDefaults.concurrency,
    queue: own?.queue ?? subgraphDefaults.queue,
    failurePercent: own?.failurePercent ?? subgraphDefaults.failurePercent,
    openMs: own?.openMs ?? subgraphDefaults.openMs,
    headers: own?.headers ?? subgraphDefaults.headers,
  };
}

/** A subgraph's own null goes before the default. */
function choose<Value>(own: Value | undefined, usual: Value): Value {
  return own === undefined ? usual : own;
}

function phaseLimits({ headersTimeoutMs, bodyTimeoutMs }: Config["subgraphDefaults"]) {
  if (headersTimeoutMs === null && bodyTimeoutMs === null) return {};
  return { phases: { headersMs: headersTimeoutMs, bodyMs: bodyTimeoutMs } };
}

type TlsFiles = NonNullable<Config["subgraphs"][string]["tls"]>;

function readTls(name: string, { caFile, certFile, keyFile }: TlsFiles) {
  const read = (key: string, file: string | undefined) => {
    if (file === undefined) return {};
    try {
      return { [key]: readFileSync(file, "utf8") };
    } catch {
      throw new ClientError("FILE_UNREADABLE", `subgraphs.${name}.tls: ${file} cannot be read.`);
    }
  };
  return { ...read("ca", caFile), ...read("cert", certFile), ...read("key", keyFile) };
}
