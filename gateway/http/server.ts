import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ApolloServer } from "@apollo/server";
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from "@as-integrations/fastify";
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { JSONWebKeySet } from "jose";
import type { Registry } from "prom-client";
import { ClientError, type ErrorCode } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { RateLimits } from "../request/rate-limits.ts";
import { createMetricsReader } from "../telemetry/cluster-metrics.ts";
import type { AdmitBody } from "./admit-body.ts";
import type { GraphQLContext } from "./apollo-lane.ts";
import { cancelOnClose } from "./cancel-on-close.ts";
import { type ConnectionLimits, watchConnections } from "./connections.ts";
import { type ConsoleOptions, serveConsole } from "./console.ts";
import type { ForwardHeaders } from "./forward-headers.ts";
import { type PersonaToken, serveGraphiql } from "./graphiql.ts";
import { errorBody, toGraphQLError } from "./graphql-errors.ts";
import type { CountLane, HotLane } from "./hot-lane.ts";
import type { IdentifyCaller } from "./identify-caller.ts";
import { identifyClient } from "./identify-client.ts";
import { answerEverything, OUTER_ERRORS } from "./outer-errors.ts";
import { OverloadGuard, type OverloadLimits } from "./overload.ts";
import { createPressureGauge } from "./pressure-gauge.ts";
import { parseNestedJson, readEncodings } from "./read-bodies.ts";
import { FactsOfRequests } from "./request-facts.ts";
import type { RequestObserver } from "./request-observer.ts";
import { type ShutdownTimes, stopServer } from "./stop-server.ts";
import { PRODUCTS_HEADER, type WantsCost } from "./wants-cost.ts";

export interface ServerOptions {
  /** The GraphQL pipeline of each path. */
  readonly apollo: ReadonlyMap<string, ApolloServer<GraphQLContext>>;
  /** The short way for operations that are already prepared, or null where every request takes the long one. */
  readonly hotLane: HotLane | null;
  readonly identify: IdentifyCaller;
  /** Null where nothing is limited. */
  readonly rateLimits: RateLimits | null;
  readonly wantsCost: WantsCost;
  readonly countLane: CountLane;
  readonly observer: RequestObserver;
  readonly forwardHeaders: ForwardHeaders;
  /** Why the gateway cannot serve now, or null when it can. */
  readonly notReady: () => Promise<{ readonly code: ErrorCode; readonly reason: string } | null>;
  readonly publicJwks: () => Promise<JSONWebKeySet>;
  readonly metrics: Registry;
  readonly bodyBytes: number;
  readonly admitBody: AdmitBody;
  readonly inbound: InboundLimits;
  readonly overload: OverloadLimits;
  /** Milliseconds that what subgraphs answered has been waiting for a turn of the event loop, now. */
  readonly waitingMs: () => number;
  readonly shutdown: ShutdownTimes;
  /** The page at /graphiql: the tokens it offers, or null for no page. */
  readonly graphiql: { readonly personas: readonly PersonaToken[] } | null;
  /** The page at `/`, or null for none. */
  readonly console: ConsoleOptions | null;
  /** Other routes of this server, each set below its own prefix. */
  readonly extensions: readonly RouteExtension[];
  readonly log: Logger;
}

/** What clients may take of time and connections, in milliseconds. */
export interface InboundLimits extends ConnectionLimits {
  /** From a connection's first byte to the end of the headers. */
  readonly headersTimeoutMs: number;
  /** The same to the end of the body. */
  readonly requestTimeoutMs: number;
  /** How long a connection without a request stays open. */
  readonly keepAliveTimeoutMs: number;
  /** Connections at once; more are closed. */
  readonly maxConnections: number;
}

export interface GatewayServer {
  /** Resolves with the address. */
  readonly listen: (where: { readonly host: string; readonly port: number }) => Promise<string>;
  /** Not ready at once; then no more connections, and what is in flight is answered. */
  readonly stop: () => Promise<void>;
}

/** Routes that another part of the project answers. */
export interface RouteExtension {
  readonly prefix: string;
  readonly register: (app: FastifyInstance) => Promise<void>;
}

/** Routes of the gateway: GraphQL over HTTP, health, metrics, keys, and the query page. */
export async function createServer(options: ServerOptions): Promise<GatewayServer> {
  const loggerInstance: FastifyBaseLogger = options.log;
  const overload = new OverloadGuard(
    options.overload,
    options.metrics,
    createPressureGauge(options.waitingMs),
  );
  const facts = new FactsOfRequests(options.observer);
  const app: FastifyInstance = fastify({
    bodyLimit: options.bodyBytes,
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    ...OUTER_ERRORS,
    forceCloseConnections: "idle",
    serverFactory: (handler) => createLanes(handler, overload, options),
  });
  app.setErrorHandler((error: FastifyError | ClientError, request, reply) =>
    sendError(error, request, reply, options.log),
  );
  answerEverything(app);
  parseNestedJson(app);
  const closing = closeConnectionsOnDrain(app, options.hotLane);
  for (const [path, apollo] of options.apollo) await serveGraphQL(app, path, apollo, { ...options, facts });
  serveOperation(app, options, closing);
  for (const { prefix, register } of options.extensions) await app.register(register, { prefix });
  if (options.graphiql) await serveGraphiql(app, options.graphiql.personas);
  if (options.console) await serveConsole(app, options.console);
  const connections = watchConnections(app.server, options.inbound);
  const stop = async () => {
    await stopServer({ app, connections, announce: closing.announce, times: options.shutdown });
    overload.stop();
  };
  return { listen: (where) => app.listen(where), stop };
}

