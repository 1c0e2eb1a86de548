import { executeQueryPlan, type ServiceMap } from "@apollo/gateway/dist/executeQueryPlan.js";
import { buildOperationContext } from "@apollo/gateway/dist/operationContext.js";
import type { GatewayGraphQLRequestContext, GatewayGraphQLResponse } from "@apollo/server-gateway-interface";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { CallSubgraph, CompileProgram, ExecutionRequest, ProgramInput } from "./executor.ts";
import type { OperationShape } from "./operation-shape.ts";
import { compileShaper, type Path, type ShapedResponse, type Shaper } from "./shape-response.ts";
import { readAnswer, type SubgraphError } from "./subgraph-reply.ts";
import { Tally } from "./tally.ts";

/**
 * The reference executor: Apollo Gateway's own execution of the same plan, and our shaping of what it gives.
 * Chosen with `executor: apollo`; the compiled executor is tested against it.
 */
export const compileReference: CompileProgram = (input) => {
  const shaper = compileShaper(input.shape, input.apiSchema);
  const operationContext = buildOperationContext({
    schema: input.apiSchema,
    operationDocument: input.document,
    ...(input.operationName === null ? {} : { operationName: input.operationName }),
  });
  return {
    run: async (request) => {
      const { data, errors } = await executeQueryPlan(
        input.plan,
        dataSources(request.callSubgraph),
        requestContext(request),
        operationContext,
        input.supergraphSchema,
        input.federatedSchema(),
      );
      const found: readonly GraphQLFormattedError[] = (errors ?? []).map((error) => error.toJSON());
      const merged = data ?? {};
      const { claimValues, now } = request;
      const tally = input.shape.slots > 0 ? new Tally(input.shape.slots) : null;
      const shapeRequest = { claimValues, now, introspection: introspectionTexts(input, merged) };
      const deliver = (shape: Shaper, counting: Tally | null): ShapedResponse => {
        const isExplained = (path: Path) => found.some((error) => explains(error, path));
        const { dataText, errors } = shape(merged, { ...shapeRequest, tally: counting }, isExplained);
        return { dataText, errors: [...found, ...errors] };
      };
      const shaped = deliver(shaper, tally);
      const reshape = async (shape: OperationShape) => deliver(compileShaper(shape, input.apiSchema), null);
      return tally ? { ...shaped, counted: { tally, reshape } } : shaped;
    },
  };
};

/** Apollo's executor answers introspection within the data. */
function introspectionTexts({ shape }: ProgramInput, data: Readonly<Record<string, unknown>>) {
  const fields = shape.root.fields.filter(
    ({ fieldName }) => fieldName === "__schema" || fieldName === "__type",
  );
  return new Map(fields.map(({ responseKey }) => [responseKey, JSON.stringify(data[responseKey] ?? null)]));
}

/** An error at this place, above it or below it; Apollo's paths lack the indices of entity fetches. */
function explains(error: GraphQLFormattedError, path: Path): boolean {
  const keys = (item: Path) => item.filter((part) => typeof part === "string" && part !== "@");
  const reported = keys(error.path ?? []);
  const place = keys(path);
  return reported.every((part, index) => index >= place.length || part === place[index]);
}

/** One data source per subgraph that Apollo asks for. */
function dataSources(call: CallSubgraph): ServiceMap {
  return new Proxy<ServiceMap>(
    {},
    {
      get: (_, subgraph) => ({
        process: ({ request }: { request: { query?: string; variables?: Record<string, unknown> } }) =>
          answer(call, String(subgraph), request),
      }),
    },
  );
}

async function answer(
  call: CallSubgraph,
  subgraph: string,
  { query = "", variables }: { query?: string; variables?: Record<string, unknown> },
): Promise<GatewayGraphQLResponse> {
  const kind = query.trimStart().startsWith("mutation") ? "mutation" : "query";
  const reply = await call(subgraph, JSON.stringify({ query, variables }), kind);
  const read = reply.kind === "answer" ? readAnswer(subgraph, reply.text) : reply;
  if (read.kind === "failed") {
    const { code, message, phase } = read;
    throw new GraphQLError(message, { extensions: { code, ...(phase ? { phase } : {}) } });
  }
  return {
    data: read.data,
    ...(read.errors.length > 0 ? { errors: read.errors.map((error) => formatted(error)) } : {}),
  };
}

function formatted({ message, path, extensions }: SubgraphError): GraphQLFormattedError {
  return { message, ...(path ? { path } : {}), extensions: { ...extensions } };
}

function requestContext({ variables }: ExecutionRequest): GatewayGraphQLRequestContext {
  return {
    request: { variables: { ...variables } },
    metrics: {},
    context: {},
  } as GatewayGraphQLRequestContext;
}
