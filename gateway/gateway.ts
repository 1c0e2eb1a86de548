import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { ApolloServerPlugin } from "@apollo/server";
import type { FastifyInstance } from "fastify";
import { calculateJwkThumbprint, exportJWK } from "jose";
import { Counter, collectDefaultMetrics, Registry } from "prom-client";
import { ClientError } from "../shared/errors.ts";
import { createIdentitySigner, type IdentitySigner } from "../shared/identity-token.ts";
import { JwksSource } from "../shared/jwks-source.ts";
import type { Logger } from "../shared/log.ts";
import { createGuardedLookup, refuseRoutingUrl } from "../shared/routing-address.ts";
import { type Config, isAllowedAddress } from "./config.ts";
import { compileReference } from "./execution/apollo-executor.ts";
import { compilePlan } from "./execution/compile-plan.ts";
import { createSubgraphClient } from "./execution/fetch-subgraph.ts";
import { createGenerationMetrics } from "./generation-metrics.ts";
import { type ClientSpec, Generations } from "./generations.ts";
import {
  createApolloLane,
  type GraphQLContext,
  type SupergraphSource,
  watchesRequests,
} from "./http/apollo-lane.ts";
import type { PersonaToken } from "./http/graphiql.ts";
import { type CountLane, createHotLane } from "./http/hot-lane.ts";
import { createIdentifyCaller } from "./http/identify-caller.ts";
import { createServer, type RouteExtension } from "./http/server.ts";
import { createAuthenticate, type Issuer } from "./request/authenticate.ts";
import { createCallerFactory } from "./request/caller.ts";
import {
  createHandleOperation,
  type HandleOperation,
  type OperationDependencies,
} from "./request/handle-operation.ts";
import { createPlan } from "./request/plan.ts";
import { PlanPool } from "./request/plan-pool.ts";
import { OperationStore } from "./request/prepare-operation.ts";
import { createProgramSource, type ProgramSource } from "./request/program-source.ts";
import { createSubgraphCalls } from "./request/subgraph-calls.ts";
import { buildSupergraph, type Supergraph } from "./supergraph/supergraph.ts";
import { type FollowOptions, SupergraphWatch } from "./supergraph/watch-supergraph.ts";

export type GatewayOptions = SupergraphOrigin & {
  readonly config: Config;
  readonly log: Logger;
  /** Tokens that the query page offers; development only. */
  readonly personas?: readonly PersonaToken[];
  /** Apollo Server plugins; one with hooks on requests turns the hot lane off. */
  readonly plugins?: readonly ApolloServerPlugin<GraphQLContext>[];
  /** Other routes of the server. */
  readonly extensions?: readonly RouteExtension[];
};

/** One supergraph for good, or generations as they come. */
type SupergraphOrigin =
  | { readonly supergraphSdl: string; readonly follow?: undefined }
  | { readonly follow: FollowOptions };

export interface Gateway {
  readonly url: string;
  /** The one that is served now. */
  readonly supergraph: Supergraph;
  /** Stops accepting, lets running requests finish, closes connections to subgraphs. */
  readonly stop: () => Promise<void>;
}

/** Connections per subgraph; more calls at once wait for a free one. */
const CONNECTIONS = 64;

/**
 * The composition root: configuration and supergraph in, a listening gateway out.
 *
 * @throws ClientError SUPERGRAPH_INVALID, CONFIG_INVALID or PORT_IN_USE
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log } = options;
  const identity = await createIdentity(config);
  const issuers = createIssuers(config, log);
  const identify = createIdentifyCaller({
    authenticate: createAuthenticate({ ...config.auth, issuers }),
    callerOf: createCallerFactory(config.masking.hmacKey),
  });
  const operations = new OperationStore(config.limits.operationCacheBytes);
  const metrics = createMetrics();
  const plans = new PlanPool(config.limits.planMs);
  const generations = createGenerations(
    { config, identity, isFollowing: options.follow !== undefined },
    operations,
    plans,
  );
  const supergraphs = await openSupergraphs(options, generations, metrics);
  const programOf = createProgramSource({
    plan: createPlan(plans),
    compile: config.executor === "compiled" ? compilePlan : compileReference,
    onCompiled: ({ variant }, bytes) => operations.charge(variant.prepared, bytes),
  });
  const handleOperation = createOperationHandler(config, generations, programOf, log);
  const plugins = options.plugins ?? [];
  const isHot = config.hotLane && !plugins.some(watchesRequests);
  const { bodyBytes } = config.limits;
  const countLane = createLaneCounter(metrics);
  const server = await createServer({
    apollo: createApolloLane({
      handleOperation,
      operations,
      supergraphs,
      introspection: config.introspection,
      maxTokens: config.limits.tokens,
      plugins,
      log,
    }),
    hotLane: isHot
      ? createHotLane({
          operations,
          handleOperation,
          identify,
          current: supergraphs.current,
          bodyBytes,
          countLane,
          log,
        })
      : null,
    identify,
    countLane,
    notReady: () => missingKeys(issuers),
    publicJwks: identity.publicJwks,
    metrics,
    bodyBytes,
    graphiql: config.graphiql ? { personas: options.personas ?? [] } : null,
    extensions: options.extensions ?? [],
    log,
  });
  const url = await listen(server, config);
  const shutDown = async () => {
    await supergraphs.stop();
    await server.close();
    await Promise.all([generations.close(), plans.stop()]);
  };
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

type Parts = Pick<OperationDependencies, "subgraphCalls">;

function createOperationHandler(
  config: Config,
  generations: Generations<Parts>,
  programOf: ProgramSource,
  log: Logger,
): HandleOperation {
  const handle = createHandleOperation({
    limits: config.limits,
    authorisation: { ...config.authorization, checkFormats: config.governance.checkFormats },
    programOf,
    isShared: config.sharing === "request",
    subgraphCalls: (request) => generations.partsOf(request.prepared.supergraph).subgraphCalls(request),
    reportDryRun: ({ rehearsed }, { requestId }) =>
      log.info({ rehearsed, requestId }, "dry run: these would be refused or masked"),
  });
  return async (request) => {
    const generation = generations.enter(request.prepared.supergraph);
    try {
      return await handle(request);
    } finally {
      generations.leave(generation);
    }
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

interface GenerationSettings {
  readonly config: Config;
  readonly identity: IdentitySigner;
  /** Whether addresses come from publishers, and not from the operator alone. */
  readonly isFollowing: boolean;
}

