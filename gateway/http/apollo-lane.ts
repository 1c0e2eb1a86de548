import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { GatewayExecutionResult, GatewayInterface } from "@apollo/server-gateway-interface";
import {
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from "graphql";
import type { Caller } from "../../shared/define-directive.ts";
import { InternalError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { Cancellation } from "../execution/cancellation.ts";
import type { ClientIdentity, HandleOperation } from "../request/handle-operation.ts";
import type { OperationSource, OperationStore } from "../request/prepare-operation.ts";
import type { OperationResponse } from "../request/respond.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { createDocumentStore } from "./document-store.ts";
import { formatError, toGraphQLError } from "./graphql-errors.ts";
import { lazyData, type ResponseData, unreadText } from "./lazy-data.ts";
import { errorStatus } from "./legacy-status.ts";
import type { PublicError } from "./public-error.ts";
import type { RequestFacts } from "./request-facts.ts";
import { responseText } from "./response-text.ts";

/** What the HTTP layer knows of a request before its operation is parsed. */
export interface GraphQLContext {
  readonly caller: Caller;
  readonly client: ClientIdentity;
  readonly address: string;
  readonly wantsCost: boolean;
  readonly wantsProducts: boolean;
  readonly requestId: string;
  readonly cancellation: Cancellation | null;
  /** What comes to be known of the request, for who observes it. */
  readonly facts: RequestFacts;
  /** Names and values of the headers that some subgraph gets. */
  readonly forwarded: readonly string[];
}

export interface ApolloLaneOptions {
  readonly handleOperation: HandleOperation;
  readonly operations: OperationStore;
  /** The current supergraph, and a call for each later one. */
  readonly supergraphs: SupergraphSource;
  /** Name of the contract that clients see. */
  readonly contract: string;
  readonly introspection: boolean;
  readonly maxTokens: number;
  /** Whether a request may hold several operations. */
  readonly isBatched: boolean;
  readonly plugins: readonly ApolloServerPlugin<GraphQLContext>[];
  readonly publicError: PublicError;
  readonly log: Logger;
}

export interface SupergraphSource {
  readonly current: () => Supergraph;
  /** Calls back with each new generation; returns how to stop. */
  readonly onChange: (listener: (supergraph: Supergraph) => void) => () => void;
}

/** Faults of one document that are told: pairs of its fields may conflict, and there are many more pairs than fields. */
const MAX_ERRORS = 10;

/** Apollo Server as the GraphQL pipeline (parse, validate, APQ, CSRF, plugins); its executor is ours. */
export function createApolloLane(options: ApolloLaneOptions): ApolloServer<GraphQLContext> {
  return new ApolloServer<GraphQLContext>({
    gateway: createGatewayInterface(options),
    introspection: options.introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: options.isBatched,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: options.maxTokens },
    validationOptions: { maxErrors: MAX_ERRORS },
    formatError: (formatted, thrown) => formatError(formatted, thrown, options.log),
    documentStore: createDocumentStore(),
    stringifyResult,
    logger: options.log,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      REQUEST_ERRORS,
      ...options.plugins,
    ],
  });
}

/** Refusals of requests: their status for old clients, and the id to ask about. */
const REQUEST_ERRORS: ApolloServerPlugin<GraphQLContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ request, contextValue, response: { http, body } }) => {
      if (body.kind !== "single") return;
      const { requestId, facts } = contextValue;
      const { errors = [] } = body.singleResult;
      // Operations of a batch are one request.
      facts.errors = [...facts.errors, ...errors];
      if (body.singleResult.data !== undefined) return;
      body.singleResult.errors = errors.map((error) => ({
        ...error,
        extensions: { ...error.extensions, requestId },
      }));
      if (http.status === undefined) return;
      http.status = errorStatus(
        http.status,
        errors[0]?.extensions?.code,
        request.http?.headers.get("accept"),
      );
    },
  }),
};

/** Whether a plugin wants to see requests, which only this lane shows it. */
export function watchesRequests(plugin: ApolloServerPlugin<GraphQLContext>): boolean {
  const { requestDidStart, contextCreationDidFail, invalidRequestWasReceived } = plugin;
  const hooks = [requestDidStart, contextCreationDidFail, invalidRequestWasReceived];
  return hooks.some((hook) => hook !== undefined) || plugin.unexpectedErrorProcessingRequest !== undefined;
}

/** Data that no plugin has looked into is already text. */
function stringifyResult(result: FormattedExecutionResult<ResponseData>): string {
  const text = unreadText(result.data);
  return text === null
    ? JSON.stringify(result)
    : responseText(text, result.errors ?? [], result.extensions ?? null);
}

/** The seam between Apollo Server and `request/handle-operation.ts`. */
function createGatewayInterface({
  handleOperation,
  operations,
  supergraphs,
  contract: name,
  publicError,
  log,
}: ApolloLaneOptions): GatewayInterface {
  const bySchema = new WeakMap<GraphQLSchema, Pick<OperationSource, "supergraph" | "contract">>();
  const publish = (supergraph: Supergraph) => {
    const contract = supergraph.contracts.get(name);
    if (!contract) throw new InternalError(`the supergraph was built without the contract ${name}`);
    bySchema.set(contract.schema, { supergraph, contract });
    return { apiSchema: contract.schema, coreSupergraphSdl: "" };
  };
  const servedBy = (schema: GraphQLSchema) => {
    const served = bySchema.get(schema);
    if (!served) throw new InternalError("a request was validated against a schema that was never published");
    return served;
  };
  return {
    onSchemaLoadOrUpdate: (listener) => {
      listener(publish(supergraphs.current()));
      return supergraphs.onChange((supergraph) => listener(publish(supergraph)));
    },
    load: async () => ({
      executor: async ({ schema, source, document, request, context }) => {
        const { caller, client, address, wantsCost, wantsProducts } = context;
        const { requestId, cancellation, forwarded, facts } = context;
        try {
          const prepared = operations.prepare(
            { ...servedBy(schema), source, operationName: request.operationName ?? null },
            document,
          );
          facts.prepared = prepared;
          const answer = await handleOperation({
            prepared,
            variables: request.variables ?? {},
            caller,
            client,
            address,
            wantsCost,
            wantsProducts,
            requestId,
            cancellation,
            trace: facts.trace,
            forwarded,
          });
          return toExecutionResult(answer, (error) => publicError(error, requestId));
        } catch (error) {
          throw toGraphQLError(error, requestId, log);
        }
      },
    }),
    stop: async () => {},
  };
}

/** Apollo Server takes the HTTP status from the extensions of an error. */
function toExecutionResult(
  { status, dataText, errors, extensions }: OperationResponse,
  publicError: (error: GraphQLFormattedError) => GraphQLFormattedError,
): GatewayExecutionResult {
  const listed = errors.map(publicError).map(({ message, ...rest }, index) => {
    const http = index === 0 && status !== 200 ? { http: { status } } : {};
    return new GraphQLError(message, { path: rest.path, extensions: { ...rest.extensions, ...http } });
  });
  return {
    data: dataText === "null" ? null : lazyData(dataText),
    ...(listed.length > 0 ? { errors: listed } : {}),
    ...(extensions ? { extensions: { ...extensions } } : {}),
  };
}
