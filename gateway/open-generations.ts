import type { Registry } from "prom-client";
import { ClientError } from "../shared/errors.ts";
import type { IdentitySigner } from "../shared/identity-token.ts";
import type { Logger } from "../shared/log.ts";
import { refuseRoutingUrl } from "../shared/routing-address.ts";
import { isAllowedAddress } from "./config/allowed-address.ts";
import type { Config } from "./config.ts";
import type { TurnQueue } from "./execution/turn-queue.ts";
import { createGenerationMetrics } from "./generation-metrics.ts";
import { type ClientSpec, Generations } from "./generations.ts";
import type { SupergraphSource } from "./http/apollo-lane.ts";
import { createSubgraphOpener, subgraphLimits } from "./open-subgraph.ts";
import type { OperationDependencies } from "./request/handle-operation.ts";
import type { PlanPool } from "./request/plan-pool.ts";
import type { OperationStore } from "./request/prepare-operation.ts";
import { createSubgraphCalls } from "./request/subgraph-calls.ts";
import type { WarmGeneration } from "./request/warm-generation.ts";
import { NO_ORIGINS, type RuleOrigins } from "./supergraph/rule-origins.ts";
import { buildSupergraph, type Supergraph } from "./supergraph/supergraph.ts";
import { type FollowOptions, SupergraphWatch } from "./supergraph/watch-supergraph.ts";
import type { SubgraphMetrics } from "./telemetry/subgraph-metrics.ts";

/** One supergraph for good, or generations as they come. */
export type SupergraphOrigin =
  | {
      readonly supergraphSdl: string;
      /** Which subgraph states which rule, where that is known. */
      readonly origins?: RuleOrigins;
      readonly follow?: undefined;
    }
  | { readonly follow: FollowOptions };

export interface OpenOptions {
  readonly origin: SupergraphOrigin;
  readonly config: Config;
  readonly identity: IdentitySigner;
  readonly operations: OperationStore;
  readonly plans: PlanPool;
  readonly warm: WarmGeneration;
  readonly subgraphMetrics: SubgraphMetrics;
  readonly turns: TurnQueue;
  readonly metrics: Registry;
  readonly log: Logger;
}

/** What operations need that depends on their generation. */
export type GenerationParts = Pick<OperationDependencies, "subgraphCalls">;

/** The supergraph that is served, now and later. */
export interface SupergraphLife extends SupergraphSource {
  /** The registry's number of the current one; null where none is followed. */
  readonly number: () => number | null;
  /** Which subgraph states which rule of the current one. */
  readonly origins: () => RuleOrigins;
  /** Gets ready for the next generation, where there may be one. Nothing waits for it. */
  readonly rehearse: () => void;
  readonly stop: () => Promise<void>;
}

/**
 * Opens the supergraph that is served: one for good, or the registry's generations as they come, each with its
 * connections.
 *
 * @throws ClientError SUPERGRAPH_INVALID, CONFIG_INVALID, ARTIFACT_REFUSED or REGISTRY_UNAVAILABLE
 */
export async function openGenerations(
  options: OpenOptions,
): Promise<{ readonly generations: Generations<GenerationParts>; readonly supergraphs: SupergraphLife }> {
  // Addresses that come from publishers, and not from the operator alone, are looked at more closely.
  const generations = createGenerations(options, options.origin.follow !== undefined);
  return { generations, supergraphs: await openSupergraphs(options, generations) };
}

function createGenerations(
  { config, identity, operations, plans, metrics, log, subgraphMetrics, turns }: OpenOptions,
  isFollowing: boolean,
): Generations<GenerationParts> {
  const isShared = config.sharing !== "off";
  const { requestMs } = config.limits;
  const headersOf = (subgraph: string) => subgraphLimits(config, subgraph).headers;
  return new Generations({
    specs: (supergraph) => clientSpecs(supergraph, config, isFollowing),
    createClient: createSubgraphOpener({ config, isFollowing, metrics, subgraphMetrics, turns, log }),
    createParts: (supergraph, clients) => {
      void plans.warm({ generation: supergraph.hash, sdl: supergraph.planningSdl });
      const rowClaims = rowClaimNames(supergraph);
      const calls = { clients, identity, rowClaims, isShared, requestMs, headersOf };
      return { subgraphCalls: createSubgraphCalls(calls) };
    },
    onRelease: (supergraph) => {
      operations.forget(supergraph);
      plans.forget(supergraph.hash);
    },
  });
}

/** The address of each subgraph; what the operator configured goes before what was published. */
function clientSpecs({ subgraphs }: Supergraph, config: Config, isFollowing: boolean): readonly ClientSpec[] {
  const unknown = Object.keys(config.subgraphs).find((name) => !subgraphs.some((item) => item.name === name));
  // Of a followed supergraph it may be published later.
  if (unknown !== undefined && !isFollowing)
    throw new ClientError("CONFIG_INVALID", `subgraphs.${unknown} is no subgraph of this supergraph.`);
  return subgraphs.map(({ name, url: published }) => {
    const configured = config.subgraphs[name]?.url;
    const url = configured ?? published;
    const refusal = isFollowing && configured === undefined ? refuseRoutingUrl(url, config.production) : null;
    if (refusal !== null || !isAllowedAddress(url, config.production))
      throw new ClientError(
        "CONFIG_INVALID",
        `The address of subgraph ${name} (${url || "none"}) may not be called: ${refusal ?? "it needs https:, or http: outside production"}.`,
      );
    return { name, url };
  });
}

async function openSupergraphs(
  { origin, config, operations, plans, warm, metrics, log }: OpenOptions,
  generations: Generations<GenerationParts>,
): Promise<SupergraphLife> {
  const contracts = Object.entries(config.contracts).map(([name, filter]) => ({ name, ...filter }));
  if (origin.follow === undefined) {
    const supergraph = buildSupergraph(origin.supergraphSdl, contracts);
    generations.activate(supergraph);
    const { origins = NO_ORIGINS } = origin;
    return {
      number: () => null,
      current: () => supergraph,
      origins: () => origins,
      onChange: () => () => {},
      rehearse: () => {},
      stop: async () => {},
    };
  }
  const watch = await SupergraphWatch.start({
    ...origin.follow,
    log,
    contracts,
    quiet: () => generations.quiet(),
    foresee: ({ hash, planning }) => void plans.warm({ generation: hash, sdl: planning }),
    discard: (hash) => plans.forget(hash),
    prepare: async (served, next) => {
      const operations = await warm(served, next);
      log.info({ hash: next.hash, operations }, "operations are planned for the next generation");
    },
    adopt: (supergraph) => {
      try {
        generations.activate(supergraph);
      } catch (error) {
        operations.forget(supergraph);
        throw error;
      }
    },
    report: createGenerationMetrics(metrics, () => generations.size),
  });
  return {
    number: () => watch.number,
    current: () => watch.current(),
    origins: () => watch.origins(),
    onChange: (listener) => watch.onChange(listener),
    rehearse: () => {
      const { hash, planningSdl } = watch.current();
      // First whom requests wait for: the planner.
      void plans.warm({ generation: hash, sdl: planningSdl }).then(() => watch.rehearse());
    },
    stop: () => watch.stop(),
  };
}

/** The claims that row filters read: only these travel to subgraphs. */
function rowClaimNames({ policy }: Supergraph): readonly string[] {
  const rules = [...policy.values()].flat();
  const rows = rules.flatMap(({ directive, applications }) =>
    applications.flatMap((args) => directive.rows?.(args) ?? []),
  );
  return [...new Set(rows.flatMap((row) => row.claims))].sort();
}