function createGenerations(
  { config, identity, isFollowing }: GenerationSettings,
  operations: OperationStore,
  plans: PlanPool,
): Generations<Parts> {
  const isShared = config.sharing !== "off";
  return new Generations({
    specs: (supergraph) => clientSpecs(supergraph, config, isFollowing),
    createClient: ({ name, url }) => {
      const {
        timeoutMs = 2000,
        maxResponseBytes = 20_000_000,
        url: configured,
      } = config.subgraphs[name] ?? {};
      const lookup = createGuardedLookup(config.production && isFollowing && configured === undefined);
      return createSubgraphClient({
        name,
        url,
        timeoutMs,
        maxResponseBytes,
        connections: CONNECTIONS,
        lookup,
      });
    },
    createParts: (supergraph, clients) => {
      plans.warm({ generation: supergraph.hash, sdl: supergraph.planningSdl });
      const rowClaims = rowClaimNames(supergraph);
      return { subgraphCalls: createSubgraphCalls({ clients, identity, rowClaims, isShared }) };
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

interface SupergraphLife extends SupergraphSource {
  readonly stop: () => Promise<void>;
}

async function openSupergraphs(
  options: GatewayOptions,
  generations: Generations<Parts>,
  metrics: Registry,
): Promise<SupergraphLife> {
  if (options.follow === undefined) {
    const supergraph = buildSupergraph(options.supergraphSdl);
    generations.activate(supergraph);
    return { current: () => supergraph, onChange: () => () => {}, stop: async () => {} };
  }
  const watch = await SupergraphWatch.start({
    ...options.follow,
    log: options.log,
    quiet: () => generations.quiet(),
    adopt: (supergraph) => generations.activate(supergraph),
    report: createGenerationMetrics(metrics, () => generations.size),
  });
  return {
    current: () => watch.current(),
    onChange: (listener) => watch.onChange(listener),
    stop: () => watch.stop(),
  };
}

function createIssuers(config: Config, log: Logger): readonly Issuer[] {
  return config.auth.issuers.map(({ issuer, audience, algorithms, jwksUrl }) => ({
    issuer,
    audience,
    algorithms,
    keys: new JwksSource({
      url: jwksUrl,
      onFailure: (reason) => log.warn({ issuer, reason }, "the issuer's keys could not be fetched"),
    }),
  }));
}

/** Ready means: every issuer's tokens can be verified. Asking is what makes it recover unaided. */
async function missingKeys(issuers: readonly Issuer[]): Promise<string | null> {
  for (const { issuer, keys } of issuers) {
    if ((await keys.forKey(null)) === null) return `The keys of issuer ${issuer} are not available.`;
  }
  return null;
}

async function createIdentity({ identity }: Config): Promise<IdentitySigner> {
  const privateKey =
    identity.privateKey === null ? generateKeyPairSync("ed25519").privateKey : readKey(identity.privateKey);
  const keyId = await calculateJwkThumbprint(await exportJWK(privateKey));
  return createIdentitySigner({ privateKey, keyId });
}

function readKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Said below, without quoting the key.
  }
  throw new ClientError("CONFIG_INVALID", "identity.privateKey is not an Ed25519 private key in PEM.");
}

function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

function createLaneCounter(registry: Registry): CountLane {
  const requests = new Counter({
    name: "dpg_graphql_requests_total",
    help: "GraphQL requests by the way they took: through Apollo Server, or the hot lane of prepared operations",
    labelNames: ["lane"],
    registers: [registry],
  });
  const byLane = { apollo: requests.labels("apollo"), hot: requests.labels("hot") };
  return (lane) => byLane[lane].inc();
}

async function listen(server: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
      throw new ClientError("PORT_IN_USE", `Port ${port} is in use.`);
    throw error;
  }
}