async function serveGraphQL(
  app: FastifyInstance,
  url: string,
  apollo: ApolloServer<GraphQLContext>,
  options: ServerOptions & { readonly facts: FactsOfRequests },
): Promise<void> {
  const contexts = new WeakMap<FastifyRequest, Promise<GraphQLContext>>();
  const createContext = contextCreator(options);
  const contextOf = (request: FastifyRequest, reply: FastifyReply): Promise<GraphQLContext> => {
    const context = contexts.get(request) ?? createContext(request, reply);
    contexts.set(request, context);
    return context;
  };
  apollo.addPlugin(fastifyApolloDrainPlugin(app));
  await apollo.start();
  app.route({
    url,
    method: ["GET", "POST"],
    onRequest: async (request) => void options.facts.of(request),
    preParsing: readEncodings(options.bodyBytes),
    preHandler: async (request, reply) => {
      // Whoever is not let in, or has used up what it may, has nothing read; the GraphQL server says so.
      const isKnown = await contextOf(request, reply).then(
        () => true,
        () => false,
      );
      if (!isKnown) return;
      if (request.method === "GET") options.admitBody(sentByGet(request.url));
      else request.body = options.admitBody(request.body);
    },
    onResponse: async (request, reply) => options.facts.answered(request, reply),
    handler: fastifyApolloHandler(apollo, { context: contextOf }),
  });
  app.route({
    url,
    method: ["PUT", "PATCH", "DELETE", "OPTIONS"],
    handler: (request, reply) =>
      reply
        .code(405)
        .header("allow", "GET, HEAD, POST")
        .send(errorBody("BAD_USER_INPUT", "GraphQL is served by GET and POST.", request.id)),
  });
}

/** The parameters of an address as Apollo Server reads them; one that is there twice is refused by it. */
function sentByGet(url: string): Readonly<Record<string, string>> {
  return Object.fromEntries(new URL(url, "http://gateway.invalid").searchParams);
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Each request is offered to the hot lane first, if there is room for it at all. */
function createLanes(handler: Listener, overload: OverloadGuard, { hotLane, inbound }: ServerOptions) {
  const answer: Listener = hotLane
    ? (request, response) => hotLane.offer(request, response, () => handler(request, response))
    : handler;
  const times = {
    headersTimeout: inbound.headersTimeoutMs,
    requestTimeout: inbound.requestTimeoutMs,
    keepAliveTimeout: inbound.keepAliveTimeoutMs,
    connectionsCheckingInterval: 1000,
  };
  const server = createHttpServer(times, (request, response) => {
    if (overload.admit(request, response)) answer(request, response);
  });
  server.maxConnections = inbound.maxConnections;
  return server;
}

interface Closing {
  readonly isAnnounced: () => boolean;
  /** From now on each answer is the last one of its connection. */
  readonly announce: () => void;
}

/** A connection whose last answer is sent while the server stops would else stay open for a minute. */
function closeConnectionsOnDrain(app: FastifyInstance, hotLane: HotLane | null): Closing {
  let isClosing = false;
  const announce = () => {
    isClosing = true;
    hotLane?.closeConnections();
  };
  app.addHook("preClose", (done) => {
    announce();
    hotLane?.retire();
    done();
  });
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (isClosing) reply.header("connection", "close");
    done();
  });
  return { announce, isAnnounced: () => isClosing };
}

function contextCreator({
  identify,
  rateLimits,
  wantsCost,
  countLane,
  forwardHeaders,
  facts: factsOf,
  log,
}: ServerOptions & { readonly facts: FactsOfRequests }) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<GraphQLContext> => {
    countLane("apollo");
    const facts = factsOf.of(request);
    try {
      facts.trace?.enter("authenticate");
      const caller = await identify(request.raw);
      const client = identifyClient(request.headers, caller);
      facts.client = client;
      const address = request.raw.socket.remoteAddress ?? "";
      if (rateLimits) await rateLimits.countRequest({ caller, client, address });
      return {
        caller,
        client,
        address,
        wantsCost: wantsCost(request.headers),
        wantsProducts: request.headers[PRODUCTS_HEADER] !== undefined,
        requestId: request.id,
        cancellation: cancelOnClose(reply.raw),
        facts,
        forwarded: forwardHeaders(request.headers),
      };
    } catch (error) {
      const shown = toGraphQLError(error, request.id, log);
      facts.errors = [shown];
      throw shown;
    }
  };
}

const STOPPING = { code: "GATEWAY_STOPPING", reason: "The gateway is stopping." } as const;

function serveOperation(
  app: FastifyInstance,
  { notReady, publicJwks, metrics }: ServerOptions,
  closing: Closing,
): void {
  const readMetrics = createMetricsReader(metrics);
  app.get("/health/live", async () => ({ status: "live" }));
  app.get("/health/ready", async (request, reply) => {
    const reason = closing.isAnnounced() ? STOPPING : await notReady();
    if (reason === null) return { status: "ready" };
    return reply.code(503).send({ status: "not ready", ...reason, requestId: request.id });
  });
  app.get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await readMetrics()));
  app.get("/.well-known/jwks.json", async (_request, reply) =>
    reply.header("cache-control", "public, max-age=60").send(await publicJwks()),
  );
}

function sendError(
  error: FastifyError | ClientError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  if (error instanceof ClientError) {
    const { code, message, extensions } = error;
    return reply.code(error.status).send(errorBody(code, message, request.id, extensions));
  }
  if (error.statusCode === 413)
    return reply.code(413).send(errorBody("REQUEST_TOO_LARGE", "The request body is too large.", request.id));
  if (error.statusCode !== undefined && error.statusCode < 500)
    return reply.code(error.statusCode).send(errorBody("BAD_USER_INPUT", error.message, request.id));
  const { message, extensions } = toGraphQLError(error, request.id, log);
  return reply.code(500).send(errorBody(String(extensions.code), message, request.id));
}
