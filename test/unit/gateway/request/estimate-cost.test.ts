import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import type { Variables } from "../../../../gateway/request/cost-tape.ts";
import { estimateCost } from "../../../../gateway/request/estimate-cost.ts";
import { costFacts } from "../../../../gateway/supergraph/cost-facts.ts";
import { buildSupergraph } from "../../../../gateway/supergraph/supergraph.ts";
import { composeOurs } from "../../../testkit/small-mesh.ts";

const LISTS = 10;

const library = {
  name: "library",
  url: "http://localhost/graphql",
  sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", { name: "@cost", as: "@price" }, "@listSize"])
    type Query {
      book(id: ID!): Book
      books(first: Int = 20, after: String): Books
      shelf(limit: Int): [Book!]!
      byIds(ids: [ID!]!): [Book]
      top: [Book] @listSize(assumedSize: 5)
      page(first: Int, last: Int): Books @listSize(slicingArguments: ["first", "last"], sizedFields: ["nodes"])
      loose(first: Int, last: Int): [Book] @listSize(slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
      report(filter: Filter @price(weight: 2)): Report @price(weight: 50)
      item: Item
      grid: [[Book]]
    }
    type Mutation { rent(order: Order!): Book }
    input Order { id: ID! lines: [Line!] }
    input Line { id: ID @price(weight: 3) }
    input Filter { name: String }
    type Report { text: String }
    interface Item { id: ID! rating: Float }
    type Books { nodes: [Book!]! edges: [Edge] total: Int @price(weight: 4) }
    type Edge { node: Book }
    type Book implements Item @key(fields: "id") { id: ID! title: String rating: Float @price(weight: 7) author: Author copies: [Copy] }
    type Author @price(weight: 5) { name: String books(first: Int): [Book] }
    type Copy { id: ID }`,
};

const supergraph = buildSupergraph(composeOurs([library]));

function costOf(text: string, variables: Variables = {}) {
  const formula = estimateCost(parse(text), {
    schema: supergraph.apiSchema,
    facts: costFacts(supergraph),
    listSize: LISTS,
  });
  return typeof formula === "function" ? formula(variables) : formula;
}

test.each([
  ["one per object, nothing for leaves", "{ book(id: 1) { id title } }", 1],
  ["the weight of a type and of a field", "{ book(id: 1) { rating author { name } } }", 1 + 7 + 5],
  ["a field's weight instead of its type's", "{ report { text } }", 50],
  ["an argument's weight", `{ report(filter: { name: "x" }) { text } }`, 52],
  ["an unknown list", "{ book(id: 1) { copies { id } } }", 1 + LISTS],
  ["an assumed size", "{ top { id } }", 5],
  ["a limit", "{ shelf(limit: 3) { author { name } } }", 3 * 6],
  ["a length that says nothing", "{ shelf(limit: 0) { id } }", LISTS],
  ["a negative length", "{ shelf(limit: -1) { id } }", LISTS],
  ["a list that is sent", "{ byIds(ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) { id } }", 12],
  [
    "a connection by convention",
    "{ books(first: 4) { total nodes { id } edges { node { id } } } }",
    1 + 4 + 4 + 8,
  ],
  ["a connection with the schema's default", "{ books { nodes { id } } }", 1 + 20],
  ["sized fields only", "{ page(first: 4) { nodes { id } edges { node { id } } } }", 1 + 4 + 2 * LISTS],
  ["the largest of several", "{ loose(first: 2, last: 6) { id } }", 6],
  [
    "lists in lists",
    "{ books(first: 5) { nodes { author { books(first: 6) { id } } } } }",
    1 + 5 * (1 + 5 + 6),
  ],
  ["a list of lists", "{ grid { id } }", LISTS * LISTS],
  [
    "a mutation and its input objects",
    "mutation { rent(order: { id: 1, lines: [{ id: 1 }, {}] }) { id } }",
    10 + 1 + 1 + 1 + 3 + 1,
  ],
  ["what the worst object behind an interface costs", "{ item { rating } }", 8],
  [
    "a fragment as often as it is spread",
    "{ a: top { ...F } b: top { ...F } } fragment F on Book { author { name } }",
    2 * 5 * 6,
  ],
  ["inline fragments", "{ item { ... on Book { author { name } } } }", 1 + 5],
])("counts %s", (_what, text, cost) => {
  expect(costOf(text).cost).toBe(cost);
});

describe("variables", () => {
  const text =
    "query($n: Int, $m: Int = 2) { books(first: $n) { nodes { author { books(first: $m) { id } } } } }";

  test.each([
    ["given", { n: 5, m: 6 }, 1 + 5 * (1 + 5 + 6)],
    ["larger", { n: 100, m: 100 }, 1 + 100 * (1 + 5 + 100)],
    ["not given, so that the schema says", { m: 1 }, 1 + 20 * (1 + 5 + 1)],
    ["null, which says nothing", { n: null, m: 1 }, 1 + LISTS * (1 + 5 + 1)],
  ])("%s", (_what, variables, cost) => {
    expect(costOf(text, variables).cost).toBe(cost);
  });

  test("in lists and input objects", () => {
    expect(costOf("query($ids: [ID!]!) { byIds(ids: $ids) { id } }", { ids: Array(30).fill("1") }).cost).toBe(
      30,
    );
    const rent = "mutation($order: Order!) { rent(order: $order) { id } }";
    expect(costOf(rent, { order: { id: "1", lines: [{ id: "1" }, {}, {}] } }).cost).toBe(10 + 1 + 1 + 3 + 3);
    const line = "mutation($line: [Line!]) { rent(order: { id: 1, lines: $line }) { id } }";
    expect(costOf(line, { line: [{ id: "1" }] }).cost).toBe(10 + 1 + 1 + 1 + 3);
  });

  test("are not asked where an operation has none in its lengths", () => {
    const formula = estimateCost(parse("query($id: ID!) { book(id: $id) { title } }"), {
      schema: supergraph.apiSchema,
      facts: costFacts(supergraph),
      listSize: LISTS,
    });
    expect(formula).toEqual({ cost: 1, entities: 1 });
  });
});

test("products beyond every number stay numbers", () => {
  const levels = 30;
  const open = "author { books(first: 2000000000) { ".repeat(levels);
  const { cost, entities } = costOf(`{ book(id: 1) { ${open} id ${"} }".repeat(levels)} } }`);
  expect([cost, entities]).toEqual([1e15, 1e15]);
});

test("entities are counted by their keys", () => {
  expect(costOf("{ books(first: 5) { nodes { id author { name } } } report { text } }").entities).toBe(5);
});

test.each([
  ["none", "{ page { total } }"],
  ["two", "{ page(first: 1, last: 2) { total } }"],
  ["a variable that is null", "query($n: Int) { page(first: $n) { total } }"],
])("one slicing argument is required: %s", (_what, text) => {
  expect(() => costOf(text)).toThrow("Query.page needs exactly one of first, last.");
});
