import { setImmediate } from "node:timers/promises";
import { composeServices } from "@apollo/composition";
import { operationFromDocument, Supergraph } from "@apollo/federation-internals";
import { executeQueryPlan } from "@apollo/gateway/dist/executeQueryPlan.js";
import { buildOperationContext } from "@apollo/gateway/dist/operationContext.js";
import { type QueryPlan, QueryPlanner } from "@apollo/query-planner";
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  parse,
  visit,
} from "graphql";
import { buildShape } from "../../gateway/execution/build-shape.ts";
import type { CompileProgram, ExecutionResult, Program } from "../../gateway/execution/executor.ts";
import { evaluateConditions } from "../../gateway/request/evaluate-conditions.ts";
import { type JoinedSchema, readJoinFacts } from "../../shared/join-facts.ts";
import { type AnswerOperation, createMonolith, createSubgraph } from "./answer-subgraph.ts";
import { flattenOperation } from "./flatten-operation.ts";
import type { RandomSubgraphs } from "./random-subgraphs.ts";
import { type Temper, World } from "./world.ts";

/** Subgraphs that run in this process, and what plans operations over them. */
export interface Federation {
  readonly supergraph: Supergraph;
  readonly apiSchema: GraphQLSchema;
  readonly schema: GraphQLSchema;
  readonly joined: JoinedSchema;
  readonly planner: QueryPlanner;
  readonly subgraphs: ReadonlyMap<string, AnswerOperation>;
  /** One schema over the same data, which graphql-js executes. */
  readonly monolith: AnswerOperation;
}

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Composes the subgraphs; null where they do not compose. */
export function federate({ subgraphs }: RandomSubgraphs, typeConditionedFetching = false): Federation | null {
  const composed = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, url: "", typeDefs: parse(sdl) })),
  );
  if (!composed.supergraphSdl) return null;
  const supergraph = Supergraph.build(composed.supergraphSdl, { supportedFeatures: null });
  const apiSchema = supergraph.apiSchema().toGraphQLJSSchema();
  const schema = supergraph.schema.toGraphQLJSSchema();
  const world = new World(subgraphs.map(({ sdl }) => sdl));
  return {
    supergraph,
    apiSchema,
    schema,
    joined: { schema, joins: readJoinFacts(parse(composed.supergraphSdl)) },
    planner: new QueryPlanner(supergraph, {
      typeConditionedFetching,
      debug: { maxEvaluatedPlans: 100, pathsLimit: 50 },
    }),
    subgraphs: new Map(subgraphs.map(({ name, sdl }) => [name, createSubgraph(sdl, world)])),
    monolith: createMonolith(apiSchema, world),
  };
}

/** The plan that Apollo's planner makes. */
export function plan(federation: Federation, document: DocumentNode): QueryPlan {
  return federation.planner.buildQueryPlan(
    operationFromDocument(federation.supergraph.schema, document, { validate: false }),
  );
}

/** The operation as the gateway plans it: conditions evaluated, and `__typename` where nothing is left. */
export function specialise({ query, variables }: Operation): DocumentNode {
  return visit(evaluateConditions(parse(query), null, variables), {
    SelectionSet: (node) => (node.selections.length === 0 ? { ...node, selections: [TYPENAME] } : undefined),
  });
}

/** Whether conditions leave a field without any selection: a plan with conditions then forgets the field. */
export function hasEmptySelection({ query, variables }: Operation): boolean {
  let found = false;
  visit(evaluateConditions(parse(query), null, variables), {
    SelectionSet: (node) => {
      found ||= node.selections.length === 0;
    },
  });
  return found;
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } };

/** What Apollo Gateway's own executor makes of a plan. */
export async function runReference(
  federation: Federation,
  queryPlan: QueryPlan,
  { query, variables }: Operation,
  temper: Temper,
): Promise<{ readonly data: unknown; readonly errors: readonly GraphQLFormattedError[] }> {
  const document = flattenOperation(federation.apiSchema, evaluateConditions(parse(query), null, variables));
  const operationContext = buildOperationContext({
    schema: federation.apiSchema,
    operationDocument: document,
  });
  const services = [...federation.subgraphs].map(([name, answer]) => {
    const process = async ({ request }: { request: Operation }): Promise<unknown> => {
      const answered = await answer(request, temper);
      return { ...answered, data: withoutInterfaceObjects(answered.data) };
    };
    return [name, { process }];
  });
  const result = await executeQueryPlan(
    queryPlan,
    Object.fromEntries(services),
    { request: { variables }, metrics: {}, context: {} } as never,
    operationContext,
    federation.schema,
    federation.supergraph.apiSchema(),
  );
  const errors = (result.errors ?? []).map((error) => error.toJSON());
  return { data: result.data ?? null, errors };
}

/** Undoes a fault of the stock executor: an entity's type is replaced by the name of an interface object. */
function withoutInterfaceObjects(data: unknown): unknown {
  const { _entities: entities } = (data ?? {}) as { _entities?: unknown };
  if (!Array.isArray(entities)) return data;
  const named = (entity: unknown): unknown => ({ ...(entity as object), __typename: undefined });
  return { _entities: entities.map((entity) => (entity?.__typename === "I0" ? named(entity) : entity)) };
}

/** The compiled program of an operation, for these values of its conditions. */
export function compile(
  federation: Federation,
  queryPlan: QueryPlan,
  { query, variables }: Operation,
  compileProgram: CompileProgram,
): Program {
  const document = evaluateConditions(parse(query), null, variables);
  return compileProgram({
    plan: queryPlan,
    shape: buildShape({ schema: federation.apiSchema, document, operationName: null }),
    document,
    operationName: null,
    apiSchema: federation.apiSchema,
    supergraphSchema: federation.schema,
    joined: federation.joined,
    federatedSchema: () => federation.supergraph.schema,
  });
}

/** Runs a program over the subgraphs; those in `late` answer some turns of the event loop later. */
export function run(
  federation: Federation,
  program: Program,
  { variables }: Operation,
  temper: Temper,
  late: ReadonlySet<string> = new Set(),
): Promise<ExecutionResult> {
  return program.run({
    variables,
    claimValues: () => new Set(),
    now: 0,
    callSubgraph: async (name, body) => {
      for (let turn = 0; late.has(name) && turn < 3; turn += 1) await setImmediate();
      const result = await federation.subgraphs.get(name)?.(JSON.parse(body), temper);
      return { kind: "answer", text: JSON.stringify(result) };
    },
  });
}
