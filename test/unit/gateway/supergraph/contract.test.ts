import { buildSchema, parse, printSchema, validateSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { buildContract, contractOf as showing, wholeApi } from "../../../../gateway/supergraph/contract.ts";
import { readTags } from "../../../../gateway/supergraph/read-tags.ts";

const LINK = `schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/tag/v0.3")
  { query: Query mutation: Mutation }
directive @link(url: String, as: String) repeatable on SCHEMA
directive @tag(name: String!) repeatable on OBJECT | INTERFACE | UNION | FIELD_DEFINITION | ENUM | ENUM_VALUE | SCALAR | ARGUMENT_DEFINITION | INPUT_OBJECT | INPUT_FIELD_DEFINITION
`;
const MUTATION = "type Mutation { touch: Int }";

function contractOf(sdl: string, filter: { include?: string[]; exclude?: string[] }) {
  const text = `${LINK}${sdl}${sdl.includes("type Mutation") ? "" : MUTATION}`;
  const contract = buildContract(buildSchema(text), readTags(parse(text)), {
    name: "public",
    include: [],
    exclude: [],
    ...filter,
  });
  expect(validateSchema(contract.schema)).toEqual([]);
  return contract;
}

/** The members of each type that is left. */
function shown(sdl: string, filter: { include?: string[]; exclude?: string[] }): string {
  return printSchema(contractOf(sdl, filter).schema)
    .replace(/^(schema|directive)[\s\S]*?\n}?\n/gm, "")
    .replace(/\s+/g, " ");
}

describe("a contract hides by tag", () => {
  test("excluded fields, types, arguments, enum values and input fields", () => {
    const sdl = `
      type Query { a(open: Int, secret: Int @tag(name: "internal")): Int hidden: Int @tag(name: "internal") b: Secret c(x: Kind, i: In): Kind }
      type Secret @tag(name: "internal") { id: ID }
      enum Kind { OPEN CLOSED @tag(name: "internal") }
      input In { open: Int closed: Int @tag(name: "internal") }`;
    const left = shown(sdl, { exclude: ["internal"] });
    expect(left).toContain("type Query { a(open: Int): Int c(x: Kind, i: In): Kind }");
    expect(left).toContain("enum Kind { OPEN }");
    expect(left).toContain("input In { open: Int }");
    expect(left).not.toMatch(/secret|hidden|CLOSED|closed/i);
  });

  test("what has no included tag; a tag on a type includes its fields, an excluded tag goes before", () => {
    const sdl = `
      type Query { user: User @tag(name: "public") other: User all: [User] @tag(name: "public") @tag(name: "internal") bare: Bare @tag(name: "public") }
      type User @tag(name: "public") { id: ID name: String @tag(name: "internal") }
      type Bare { id: ID }`;
    const left = shown(sdl, { include: ["public"], exclude: ["internal"] });
    expect(left.trim()).toBe("type Query { user: User } type User { id: ID }");
  });

  test("types that nothing leads to any more", () => {
    const left = shown(
      `type Query { a: Int b(i: In): B @tag(name: "x") } type B { c: C } type C { d: Kind } enum Kind { K } input In { i: Int }`,
      { exclude: ["x"] },
    );
    expect(left).toMatch(/^type Query { a: Int } type Mutation { touch: Int } ?$/);
  });

  test("a whole root type", () => {
    const sdl = `type Query { a: Int } type Mutation @tag(name: "x") { touch: Int }`;
    expect(shown(sdl, { exclude: ["x"] }).trim()).toBe("type Query { a: Int }");
  });

  test("a root type under another name", () => {
    const text = `${LINK.replace("mutation: Mutation", "mutation: Change")} type Query { a: Int } type Change { x: Int @tag(name: "x") y: Int }`;
    const { schema } = buildContract(buildSchema(text), readTags(parse(text)), {
      name: "c",
      include: [],
      exclude: ["x"],
    });
    expect(Object.keys(schema.getMutationType()?.getFields() ?? {})).toEqual(["y"]);
  });
});

describe("a contract stays a schema that can be used", () => {
  test("a field goes with its required argument, but not with one that has a default", () => {
    const sdl = `type Query {
      a(id: ID! @tag(name: "x")): Int
      b(id: ID! = "1" @tag(name: "x")): Int
      c(i: In!): Int d(i: In): Int }
      input In { id: ID! @tag(name: "x") other: Int }`;
    expect(shown(sdl, { exclude: ["x"] })).toContain("type Query { b: Int d: Int }");
  });

  test("an argument goes whose default shows a hidden value", () => {
    const sdl = `type Query { a(k: [Kind] = [A, B], i: In = { deep: { k: B } }, j: In = { deep: { k: A } }): Int }
      enum Kind { A B @tag(name: "x") } input In { deep: Deep } input Deep { k: Kind }`;
    expect(shown(sdl, { exclude: ["x"] })).toContain("type Query { a(j: In = {deep: {k: A}}): Int }");
  });

  test("what an object hides cannot be asked through its interface", () => {
    const sdl = `type Query { node: Node }
      interface Node { id: ID secret: Int }
      interface Deeper implements Node { id: ID secret: Int }
      type A implements Node { id: ID secret: Int @tag(name: "x") } type B implements Node & Deeper { id: ID secret: Int }`;
    const { schema } = contractOf(sdl, { exclude: ["x"] });
    expect(printSchema(schema)).toContain("interface Node {\n  id: ID\n}");
    expect(printSchema(schema)).toContain("type B implements Node & Deeper {\n  id: ID\n  secret: Int\n}");
  });

  test("interfaces and unions without a member that is left go", () => {
    const sdl = `type Query { a: Int n: Node u: U v: V }
      interface Node { id: ID } type A implements Node @tag(name: "x") { id: ID }
      union U = A union V = A | B type B { id: ID }`;
    expect(shown(sdl, { exclude: ["x"] })).toContain("type Query { a: Int v: V }");
    expect(shown(sdl, { exclude: ["x"] })).toContain("union V = B");
  });

  test("is refused where nothing is left to ask", () => {
    expect(() => shown("type Query { a: Int }", { include: ["none"] })).toThrow(
      "The contract public shows no field",
    );
  });
});

test("tags count under the name that the supergraph links them by", () => {
  const text = `schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/tag/v0.3", as: "label") { query: Query }
    type Query { a: Int @label(name: "x") b: Int @tag(name: "y") }`;
  expect([...readTags(parse(text))]).toEqual([["Query.a", new Set(["x"])]]);
});

test("only what a contract shows may be named to its clients", () => {
  const contract = contractOf(
    `type Query { a(i: Int @tag(name: "x")): A b: B @tag(name: "x") } type A { id: ID no: ID @tag(name: "x") } type B { id: ID }`,
    { exclude: ["x"] },
  );
  const named = ["A", "A.id", "Query.a"];
  const unnamed = ["B", "B.id", "A.no", "Query.b", "Query.a(i:)", "Nobody.knows", ""];
  expect(
    [...named, ...unnamed].filter((place) => showing("x", contract.schema, contract.hidden).shows(place)),
  ).toEqual(named);
  expect(wholeApi(contract.schema).shows("A.no")).toBe(true);
});
