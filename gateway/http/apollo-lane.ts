import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { GatewayExecutionResult, GatewayInterface } from "@apollo/server-gateway-interface";
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { Caller } from "../../shared/define-directive.ts";
import { InternalError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { HandleOperation } from "../request/handle-operation.ts";
import type { OperationResponse } from "../request/respond.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { formatError, toGraphQLError } from "./graphql-errors.ts";

/** What the HTTP layer knows of a request before its operation is parsed. */
export interface GraphQLContext {
  readonly caller: Caller;
  readonly requestId: string;
  readonly signal: AbortSignal | null;
}

export interface ApolloLaneOptions {
  readonly handleOperation: HandleOperation;
  /** The current supergraph, and a call for each later one. */
  readonly supergraphs: SupergraphSource;
  readonly introspection: boolean;
  readonly maxTokens: number;
  readonly log: Logger;
}

export interface SupergraphSource {
  readonly current: () => Supergraph;
  /** Calls back with each new generation; returns how to stop. */
  readonly onChange: (listener: (supergraph: Supergraph) => void) => () => void;
}

/** Apollo Server as the GraphQL pipeline (parse, validate, APQ, CSRF, plugins); its executor is ours. */
export function createApolloLane(options: ApolloLaneOptions): ApolloServer<GraphQLContext> {
  return new ApolloServer<GraphQLContext>({
    gateway: createGatewayInterface(options),
    introspection: options.introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    status400ForVariableCoercionErrors: true,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: options.maxTokens },
    formatError: (formatted) => formatError(formatted, options.log),
    logger: options.log,
    plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginUsageReportingDisabled()],
  });
}

/** The seam between Apollo Server and `request/handle-operation.ts`. */
function createGatewayInterface({ handleOperation, supergraphs, log }: ApolloLaneOptions): GatewayInterface {
  const bySchema = new WeakMap<GraphQLSchema, Supergraph>();
  const publish = (supergraph: Supergraph) => {
    bySchema.set(supergraph.apiSchema, supergraph);
    return { apiSchema: supergraph.apiSchema, coreSupergraphSdl: "" };
  };
  const generationOf = (schema: GraphQLSchema): Supergraph => {
    const supergraph = bySchema.get(schema);
    if (!supergraph)
      throw new InternalError("a request was validated against a schema that was never published");
    return supergraph;
  };
  return {
    onSchemaLoadOrUpdate: (listener) => {
      listener(publish(supergraphs.current()));
      return supergraphs.onChange((supergraph) => listener(publish(supergraph)));
    },
    load: async () => ({
      executor: async ({ schema, source, document, operationName, request, context }) => {
        const { caller, requestId, signal } = context;
        try {
          const answer = await handleOperation({
            supergraph: generationOf(schema),
            source,
            document,
            operationName,
            variables: request.variables ?? {},
            caller,
            requestId,
            signal,
          });
          return toExecutionResult(answer);
        } catch (error) {
          throw toGraphQLError(error, requestId, log);
        }
      },
    }),
    stop: async () => {},
  };
}

/** Apollo Server takes the HTTP status from the extensions of an error. */
function toExecutionResult({
  status,
  dataText,
  errors,
  extensions,
}: OperationResponse): GatewayExecutionResult {
  const listed = errors.map(({ message, ...rest }, index) => {
    const http = index === 0 && status !== 200 ? { http: { status } } : {};
    return new GraphQLError(message, { path: rest.path, extensions: { ...rest.extensions, ...http } });
  });
  return {
    data: JSON.parse(dataText),
    ...(listed.length > 0 ? { errors: listed } : {}),
    ...(extensions ? { extensions: { ...extensions } } : {}),
  };
}
