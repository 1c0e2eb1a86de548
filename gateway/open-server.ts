import type { ApolloServerPlugin } from "@apollo/server";
import { Counter, type Registry } from "prom-client";
import { ClientError } from "../shared/errors.ts";
import type { Config } from "./config.ts";
import type { TurnQueue } from "./execution/turn-queue.ts";
import { createAdmitBody } from "./http/admit-body.ts";
import {
  type ApolloLaneOptions,
  createApolloLane,
  type GraphQLContext,
  watchesRequests,
} from "./http/apollo-lane.ts";
import type { ConsoleOptions } from "./http/console.ts";
import { createForwardHeaders } from "./http/forward-headers.ts";
import type { PersonaToken } from "./http/graphiql.ts";
import { type CountLane, createHotLane } from "./http/hot-lane.ts";
import { createPublicError } from "./http/public-error.ts";
import { REGISTRY_ROUTE } from "./http/registry-route.ts";
import type { RequestObserver } from "./http/request-observer.ts";
import { createServer, type GatewayServer, type RouteExtension } from "./http/server.ts";
import { createWantsCost } from "./http/wants-cost.ts";
import type { Identity } from "./open-identity.ts";
import type { RateLimits } from "./request/rate-limits.ts";
import type { SafeList } from "./request/safe-list.ts";
import { WHOLE_API } from "./supergraph/contract.ts";

export interface ServerParts
  extends Pick<ApolloLaneOptions, "handleOperation" | "operations" | "supergraphs" | "log"> {
  readonly config: Config;
  readonly identity: Identity;
  readonly metrics: Registry;
  readonly rateLimits: RateLimits | null;
  readonly observer: RequestObserver;
  readonly safeList: SafeList | null;
  readonly plugins: readonly ApolloServerPlugin<GraphQLContext>[];
  readonly personas: readonly PersonaToken[];
  /** The registry's number of what is served now; null where none is followed. */
  readonly generation: () => number | null;
  readonly extensions: readonly RouteExtension[];
  /** What subgraphs answered and has to wait. */
  readonly turns: TurnQueue;
}

/** The HTTP server with both lanes, at the path of each contract; not listening yet. */
export async function openServer(parts: ServerParts): Promise<GatewayServer> {
  const { config, identity, handleOperation, operations, supergraphs, metrics, observer, plugins, log } =
    parts;
  const { bodyBytes, tokens, batch } = config.limits;
  const { identify } = identity;
  const countLane = createLaneCounter(metrics);
  const wantsCost = createWantsCost(config.limits.reportCost);
  const forwardHeaders = createForwardHeaders(forwardedNames(config));
  const paths = graphqlPaths(config);
  const { introspection } = config;
  const publicError = createPublicError(config.errors.subgraphTexts, log);
  const lane = {
    handleOperation,
    operations,
    supergraphs,
    introspection,
    maxTokens: tokens,
    isBatched: batch > 0,
    plugins,
    publicError,
    log,
  };
  const isHot = config.hotLane && !plugins.some(watchesRequests);
  const { current } = supergraphs;
  return createServer({
    apollo: new Map([...paths].map(([path, contract]) => [path, createApolloLane({ ...lane, contract })])),
    hotLane: isHot
      ? createHotLane({
          operations,
          handleOperation,
          identify,
          rateLimits: parts.rateLimits,
          wantsCost,
          safeList: parts.safeList,
          current,
          paths,
          bodyBytes,
          publicError,
          observer,
          countLane,
          forwardHeaders,
          log,
        })
      : null,
    identify,
    rateLimits: parts.rateLimits,
    wantsCost,
    countLane,
    observer,
    forwardHeaders,
    notReady: async () => {
      const reason = await identity.missingKeys();
      return reason === null ? null : { code: "IDENTITY_PROVIDER_UNAVAILABLE", reason };
    },
    publicJwks: identity.signer.publicJwks,
    metrics,
    metricsToken: config.metrics.token,
    bodyBytes,
    admitBody: createAdmitBody(config.limits, parts.safeList),
    inbound: config.http,
    overload: config.overload,
    waitingMs: () => parts.turns.delayMs,
    onConnection: parts.turns.connectionCame,
    shutdown: config.shutdown,
    graphiql: config.graphiql ? { personas: parts.personas } : null,
    console: config.console
      ? {
          personas: parts.personas,
          hasQueryPage: config.graphiql,
          registry: registryOf(parts),
          generation: parts.generation,
        }
      : null,
    extensions: parts.extensions,
    log,
  });
}

/** @throws ClientError PORT_IN_USE */
export async function listen(server: GatewayServer, { host, port }: Config): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
      throw new ClientError("PORT_IN_USE", `Port ${port} is in use.`);
    throw error;
  }
}

/** The headers that any subgraph gets. */
function forwardedNames({ subgraphDefaults, subgraphs }: Config): ReadonlySet<string> {
  const own = Object.values(subgraphs).flatMap(({ headers = [] }) => headers);
  return new Set([...subgraphDefaults.headers, ...own]);
}

/** The contract that each path serves. */
function graphqlPaths({ contracts }: Config): ReadonlyMap<string, string> {
  const named = Object.keys(contracts).map((name) => [`/graphql/${name}`, name] as const);
  return new Map([["/graphql", WHOLE_API], ...named]);
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

function registryOf({ extensions }: Pick<ServerParts, "extensions">): ConsoleOptions["registry"] {
  const has = (wanted: string) => extensions.some(({ prefix }) => prefix === wanted);
  if (has("/registry/v1")) return "here";
  return has(REGISTRY_ROUTE) ? "followed" : "none";
}
