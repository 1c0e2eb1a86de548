import type { ApolloServerPlugin } from "@apollo/server";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { KnownOperations } from "../shared/known-operation.ts";
import type { Logger } from "../shared/log.ts";
import type { Config } from "./config.ts";
import { compileReference } from "./execution/apollo-executor.ts";
import { compilePlan } from "./execution/compile-plan.ts";
import { TurnQueue } from "./execution/turn-queue.ts";
import type { GraphQLContext } from "./http/apollo-lane.ts";
import { createAuditRoute } from "./http/audit-route.ts";
import { chargeRefusals } from "./http/charge-refusals.ts";
import type { PersonaToken } from "./http/graphiql.ts";
import { createRegistryRoute, type FollowedRegistry } from "./http/registry-route.ts";
import type { RouteExtension } from "./http/server.ts";
import { openAudit } from "./open-audit.ts";
import { openExplain } from "./open-explain.ts";
import { openGenerations, type SupergraphOrigin } from "./open-generations.ts";
import { openIdentity } from "./open-identity.ts";
import { authorisationOf, openOperations } from "./open-operations.ts";
import { openPolicies } from "./open-policies.ts";
import { openProducts } from "./open-products.ts";
import { openRateLimits } from "./open-rate-limits.ts";
import { type OperationOrigin, openSafeList } from "./open-safe-list.ts";
import { listen, openServer } from "./open-server.ts";
import { openTelemetry } from "./open-telemetry.ts";
import { openUsage } from "./open-usage.ts";
import { planAhead } from "./plan-ahead.ts";
import { countPlans } from "./plan-metrics.ts";
import type { ReadProductHealth } from "./products/product-watch.ts";
import type { DecidePolicy } from "./request/evaluate-policies.ts";
import { createPlan } from "./request/plan.ts";
import { PlanPool } from "./request/plan-pool.ts";
import { OperationStore } from "./request/prepare-operation.ts";
import { createProgramSource } from "./request/program-source.ts";
import { createWarmGeneration } from "./request/warm-generation.ts";
import { createWarmKnown } from "./request/warm-known.ts";
import type { Supergraph } from "./supergraph/supergraph.ts";
import { measurePlanning } from "./telemetry/planning-metrics.ts";
import type { UsageSink } from "./usage/usage-reporter.ts";

export type GatewayOptions = SupergraphOrigin & {
  readonly config: Config;
  readonly log: Logger;
  /** Tokens that the query page offers; development only. */
  readonly personas?: readonly PersonaToken[];
  /** Apollo Server plugins; one with hooks on requests turns the hot lane off. */
  readonly plugins?: readonly ApolloServerPlugin<GraphQLContext>[];
  /** Decides policies instead of the Cedar files of `policies.directory`. */
  readonly policyEngine?: DecidePolicy;
  /** Takes what is recorded of the operations that applications send; without one nothing is. */
  readonly usage?: UsageSink;
  /** What is used most, to be planned before anybody asks. */
  readonly knownOperations?: KnownOperations;
  /** Where the operations that are answered are listed, if only those are. */
  readonly operations?: OperationOrigin;
  /** Adds what is measured beside the gateway to its metrics. */
  readonly measure?: (metrics: Registry) => void;
  /** Knows how data products are; without it nothing is told of them. */
  readonly productHealth?: ReadProductHealth;
  /** The registry that is followed over HTTP, for stewards to see in the console. */
  readonly registry?: FollowedRegistry;
  /** Other routes of the server. */
  readonly extensions?: readonly RouteExtension[];
};

export interface Gateway {
  readonly url: string;
  /** The one that is served now. */
  readonly supergraph: Supergraph;
  /** Stops accepting, lets running requests finish, closes connections to subgraphs. */
  readonly stop: () => Promise<void>;
}

/**
 * The composition root: configuration and supergraph in, a listening gateway out.
 *
 * @throws ClientError SUPERGRAPH_INVALID, CONFIG_INVALID or PORT_IN_USE
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const opened: Life[] = [];
  try {
    return await wire(options, (life) => {
      opened.push(life);
      return life;
    });
  } catch (error) {
    // Connections and threads would keep the process alive.
    await Promise.allSettled(opened.reverse().map(async (life) => life.stop()));
    throw error;
  }
}

/** What runs until it is stopped. */
interface Life {
  readonly stop: () => unknown;
}

