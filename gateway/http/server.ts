import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ApolloServer } from "@apollo/server";
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from "fastify";
import type { ClientError } from "../../shared/errors.ts";
import type { GraphQLContext } from "./apollo-lane.ts";
import { type ConnectionLimits, watchConnections } from "./connections.ts";
import { type ConsoleOptions, serveConsole } from "./console.ts";
import { type PersonaToken, serveGraphiql } from "./graphiql.ts";
import { type GraphQLRouteOptions, serveGraphQL } from "./graphql-route.ts";
import { type HealthOptions, serveHealth } from "./health-routes.ts";
import type { HotLane } from "./hot-lane.ts";
import { answerEverything, OUTER_ERRORS } from "./outer-errors.ts";
import { OverloadGuard, type OverloadLimits } from "./overload.ts";
import { createPressureGauge } from "./pressure-gauge.ts";
import { parseNestedJson } from "./read-bodies.ts";
import { FactsOfRequests } from "./request-facts.ts";
import type { RequestObserver } from "./request-observer.ts";
import { sendError } from "./send-error.ts";
import { type ShutdownTimes, stopServer } from "./stop-server.ts";

export interface ServerOptions extends GraphQLRouteOptions, HealthOptions {
  /** The GraphQL pipeline of each path. */
  readonly apollo: ReadonlyMap<string, ApolloServer<GraphQLContext>>;
  /** The short way for operations that are already prepared, or null where every request takes the long one. */
  readonly hotLane: HotLane | null;
  readonly observer: RequestObserver;
  readonly inbound: InboundLimits;
  readonly overload: OverloadLimits;
  /** Milliseconds that what subgraphs answered has been waiting for a turn of the event loop, now. */
  readonly waitingMs: () => number;
  /** Called with each connection that comes in. */
  readonly onConnection: () => void;
  readonly shutdown: ShutdownTimes;
  /** The page at /graphiql: the tokens it offers, or null for no page. */
  readonly graphiql: { readonly personas: readonly PersonaToken[] } | null;
  /** The page at `/`, or null for none. */
  readonly console: ConsoleOptions | null;
  /** Other routes of this server, each set below its own prefix. */
  readonly extensions: readonly RouteExtension[];
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
  serveHealth(app, options, closing.isAnnounced);
  for (const { prefix, register } of options.extensions) await app.register(register, { prefix });
  if (options.graphiql)
    await serveGraphiql(app, { ...options.graphiql, hasConsole: options.console !== null });
  if (options.console) await serveConsole(app, options.console);
  const connections = watchConnections(app.server, options.inbound);
  const stop = async () => {
    await stopServer({ app, connections, announce: closing.announce, times: options.shutdown });
    overload.stop();
  };
  return { listen: (where) => app.listen(where), stop };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Each request is offered to the hot lane first, if there is room for it at all. */
function createLanes(
  handler: Listener,
  overload: OverloadGuard,
  { hotLane, inbound, onConnection }: ServerOptions,
) {
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
  server.on("connection", onConnection);
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
