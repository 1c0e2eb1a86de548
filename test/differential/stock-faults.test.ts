import { composeServices } from "@apollo/composition";
import { operationFromDocument, Supergraph } from "@apollo/federation-internals";
import { executeQueryPlan } from "@apollo/gateway/dist/executeQueryPlan.js";
import { buildOperationContext } from "@apollo/gateway/dist/operationContext.js";
import { type QueryPlan, QueryPlanner } from "@apollo/query-planner";
import { execute, type GraphQLFormattedError, type GraphQLSchema, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { buildShape } from "../../gateway/execution/build-shape.ts";
import { compilePlan } from "../../gateway/execution/compile-plan.ts";
import { readJoinFacts } from "../../shared/join-facts.ts";
import { buildSubgraphSchema } from "../../shared/subgraph/build-subgraph-schema.ts";
import { linked } from "../testkit/compose-schemas.ts";

interface Source {
  readonly sdl: string;
  readonly resolvers?: object;
  /** Answers in place of the resolvers. */
  readonly answer?: unknown;
}

type Answer = (request: { query: string; variables?: Record<string, unknown> }) => Promise<unknown>;

interface Result {
  readonly data: unknown;
  readonly errors: readonly GraphQLFormattedError[];
}

/** The same plan, executed by the stock executor and by ours; ours may be refused. */
interface Both {
  readonly stock: Result;
  readonly ours: Result | Error;
}

function runBoth(query: string, ...sources: readonly Source[]): Promise<Both> {
  const plan = (supergraph: Supergraph) =>
    new QueryPlanner(supergraph).buildQueryPlan(operationFromDocument(supergraph.schema, parse(query)));
  return runPlan(query, plan, sources);
}

async function runPlan(
  query: string,
  planOf: (supergraph: Supergraph) => QueryPlan,
  sources: readonly Source[],
): Promise<Both> {
  const named = sources.map((source, at) => ({ name: "abcd".charAt(at), ...source }));
  const { supergraphSdl, errors } = composeServices(
    named.map(({ name, sdl }) => ({ name, url: "", typeDefs: parse(linked(sdl)) })),
  );
  if (!supergraphSdl) throw new Error(String(errors));
  const supergraph = Supergraph.build(supergraphSdl);
  const apiSchema = supergraph.apiSchema().toGraphQLJSSchema();
  const document = parse(query);
  const plan = planOf(supergraph);
  const answers = new Map(named.map((source): [string, Answer] => [source.name, answerOf(source)]));
  const supergraphSchema = supergraph.schema.toGraphQLJSSchema();
  const stock = await runStock({ plan, query, apiSchema, supergraphSchema, supergraph, answers });
  try {
    const program = compilePlan({
      plan,
      shape: buildShape({ schema: apiSchema, document, operationName: null }),
      document,
      operationName: null,
      apiSchema,
      supergraphSchema,
      joined: { schema: supergraphSchema, joins: readJoinFacts(parse(supergraphSdl)) },
      federatedSchema: () => supergraph.schema,
    });
    const { dataText, errors: found } = await program.run({
      variables: {},
      claimValues: () => new Set(),
      now: 0,
      callSubgraph: async (name, body) => ({
        kind: "answer",
        text: JSON.stringify(await answers.get(name)?.(JSON.parse(body))),
      }),
    });
    return { stock, ours: { data: JSON.parse(dataText), errors: found } };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { stock, ours: error };
  }
}

function answerOf({ sdl, resolvers = {}, answer }: Source): Answer {
  const schema = buildSubgraphSchema(linked(sdl), resolvers);
  return async ({ query, variables }) => {
    if (answer !== undefined) return answer;
    const document = parse(query);
    const problems = validate(schema, document);
    return problems.length > 0
      ? { errors: problems.map((problem) => problem.toJSON()) }
      : execute({ schema, document, variableValues: variables });
  };
}

async function runStock(input: {
  readonly plan: QueryPlan;
  readonly query: string;
  readonly apiSchema: GraphQLSchema;
  readonly supergraphSchema: GraphQLSchema;
  readonly supergraph: Supergraph;
  readonly answers: ReadonlyMap<string, Answer>;
}): Promise<Result> {
  const services = [...input.answers].map(([name, answer]) => {
    const process = async ({ request }: { request: Parameters<Answer>[0] }) =>
      JSON.parse(JSON.stringify(await answer(request)));
    return [name, { process }];
  });
  const { data, errors = [] } = await executeQueryPlan(
    input.plan,
    Object.fromEntries(services),
    { request: { variables: {} }, metrics: {}, context: {} } as never,
    buildOperationContext({ schema: input.apiSchema, operationDocument: parse(input.query) }),
    input.supergraphSchema,
    input.supergraph.apiSchema(),
  );
  return { data, errors: errors.map((error) => error.toJSON()) };
}

const reference = { __resolveReference: (representation: object) => representation };

function expectRefusal(ours: Result | Error, reason: RegExp): void {
  expect(ours).toMatchObject({ code: "OPERATION_CANNOT_BE_PLANNED" });
  expect(String(ours)).toMatch(reason);
}

const ITEM = {
  sdl: `type Query { item: Item } type Item @key(fields: "id") { id: ID! name: String }`,
  resolvers: { Query: { item: () => ({ id: "1", name: "Pen" }) } },
};

describe("refused loudly, where the stock executor answers wrongly", () => {
  test("a subgraph is entered by a key that is not resolvable there", async () => {
    const { stock, ours } = await runBoth(
      "{ item { price } }",
      {
        sdl: `type Query { item: Item } type Item @key(fields: "id", resolvable: false) {
          id: ID! size: Int @external price: Int @requires(fields: "size") }`,
        resolvers: {
          Query: { item: () => ({ id: "1" }) },
          Item: {
            __resolveReference: () => {
              throw new Error("an Item is not resolved here");
            },
          },
        },
      },
      {
        sdl: `type Item @key(fields: "id") { id: ID! size: Int }`,
        resolvers: { Item: { ...reference, size: () => 4 } },
      },
    );
    expect(stock.data).toEqual({ item: { price: null } });
    expectRefusal(ours, /Item cannot be fetched from subgraph "a"/);
  });

  const weight = {
    sdl: `type Query { parcel: Parcel } type Parcel @key(fields: "id") { id: ID! weight(unit: String = "kg"): Int }`,
    resolvers: {
      Query: { parcel: () => ({ id: "1" }) },
      Parcel: {
        ...reference,
        weight: (_: unknown, { unit }: { unit: string }) => (unit === "g" ? 2000 : 2),
      },
    },
  };
  const reader = {
    sdl: `type Parcel @key(fields: "id") { id: ID! weight(unit: String = "kg"): Int @external
      grams: String @requires(fields: "weight(unit: \\"g\\")") kilos: String @requires(fields: "weight") }`,
    resolvers: {
      Parcel: {
        ...reference,
        grams: ({ weight: sent }: { weight: number }) => `${sent} g`,
        kilos: ({ weight: sent }: { weight: number }) => `${sent} kg`,
      },
    },
  };

  test("a client's selection and a @requires of one field with different arguments share a key", async () => {
    for (const selected of [`weight(unit: "kg")`, "weight", `... on Parcel { weight(unit: "kg") }`]) {
      const { stock, ours } = await runBoth(`{ parcel { ${selected} grams } }`, weight, reader);
      expect(stock).toEqual({ data: { parcel: { weight: 2, grams: "2 g" } }, errors: [] });
      expectRefusal(ours, /Parcel.grams requires weight\(unit: "g"\)/);
    }
  });

  test("in whatever order and fragments they come, even where only the required one is fetched", async () => {
    for (const query of [
      "{ parcel { grams weight } }",
      "{ parcel { ...F grams } } fragment F on Parcel { weight }",
      "mutation { send { grams weight } }",
    ]) {
      const sending = {
        sdl: `type Query { a: Int } type Mutation { send: Parcel } type Parcel @key(fields: "id") { id: ID! }`,
        resolvers: { Mutation: { send: () => ({ id: "1" }) } },
      };
      const { ours } = await runBoth(query, weight, reader, sending);
      expectRefusal(ours, /Parcel.grams requires weight\(unit: "g"\)/);
    }
  });

  test("two @requires of one field with different arguments share a key", async () => {
    const { stock, ours } = await runBoth("{ parcel { grams kilos } }", weight, reader);
    expect(stock.errors).toEqual([]);
    expect(stock.data).not.toEqual({ parcel: { grams: "2000 g", kilos: "2 kg" } });
    expectRefusal(ours, /Parcel.(grams|kilos) requires weight/);
  });

  test.each([
    ["{ parcel { kg: weight grams } }", { kg: 2, grams: "2000 g" }],
    [`{ parcel { weight(unit: "g") grams } }`, { weight: 2000, grams: "2000 g" }],
    [`{ parcel { weight(unit: "kg") kilos } }`, { weight: 2, kilos: "2 kg" }],
  ])("but not under an alias, nor with equal arguments: %s", async (query, parcel) => {
    const { ours } = await runBoth(query, weight, reader);
    expect(ours).toEqual({ data: { parcel }, errors: [] });
  });

  test("an empty plan for an operation that no subgraph can answer", async () => {
    const { stock, ours } = await runPlan("{ item { name } }", () => ({ kind: "QueryPlan" }), [ITEM]);
    expect(stock).toEqual({ data: { item: null }, errors: [] });
    expectRefusal(ours, /No subgraph can answer the field Query.item/);
  });
});

describe("answered rightly, where the stock executor does not", () => {
  test.each([{}, { data: null }])(
    "a subgraph that answers %j is an error, not a silent null",
    async (answer) => {
      const { stock, ours } = await runBoth("{ a }", { sdl: "type Query { a: Int }", answer });
      expect(stock).toEqual({ data: { a: null }, errors: [] });
      expect(ours).toMatchObject({
        data: { a: null },
        errors: [{ extensions: { code: "SUBGRAPH_INVALID_RESPONSE" } }],
      });
    },
  );

  test("fields that failed are null, with an error at their path", async () => {
    const down = {
      sdl: `type Item @key(fields: "id") { id: ID! price: Int }`,
      answer: { errors: [{ message: "down" }] },
    };
    const { stock, ours } = await runBoth("{ item { price name } }", ITEM, down);
    expect(stock.data).toEqual({ item: { price: null, name: "Pen" } });
    expect(ours).toMatchObject({ errors: [{ message: "down", path: ["item", "price"] }] });
    expect("data" in ours && JSON.stringify(ours.data)).toBe('{"item":{"price":null,"name":"Pen"}}');
  });

  test("objects in required lists of lists lose their fields", async () => {
    const unit = "type Cell @shareable { unit: String }";
    const { stock, ours } = await runBoth(
      "{ item { sum } }",
      {
        sdl: `type Query { item: Item } type Item @key(fields: "id") { id: ID! grid: [[Cell]] } ${unit}`,
        resolvers: { Query: { item: () => ({ id: "1", grid: [[{ unit: "g" }]] }) }, Item: reference },
      },
      {
        sdl: `type Item @key(fields: "id") { id: ID! grid: [[Cell]] @external
          sum: String @requires(fields: "grid { unit }") } ${unit}`,
        resolvers: { Item: { ...reference, sum: ({ grid }: { grid: unknown }) => JSON.stringify(grid) } },
      },
    );
    expect(stock.data).toEqual({ item: { sum: "[null]" } });
    expect(ours).toEqual({ data: { item: { sum: '[[{"unit":"g"}]]' } }, errors: [] });
  });
});

describe("of an object whose type no subgraph tells", () => {
  const known = (...types: readonly string[]) => {
    const implementers = types.map(
      (name) => `type ${name} implements Media @key(fields: "id") { id: ID! title: String }`,
    );
    return {
      sdl: `type Query { all: [Media] } interface Media @key(fields: "id") { id: ID! title: String } ${implementers.join(" ")}`,
      resolvers: { Media: { __resolveReference: () => null } },
    };
  };
  const starred = {
    sdl: `type Query { best: Media } type Media @interfaceObject @key(fields: "id") { id: ID! stars: Int }`,
    resolvers: { Query: { best: () => ({ id: "1", stars: 4 }) } },
  };

  test("an object whose type nobody told has no fields behind fragments", async () => {
    const { stock, ours } = await runBoth(
      "{ best { ... on Video { stars title } } }",
      known("Video"),
      starred,
    );
    expect(stock).toEqual({ data: { best: {} }, errors: [] });
    expect(ours).toEqual({ data: { best: { stars: null, title: null } }, errors: [] });
  });

  test("an object whose type nobody told shows fields that its types have under different rules", async () => {
    const query = "{ best { stars ... on Video { stars title } ... on Track { stars } } }";
    const { stock, ours } = await runBoth(query, known("Video", "Track"), starred);
    expect(stock).toEqual({ data: { best: { stars: 4 } }, errors: [] });
    expect(ours).toMatchObject({ data: { best: null }, errors: [{ path: ["best"] }] });
  });

  test("an object whose type went with a failed field has no fields behind fragments", async () => {
    const broken = {
      sdl: `type Query { all: [Media] } interface Media @key(fields: "id") { id: ID! length: Int! }
        type Video implements Media @key(fields: "id") { id: ID! length: Int! }`,
      resolvers: {
        Media: { __resolveReference: ({ id }: { id: string }) => ({ __typename: "Video", id }) },
        Video: {
          length: () => {
            throw new Error("length failed");
          },
        },
      },
    };
    const { stock, ours } = await runBoth("{ best { ... on Video { length } } }", broken, starred);
    expect(stock).toMatchObject({ data: { best: {} }, errors: [{ message: "length failed" }] });
    expect(ours).toMatchObject({ data: { best: null } });
    expect(ours).toHaveProperty(
      "errors",
      expect.arrayContaining([expect.objectContaining({ message: "length failed" })]),
    );
  });
});