/** @param keep has what was opened stopped where the start fails; gives it back */
async function wire(options: GatewayOptions, keep: <T extends Life>(life: T) => T): Promise<Gateway> {
  const { config, log } = options;
  const rateLimits = keep(await openRateLimits(config, log));
  const opened = await openIdentity(config, log);
  const identity = { ...opened, identify: chargeRefusals(opened.identify, rateLimits.limits) };
  const operations = new OperationStore(config.limits.operationCacheBytes);
  const metrics = createMetrics();
  const safe = keep(await openSafeList(config, options.operations ?? null, metrics, log));
  options.measure?.(metrics);
  const plans = keep(new PlanPool(config.limits.planMs));
  const telemetry = keep(await openTelemetry(config, metrics, log));
  const programs = { hits: 0, misses: 0 };
  const plan = measurePlanning(metrics, countPlans(createPlan(plans), metrics), {
    waiting: () => plans.waiting,
    caches: { documents: operations.lookups, programs },
  });
  const programOf = createProgramSource({
    plan,
    lookups: programs,
    compile: config.executor === "compiled" ? compilePlan : compileReference,
    onCompiled: ({ variant }, bytes) => operations.charge(variant.prepared, bytes),
  });
  const audit = keep(await openAudit(config, metrics, log));
  const policies = keep(await openPolicies(config, options.policyEngine ?? null, metrics, log));
  const authorisation = authorisationOf(config, audit);
  const warmKnown = createWarmKnown({
    known: options.knownOperations,
    operations,
    programOf,
    authorisation,
    limits: config.limits,
    callerOf: identity.callerOf,
    log,
  });
  const turns = new TurnQueue();
  const { generations, supergraphs } = await openGenerations({
    origin: options,
    config,
    identity: identity.signer,
    operations,
    plans,
    subgraphMetrics: telemetry.subgraphs,
    turns,
    warm: createWarmGeneration({ operations, plans, programOf, authorisation, warmKnown }),
    metrics,
    log,
  });
  keep({ stop: () => generations.close() });
  keep(supergraphs);
  for (const noted of [audit.examine, telemetry.adopted]) {
    noted(supergraphs.current());
    supergraphs.onChange(noted);
  }
  const usage = keep(openUsage({ config, sink: options.usage, operations, metrics, log }));
  const products = keep(openProducts(config, options.productHealth, log));
  const handleOperation = products.tell(
    usage.measure(
      openOperations(config, generations, { programOf, policies, audit, rateLimits, safe, telemetry }, log),
    ),
  );
  const explainRoutes = openExplain({
    config,
    authorisation,
    evaluatePolicies: policies.evaluate,
    plan,
    identify: identity.identify,
    callerOf: identity.callerOf,
    supergraphs,
  });
  const server = keep(
    await openServer({
      config,
      identity,
      rateLimits: rateLimits.limits,
      safeList: safe.safeList,
      handleOperation,
      operations,
      supergraphs,
      metrics,
      observer: telemetry.observer,
      plugins: options.plugins ?? [],
      personas: options.personas ?? [],
      generation: supergraphs.number,
      extensions: [
        ...explainRoutes,
        createAuditRoute({ identify: identity.identify, archive: audit.archive }),
        ...(options.registry
          ? [createRegistryRoute({ identify: identity.identify, registry: options.registry })]
          : []),
        ...(options.extensions ?? []),
      ],
      turns,
      log,
    }),
  );
  const shutDown = async () => {
    await server.stop();
    await supergraphs.stop();
    policies.stop();
    safe.stop();
    products.stop();
    await Promise.all([audit.stop(), usage.stop(), rateLimits.stop(), telemetry.stop()]);
    await Promise.all([generations.close(), plans.stop()]);
  };
  await planAhead(warmKnown, supergraphs);
  const url = await listen(server, config);
  supergraphs.rehearse();
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= shutDown();
    return stopped;
  };
  return {
    url,
    get supergraph() {
      return supergraphs.current();
    },
    stop,
  };
}

function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
