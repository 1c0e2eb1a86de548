import { randomUUID } from "node:crypto";
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { GraphQLSchema } from "graphql";
import { ClientError, InternalError } from "../errors.ts";
import type { IdentityVerifier, SubgraphCaller } from "../identity-token.ts";
import type { Logger } from "../log.ts";
import type { CursorCodec } from "./cursor.ts";
import { maskError } from "./mask-error.ts";
import type { DatabasePools } from "./postgres.ts";
import { type RequestDatabase, RequestSession } from "./request-database.ts";
import type { SubgraphContext, SubgraphRequest } from "./subgraph-definition.ts";

/** What answers `POST /graphql` of a subgraph. */
export interface EndpointOptions {
  readonly schema: GraphQLSchema;
  readonly verifier: IdentityVerifier;
  /** Null for a subgraph without a database. */
  readonly pools: DatabasePools | null;
  readonly cursors: CursorCodec;
  readonly log: Logger;
  readonly createLoaders: (request: SubgraphRequest) => unknown;
}

/** The endpoint with its life time. */
export interface GraphqlEndpoint {
  /** Refuses who is not the gateway, before the body is read. */
  readonly admit: (request: FastifyRequest) => Promise<void>;
  /** Answers a request that was admitted. */
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
  readonly stop: () => Promise<void>;
}

/**
 * Apollo Server behind the identity check. A request holds at most one database connection, until it is answered.
 */
export async function startGraphqlEndpoint(options: EndpointOptions): Promise<GraphqlEndpoint> {
  const apollo = createApolloServer(options.schema, options.log);
  const callers = new WeakMap<FastifyRequest, SubgraphCaller>();
  await apollo.start();
  return {
    admit: async (request) => {
      callers.set(request, await options.verifier.verify(readBearerToken(request.headers.authorization)));
    },
    handle: async (request, reply) => {
      const caller = callers.get(request);
      if (!caller) throw new InternalError("a request was handled without being admitted");
      return answer(apollo, options, caller, request, reply);
    },
    stop: () => apollo.stop(),
  };
}

function createApolloServer(schema: GraphQLSchema, log: Logger): ApolloServer<SubgraphContext<unknown>> {
  const contexts = new WeakMap<object, SubgraphContext<unknown>>();
  return new ApolloServer<SubgraphContext<unknown>>({
    schema,
    introspection: true,
    csrfPrevention: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    logger: log,
    plugins: [...SWITCHED_OFF, rememberContexts(contexts)],
    formatError: (formatted, error) => {
      const context = isObject(error) ? contexts.get(error) : undefined;
      return maskError(formatted, error, context?.requestId ?? randomUUID(), context?.log ?? log);
    },
  });
}

/** What Apollo adds by itself: hints for caches, and reports to its own service. */
const SWITCHED_OFF = [
  ApolloServerPluginCacheControlDisabled(),
  ApolloServerPluginInlineTraceDisabled(),
  ApolloServerPluginSchemaReportingDisabled(),
  ApolloServerPluginUsageReportingDisabled(),
];

/** Apollo formats errors without their request; this notes which request an error belongs to. */
function rememberContexts(
  contexts: WeakMap<object, SubgraphContext<unknown>>,
): ApolloServerPlugin<SubgraphContext<unknown>> {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors, contextValue }) => {
        for (const error of errors) contexts.set(error, contextValue);
      },
    }),
  };
}

async function answer(
  apollo: ApolloServer<SubgraphContext<unknown>>,
  options: EndpointOptions,
  caller: SubgraphCaller,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const requestId = readRequestId(request.headers["x-request-id"]);
  reply.header("x-request-id", requestId).header("cache-control", "no-store");
  const log = options.log.child({ requestId });
  const session = options.pools ? new RequestSession(options.pools, caller) : null;
  const base = { caller, requestId, log, database: session ?? NO_DATABASE, cursors: options.cursors };
  reply.raw.once("close", () => {
    if (reply.raw.writableEnded) return;
    session?.cancel();
    log.debug("the caller left");
    // What fails from here on fails because of that.
    log.level = "silent";
  });
  const { status, headers, body } = await apollo
    .executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: toHeaderMap(request),
        search: "",
        body: request.body,
      },
      context: async () => ({ ...base, loaders: options.createLoaders(base) }),
    })
    // Nothing waits for it: what was written is committed already, and a read has nothing to commit.
    .finally(() => void session?.end());
  for (const [name, value] of headers) if (name !== "cache-control") reply.header(name, value);
  return reply.code(status ?? 200).send(body.kind === "complete" ? body.string : NO_STREAMS);
}

function readBearerToken(header: string | undefined): string {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(header ?? "")?.[1];
  if (token !== undefined && token.length <= MAX_TOKEN_LENGTH) return token;
  throw new ClientError("SUBGRAPH_IDENTITY_REQUIRED", "A valid identity token of the gateway is required");
}

const MAX_TOKEN_LENGTH = 16_384;

/** The gateway's id of the request, so that one id finds it in every log; else one of our own. */
function readRequestId(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && /^[\w.:-]{1,128}$/.test(header) ? header : randomUUID();
}

function toHeaderMap(request: FastifyRequest): HeaderMap {
  const headers = new HeaderMap();
  headers.set("content-type", "application/json");
  const { accept } = request.headers;
  if (accept !== undefined) headers.set("accept", accept);
  return headers;
}

const NO_STREAMS = JSON.stringify({ errors: [{ message: "Incremental delivery is not served" }] });

const NO_DATABASE: RequestDatabase = {
  query: refuseDatabase,
  write: refuseDatabase,
};

function refuseDatabase(): never {
  throw new InternalError('this subgraph declared database: "none"');
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
