import { setTimeout as sleep } from "node:timers/promises";
import { operationFromDocument } from "@apollo/federation-internals";
import { QueryPlanner } from "@apollo/query-planner";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { execute, type GraphQLSchema, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { buildShape, type ShapeInput } from "../../../../gateway/execution/build-shape.ts";
import { createCompilePlan } from "../../../../gateway/execution/compile-plan.ts";
import type { CallSubgraph, ExecutionResult, Program } from "../../../../gateway/execution/executor.ts";
import {
  type CompileTextProgram,
  compileTextProgram,
} from "../../../../gateway/execution/text/compile-text-program.ts";
import { federatedOf } from "../../../../gateway/supergraph/federated-schema.ts";
import { buildSupergraph } from "../../../../gateway/supergraph/supergraph.ts";
import { composed, linked } from "../../../testkit/compose-schemas.ts";

const SHOPS = linked(`
  type Query { shops: [Shop!]! best: Shop }
  type Mutation { open: Shop }
  type Shop { id: ID! name: String owner: Owner }
  type Owner { name: String first: Product second: Product }
  type Product @key(fields: "id") { id: ID! }`);
const PRODUCTS = linked(`type Product @key(fields: "id") { id: ID! price: Float title: String }`);
const composition = composed(SHOPS, PRODUCTS);
if (composition.kind !== "composed") throw new Error(JSON.stringify(composition));
const supergraph = buildSupergraph(composition.artifact.supergraph);
const federated = federatedOf(supergraph);
const planner = new QueryPlanner(federated);

function compile(query: string, compileText: CompileTextProgram, options: Partial<ShapeInput> = {}): Program {
  const { apiSchema, schema: supergraphSchema, joined } = supergraph;
  const document = parse(query);
  return createCompilePlan(compileText)({
    plan: planner.buildQueryPlan(operationFromDocument(federated.schema, document)),
    shape: buildShape({ schema: apiSchema, document, operationName: null, ...options }),
    document,
    operationName: null,
    apiSchema,
    supergraphSchema,
    joined,
    federatedSchema: () => federated.schema,
  });
}

/** A program that always parses, and one that splices from its second run on and counts how often it does. */
function compileBoth(query: string) {
  const seen = { spliced: 0, gaveUp: 0 };
  const splicing = compile(query, (input, fetches) => {
    const text = compileTextProgram(input, fetches);
    expect(text).not.toBeNull();
    return async (calls, request) => {
      const spliced = (await text?.(calls, request)) ?? null;
      seen[spliced === null ? "gaveUp" : "spliced"] += 1;
      return spliced;
    };
  });
  return { seen, splicing, parsing: compile(query, () => null) };
}

const schemas = new Map([
  ["a", subgraphSchema(SHOPS)],
  ["b", subgraphSchema(PRODUCTS)],
]);

function subgraphSchema(sdl: string): GraphQLSchema {
  return buildSubgraphSchema({ typeDefs: parse(sdl) });
}

/** Executes subgraph calls; all values tell for whom they were made. */
function subgraphsFor(whom: string): CallSubgraph {
  const product = (id: string) => ({ __typename: "Product", id });
  const shop = (id: string) => ({
    id,
    name: `shop "${id}" of ${whom}`,
    owner: { name: whom, first: product(`${whom}-${id}`), second: id === "2" ? null : product(`${whom}-0`) },
  });
  const shops = Array.from({ length: 1 + (whom.length % 5) * 40 }, (_, index) => shop(String(index)));
  return async (subgraph, body) => {
    const { query, variables } = JSON.parse(body);
    const schema = schemas.get(subgraph);
    if (!schema) throw new Error("there is no such subgraph");
    const rootValue = { shops, best: shop("best"), open: shop("new") };
    const result = await execute({
      schema,
      document: parse(query),
      variableValues: variables,
      rootValue,
      fieldResolver: (source, _args, _context, { fieldName, returnType }) => {
        if (fieldName === "price") return source.id.length * 1.5;
        if (fieldName === "title") return `${String(returnType)} ${source.id}`;
        return source[fieldName];
      },
    });
    return { kind: "answer", text: JSON.stringify(result) };
  };
}

function run(program: Program, callSubgraph: CallSubgraph): Promise<ExecutionResult> {
  return program.run({ variables: {}, claimValues: () => new Set(), now: 0, callSubgraph });
}

const EVERYTHING = `
  query { shops { ...S } best { ...S } }
  fragment S on Shop { name owner { ...O } }
  fragment O on Owner { name first { ...P } second { ...P } }
  fragment P on Product { title price id }`;

describe("running an operation again and again", () => {
  it("splices from the second run on, also what one fragment selects in several places", async () => {
    const { seen, splicing, parsing } = compileBoth(EVERYTHING);
    const expected = await run(parsing, subgraphsFor("everybody"));
    for (let count = 0; count < 3; count += 1)
      expect(await run(splicing, subgraphsFor("everybody"))).toEqual(expected);
    expect(JSON.parse(expected.dataText).best.owner.first).toEqual({
      title: "String everybody-best",
      price: 21,
      id: "everybody-best",
    });
    expect(seen).toEqual({ spliced: 2, gaveUp: 0 });
  });

  it("gives each of many runs at the same time its own data, also where some of them fail half-way", async () => {
    const { seen, splicing, parsing } = compileBoth(EVERYTHING);
    await run(splicing, subgraphsFor("first"));
    const runs = Array.from({ length: 60 }, async (_, index) => {
      const answer = subgraphsFor("x".repeat(index % 7) + index);
      const slow: CallSubgraph = async (subgraph, body, kind) => {
        await sleep((index * 7 + body.length) % 11);
        const reply = await answer(subgraph, body, kind);
        const isFaulty = index % 3 === 0 && body.includes("best") === (index % 2 === 0);
        return isFaulty && reply.kind === "answer"
          ? { ...reply, text: `${reply.text.slice(0, -1)},"errors":[]} ` }
          : reply;
      };
      expect(await run(splicing, slow)).toEqual(await run(parsing, answer));
    });
    await Promise.all(runs);
    expect(seen.spliced).toBeGreaterThanOrEqual(30);
    expect(seen.gaveUp).toBeGreaterThanOrEqual(10);
  });

  it("makes no call twice for data that are written once more, and no mutation", async () => {
    const count: ShapeInput["count"] = (type, field) =>
      type === "Product" && field === "price" ? { slot: 0, subjectKeys: ["id"] } : null;
    for (const query of [
      "{ best { owner { first { price id } } } }",
      "mutation { open { owner { first { price id } } } }",
    ]) {
      const program = compile(query, compileTextProgram, { count });
      const shape = buildShape({ schema: supergraph.apiSchema, document: parse(query), operationName: null });
      for (let runs = 0; runs < 3; runs += 1) {
        const calls: string[] = [];
        const answer = subgraphsFor("me");
        const { dataText, counted } = await run(program, (subgraph, body, kind) => {
          calls.push(body);
          return answer(subgraph, body, kind);
        });
        expect(counted?.tally.counts).toEqual([1]);
        expect(calls).toHaveLength(2);
        const again = await counted?.reshape(shape);
        expect(again).toEqual({ dataText, errors: [] });
        await counted?.reshape(shape);
        expect(calls).toHaveLength(2);
      }
    }
  });
});
