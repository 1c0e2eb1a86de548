import type { ApolloServer } from "@apollo/server";
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../../shared/log.ts";
import type { RateLimits } from "../request/rate-limits.ts";
import type { AdmitBody } from "./admit-body.ts";
import type { GraphQLContext } from "./apollo-lane.ts";
import { cancelOnClose } from "./cancel-on-close.ts";
import type { ForwardHeaders } from "./forward-headers.ts";
import { errorBody, toGraphQLError } from "./graphql-errors.ts";
import type { CountLane } from "./hot-lane.ts";
import type { IdentifyCaller } from "./identify-caller.ts";
import { identifyClient } from "./identify-client.ts";
import { readEncodings } from "./read-bodies.ts";
import type { FactsOfRequests } from "./request-facts.ts";
import { PRODUCTS_HEADER, type WantsCost } from "./wants-cost.ts";

/** What GraphQL requests are let in and answered with. */
export interface GraphQLRouteOptions {
  readonly identify: IdentifyCaller;
  /** Null where nothing is limited. */
  readonly rateLimits: RateLimits | null;
  readonly wantsCost: WantsCost;
  readonly countLane: CountLane;
  readonly forwardHeaders: ForwardHeaders;
  readonly bodyBytes: number;
  readonly admitBody: AdmitBody;
  readonly log: Logger;
}

/** Serves one GraphQL pipeline over HTTP at a path; a GraphQL server answers each request in full. */
export async function serveGraphQL(
  app: FastifyInstance,
  url: string,
  apollo: ApolloServer<GraphQLContext>,
  options: GraphQLRouteOptions & { readonly facts: FactsOfRequests },
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

function contextCreator({
  identify,
  rateLimits,
  wantsCost,
  countLane,
  forwardHeaders,
  facts: factsOf,
  log,
}: GraphQLRouteOptions & { readonly facts: FactsOfRequests }) {
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

/** The parameters of an address as Apollo Server reads them; one that is there twice is refused by it. */
function sentByGet(url: string): Readonly<Record<string, string>> {
  return Object.fromEntries(new URL(url, "http://gateway.invalid").searchParams);
}
