import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { ApolloServerPlugin } from "@apollo/server";
import type { FastifyInstance } from "fastify";
import { calculateJwkThumbprint, exportJWK } from "jose";
import { Counter, collectDefaultMetrics, Registry } from "prom-client";
import { ClientError } from "../shared/errors.ts";
import { createIdentitySigner, type IdentitySigner } from "../shared/identity-token.ts";
import { JwksSource } from "../shared/jwks-source.ts";
import type { Logger } from "../shared/log.ts";
import { type Config, isAllowedAddress } from "./config.ts";
import { compileReference } from "./execution/apollo-executor.ts";
import { compilePlan } from "./execution/compile-plan.ts";
import { createSubgraphClient, type SubgraphClient } from "./execution/fetch-subgraph.ts";
import { createApolloLane, type GraphQLContext, watchesRequests } from "./http/apollo-lane.ts";
import type { PersonaToken } from "./http/graphiql.ts";
import { type CountLane, createHotLane } from "./http/hot-lane.ts";
import { createIdentifyCaller } from "./http/identify-caller.ts";
import { createServer } from "./http/server.ts";
import { createAuthenticate, type Issuer } from "./request/authenticate.ts";
import { createCallerFactory } from "./request/caller.ts";
import { createHandleOperation } from "./request/handle-operation.ts";
import { OperationStore } from "./request/prepare-operation.ts";
import { createSubgraphCalls } from "./request/subgraph-calls.ts";
import { buildSupergraph, type Supergraph } from "./supergraph/supergraph.ts";

export interface GatewayOptions {
  readonly config: Config;
  readonly supergraphSdl: string;
  readonly log: Logger;
  /** Tokens that the query page offers; development only. */
  readonly personas?: readonly PersonaToken[];
  /** Apollo Server plugins; one with hooks on requests turns the hot lane off. */
  readonly plugins?: readonly ApolloServerPlugin<GraphQLContext>[];
}

export interface Gateway {
  readonly url: string;
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
  const supergraph = buildSupergraph(options.supergraphSdl);
  const identity = await createIdentity(config);
  const clients = createClients(supergraph, config);
  const issuers = createIssuers(config, log);
  const identify = createIdentifyCaller({
    authenticate: createAuthenticate({ ...config.auth, issuers }),
    callerOf: createCallerFactory(config.masking.hmacKey),
  });
  const operations = new OperationStore(config.limits.operationCacheBytes);
  const handleOperation = createOperationHandler(config, supergraph, identity, clients, log);
  const plugins = options.plugins ?? [];
  const isHot = config.hotLane && !plugins.some(watchesRequests);
  const { bodyBytes } = config.limits;
  const metrics = createMetrics();
  const countLane = createLaneCounter(metrics);
  const server = await createServer({
    apollo: createApolloLane({
      handleOperation,
      operations,
      supergraphs: { current: () => supergraph, onChange: () => () => {} },
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
          current: () => supergraph,
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
    log,
  });
  const url = await listen(server, config);
  const shutDown = async () => {
    await server.close();
    await Promise.all([...clients.values()].map((client) => client.close()));
  };
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= shutDown();
    return stopped;
  };
  return { url, supergraph, stop };
}

function createOperationHandler(
  config: Config,
  supergraph: Supergraph,
  identity: IdentitySigner,
  clients: ReadonlyMap<string, SubgraphClient>,
  log: Logger,
) {
  const rowClaims = rowClaimNames(supergraph);
  return createHandleOperation({
    limits: config.limits,
    authorisation: { ...config.authorization, checkFormats: config.governance.checkFormats },
    compile: config.executor === "compiled" ? compilePlan : compileReference,
    isShared: config.sharing === "request",
    subgraphCalls: createSubgraphCalls({ clients, identity, rowClaims, isShared: config.sharing !== "off" }),
    reportDryRun: ({ rehearsed }, { requestId }) =>
      log.info({ rehearsed, requestId }, "dry run: these would be refused or masked"),
  });
}

/** The claims that row filters read: only these travel to subgraphs. */
function rowClaimNames({ policy }: Supergraph): readonly string[] {
  const rules = [...policy.values()].flat();
  const rows = rules.flatMap(({ directive, applications }) =>
    applications.flatMap((args) => directive.rows?.(args) ?? []),
  );
  return [...new Set(rows.flatMap((row) => row.claims))].sort();
}

function createClients({ subgraphs }: Supergraph, config: Config): ReadonlyMap<string, SubgraphClient> {
  const unknown = Object.keys(config.subgraphs).filter(
    (name) => !subgraphs.some((item) => item.name === name),
  );
  if (unknown.length > 0)
    throw new ClientError("CONFIG_INVALID", `subgraphs.${unknown[0]} is no subgraph of this supergraph.`);
  return new Map(
    subgraphs.map(({ name, url }) => {
      const {
        timeoutMs = 2000,
        maxResponseBytes = 20_000_000,
        url: configured,
      } = config.subgraphs[name] ?? {};
      const address = configured ?? url;
      if (!isAllowedAddress(address, config.production))
        throw new ClientError(
          "CONFIG_INVALID",
          `The address of subgraph ${name} (${address || "none"}) may not be called: it needs https:, or http: outside production.`,
        );
      return [
        name,
        createSubgraphClient({
          name,
          url: address,
          timeoutMs,
          maxResponseBytes,
          connections: CONNECTIONS,
        }),
      ];
    }),
  );
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
