import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { ApolloServerPlugin } from "@apollo/server";
import type { FastifyInstance } from "fastify";
import { calculateJwkThumbprint, exportJWK } from "jose";
import { Counter, collectDefaultMetrics, Registry } from "prom-client";
import { ClientError } from "../shared/errors.ts";
import { createIdentitySigner, type IdentitySigner } from "../shared/identity-token.ts";
import { JwksSource } from "../shared/jwks-source.ts";
import type { Logger } from "../shared/log.ts";
import type { Config } from "./config.ts";
import { compileReference } from "./execution/apollo-executor.ts";
import { compilePlan } from "./execution/compile-plan.ts";
import type { Generations } from "./generations.ts";
import { createApolloLane, type GraphQLContext, watchesRequests } from "./http/apollo-lane.ts";
import type { PersonaToken } from "./http/graphiql.ts";
import { type CountLane, createHotLane } from "./http/hot-lane.ts";
import { createIdentifyCaller } from "./http/identify-caller.ts";
import { createServer, type RouteExtension } from "./http/server.ts";
import { type AuditLife, openAudit } from "./open-audit.ts";
import { openExplain } from "./open-explain.ts";
import { type GenerationParts, openGenerations, type SupergraphOrigin } from "./open-generations.ts";
import { openPolicies, type PolicyLife } from "./open-policies.ts";
import { openUsage } from "./open-usage.ts";
import { createAuthenticate, type Issuer } from "./request/authenticate.ts";
import { createCallerFactory } from "./request/caller.ts";
import type { DecidePolicy } from "./request/evaluate-policies.ts";
import { createHandleOperation, type HandleOperation } from "./request/handle-operation.ts";
import { createPlan } from "./request/plan.ts";
import { PlanPool } from "./request/plan-pool.ts";
import { OperationStore } from "./request/prepare-operation.ts";
import { createProgramSource, type ProgramSource } from "./request/program-source.ts";
import { createWarmGeneration } from "./request/warm-generation.ts";
import { WHOLE_API } from "./supergraph/contract.ts";
import type { Supergraph } from "./supergraph/supergraph.ts";
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
  const { config, log } = options;
  const identity = await createIdentity(config);
  const issuers = createIssuers(config, log);
  const callerOf = createCallerFactory(config.masking.hmacKey);
  const identify = createIdentifyCaller({
    authenticate: createAuthenticate({ ...config.auth, issuers }),
    callerOf,
  });
  const operations = new OperationStore(config.limits.operationCacheBytes);
  const metrics = createMetrics();
  const plans = new PlanPool(config.limits.planMs);
  const plan = createPlan(plans);
  const programOf = createProgramSource({
    plan,
    compile: config.executor === "compiled" ? compilePlan : compileReference,
    onCompiled: ({ variant }, bytes) => operations.charge(variant.prepared, bytes),
  });
  const audit = await openAudit(config, metrics, log);
  const authorisation = authorisationOf(config, audit);
  const { generations, supergraphs } = await openGenerations({
    origin: options,
    config,
    identity,
    operations,
    plans,
    warm: createWarmGeneration({ operations, plans, programOf, authorisation }),
    metrics,
    log,
  }).catch(async (error: unknown) => {
    await audit.stop();
    throw error;
  });
  const policies = await openPolicies(config, options.policyEngine ?? null, metrics, log);
  audit.examine(supergraphs.current());
  supergraphs.onChange(audit.examine);
  const usage = openUsage({ config, sink: options.usage, operations, metrics, log });
  const handleOperation = usage.measure(
    createOperationHandler(config, generations, { programOf, policies, audit }, log),
  );
  const explainRoutes = openExplain({
    config,
    authorisation,
    evaluatePolicies: policies.evaluate,
    plan,
    identify,
    callerOf,
    supergraphs,
  });
  const plugins = options.plugins ?? [];
  const isHot = config.hotLane && !plugins.some(watchesRequests);
  const { bodyBytes } = config.limits;
  const countLane = createLaneCounter(metrics);
  const paths = graphqlPaths(config);
  const lane = {
    handleOperation,
    operations,
    supergraphs,
    introspection: config.introspection,
    maxTokens: config.limits.tokens,
    plugins,
    log,
  };
  const server = await createServer({
    apollo: new Map([...paths].map(([path, contract]) => [path, createApolloLane({ ...lane, contract })])),
    hotLane: isHot
      ? createHotLane({
          operations,
          handleOperation,
          identify,
          current: supergraphs.current,
          paths,
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
    extensions: [...explainRoutes, ...(options.extensions ?? [])],
    log,
  });
  const shutDown = async () => {
    await supergraphs.stop();
    await server.close();
    policies.stop();
    await Promise.all([audit.stop(), usage.stop()]);
    await Promise.all([generations.close(), plans.stop()]);
  };
  const url = await listen(server, config).catch(async (error: unknown) => {
    await shutDown();
    throw error;
  });
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

/** The contract that each path serves. */
function graphqlPaths({ contracts }: Config): ReadonlyMap<string, string> {
  const named = Object.keys(contracts).map((name) => [`/graphql/${name}`, name] as const);
  return new Map([["/graphql", WHOLE_API], ...named]);
}

interface OperationParts {
  readonly programOf: ProgramSource;
  readonly policies: PolicyLife;
  readonly audit: AuditLife;
}

function createOperationHandler(
  config: Config,
  generations: Generations<GenerationParts>,
  { programOf, policies, audit }: OperationParts,
  log: Logger,
): HandleOperation {
  const handle = createHandleOperation({
    limits: config.limits,
    authorisation: authorisationOf(config, audit),
    evaluatePolicies: policies.evaluate,
    audit: audit.audit,
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

/** What requests are authorised with, and explanations as well: they tell what requests get. */
function authorisationOf({ authorization, governance }: Config, { isOn }: AuditLife) {
  return { ...authorization, checkFormats: governance.checkFormats, isAudited: isOn };
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
