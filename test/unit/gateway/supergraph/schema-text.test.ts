import { buildSchema, lexicographicSortSchema, parse, print, printSchema, validateSchema } from "graphql";
import { expect, test } from "vitest";
import { atOnce } from "../../../../gateway/supergraph/in-slices.ts";
import { inPieces, readSchema, writeSchema } from "../../../../gateway/supergraph/schema-text.ts";
import { buildSupergraph } from "../../../../gateway/supergraph/supergraph.ts";
import { largeSupergraph } from "../../../testkit/large-supergraph.ts";

const SCHEMA = `"""
All of it.
"""
schema { query: Root mutation: Change }

"On fields." directive @cost(weight: Int! = 3, names: [String!] = ["a"]) repeatable on FIELD_DEFINITION | SCALAR
scalar Date @specifiedBy(url: "https://example.com/date")
interface Node { id: ID! }
"A named one." interface Named implements Node { id: ID! name(upper: Boolean = true, old: Int @deprecated): String }
"A dog." type Dog implements Named & Node { id: ID! name(upper: Boolean = true, old: Int @deprecated): String mood: Mood born: Date @deprecated(reason: "secret") }
type Cat { lives: [[Int!]!] }
union Pet = Dog | Cat
enum Mood { "Wags." HAPPY SAD @deprecated }
input Filter { mood: Mood = HAPPY range: [Int!] = [1, 2] inner: Filter old: Int @deprecated(reason: "unused") }
input By @oneOf { id: ID name: String }
type Mutation { decoy: Int }
type Root { pets(filter: Filter = { mood: SAD }, by: By): [Pet!]! node: Node decoy: Mutation }
type Change { feed(id: ID!): Dog }
`;

test("a schema that is written down and read again is the same to clients", () => {
  const schema = buildSchema(SCHEMA);
  const again = atOnce(readSchema(writeSchema(schema)));
  expect(printSchema(lexicographicSortSchema(again))).toBe(printSchema(lexicographicSortSchema(schema)));
  expect(again.getMutationType()?.name).toBe("Change");
  expect(again.getType("Mutation")).toBeDefined();
  expect(validateSchema(buildSchema(printSchema(again)))).toEqual([]);
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  const node = again.getType("Node");
  const pet = again.getType("Pet");
  if (!node || !pet || !("resolveType" in node) || !("resolveType" in pet)) throw new Error("not abstract");
  expect(names(again.getPossibleTypes(node))).toEqual(["Dog"]);
  expect(names(again.getPossibleTypes(pet))).toEqual(["Dog", "Cat"]);
});

test("roots other than the usual are kept, also beside types with the usual names", () => {
  const schema = buildSchema("schema { query: Query } type Query { a: Mutation } type Mutation { b: Int }");
  expect(atOnce(readSchema(writeSchema(schema))).getMutationType() ?? null).toBeNull();
});

test("a schema that is not valid is not written", () => {
  expect(() => writeSchema(buildSchema("type Query { a: B } type B", { assumeValidSDL: true }))).toThrow(
    /B must define/,
  );
});

test("pieces hold whole definitions, and all of them", () => {
  const definitions = parse(SCHEMA).definitions.map(print);
  const pieces = inPieces([...definitions, ...Array.from({ length: 300 }, () => definitions).flat()]);
  expect(pieces.length).toBeGreaterThan(10);
  expect(pieces.flatMap((piece) => parse(piece).definitions).length).toBe(301 * definitions.length);
});

test("a large supergraph has its types, rules and subgraphs", () => {
  const supergraph = buildSupergraph(largeSupergraph(4, 40));
  expect(supergraph.subgraphs).toHaveLength(4);
  expect(Object.keys(supergraph.apiSchema.getTypeMap()).filter((name) => /^T\d/.test(name))).toHaveLength(40);
  expect(supergraph.policy.get("T1x1.email")?.map(({ directive }) => directive.name)).toContain("mask");
  expect(supergraph.fieldPolicies.of("T1x1", "email")?.judged).toHaveLength(1);
  expect(parse(supergraph.planningSdl).definitions.length).toBeGreaterThan(40);
});
