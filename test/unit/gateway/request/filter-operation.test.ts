import { buildSchema, type FieldNode, Kind, parse, print, type SelectionNode } from "graphql";
import { describe, expect, it } from "vitest";
import { filterOperation, rowCheckKey } from "../../../../gateway/request/filter-operation.ts";

const schema = buildSchema(`
  type Query { a(n: Int): A b: B list: [A] any: U node: I secret: Int }
  type Mutation { x: A y: A }
  interface I { id: ID name: String }
  type A implements I { id: ID name: String secret(n: Int): Int b: B }
  type B implements I { id: ID name: String secret: Int region: String }
  union U = A | B`);

interface Case {
  readonly query: string;
  readonly denied?: readonly string[];
  readonly rows?: Readonly<Record<string, readonly string[]>>;
}

function filtered({ query, denied = [], rows = {} }: Case) {
  const document = parse(query, { noLocation: true });
  const result = filterOperation({
    schema,
    document,
    denialOf: (type: string, field: string) =>
      denied.includes(`${type}.${field}`) ? `${type}.${field}` : null,
    rowFields: (type) => rows[type] ?? [],
    fieldRowFields: (type, field) => rows[`${type}.${field}`] ?? [],
  });
  const names = (nodes: Iterable<FieldNode>) =>
    [...nodes].map((node) => node.alias?.value ?? node.name.value);
  return {
    text: result.document && print(result.document).replace(/\s+/g, " "),
    denied: names(result.denials.keys()),
    withheld: names(result.withheld),
  };
}

describe("filtering an operation", () => {
  it("removes refused fields, and what is empty without them", () => {
    expect(filtered({ query: "{ a { id secret } }", denied: ["A.secret"] }).text).toBe("{ a { id } }");
    const emptied = filtered({
      query: "{ a { secret b { secret } } b { id } }",
      denied: ["A.secret", "B.secret"],
    });
    expect(emptied).toEqual({
      text: "{ b { id } }",
      denied: ["secret", "secret"],
      withheld: ["secret", "secret", "b", "a"],
    });
  });

  it("leaves nothing where all is refused", () => {
    expect(
      filtered({ query: "{ a { secret } secret }", denied: ["A.secret", "Query.secret"] }).text,
    ).toBeNull();
  });

  it("keeps the order of mutations that are left", () => {
    expect(
      filtered({ query: "mutation { one: x { id } y { id } two: x { id } }", denied: ["Mutation.y"] }).text,
    ).toBe("mutation { one: x { id } two: x { id } }");
  });

  it("filters fragments once, before what spreads them, and removes the empty and the unused", () => {
    const query = `{ a { ...F ...G } b { ...H } }
      fragment F on A { ...G id } fragment G on A { secret } fragment H on I { ...K } fragment K on A { name }`;
    expect(filtered({ query, denied: ["A.secret"] }).text).toBe(
      "{ a { ...F } b { ...H } } fragment F on A { id } fragment H on I { __typename ...K } fragment K on A { name }",
    );
  });

  it("declares only the variables that are left", () => {
    const query = "query ($n: Int, $m: Int) { a(n: $n) { id secret(n: $m) } }";
    expect(filtered({ query, denied: ["A.secret"] }).text).toBe("query ($n: Int) { a(n: $n) { id } }");
  });

  it("judges a field by the type it is written on", () => {
    const query = "{ node { name ... on A { name } ... on I { name } } }";
    expect(filtered({ query, denied: ["I.name"] }).text).toBe("{ node { ... on A { name } __typename } }");
    expect(filtered({ query, denied: ["A.name"] }).text).toBe(
      "{ node { name ... on I { __typename name } __typename } }",
    );
  });

  it("never refuses __typename, and asks for it where the type is open", () => {
    expect(
      filtered({ query: "{ any { ... on A { secret } ... on B { __typename } } }", denied: ["A.secret"] })
        .text,
    ).toBe("{ any { ... on B { __typename } __typename } }");
  });

  it("keeps a selection that was empty from the start", () => {
    const document = parse("{ a { id } b { id } }", { noLocation: true });
    const [operation] = document.definitions;
    if (operation?.kind !== "OperationDefinition") throw new Error("an operation");
    const emptied = operation.selectionSet.selections.map(
      (node): SelectionNode =>
        node.kind === Kind.FIELD && node.name.value === "a"
          ? { ...node, selectionSet: { kind: Kind.SELECTION_SET, selections: [] } }
          : node,
    );
    const result = filterOperation({
      schema,
      document: {
        ...document,
        definitions: [{ ...operation, selectionSet: { ...operation.selectionSet, selections: emptied } }],
      },
      denialOf: () => null,
      rowFields: () => [],
      fieldRowFields: () => [],
    });
    expect(result.document && print(result.document).replace(/\s+/g, " ")).toBe(
      "{ a { __typename } b { id } }",
    );
  });

  it("adds the fields that row checks read, once, under names no client can use", () => {
    const key = rowCheckKey("region");
    expect(key).toMatch(/^__/);
    expect(filtered({ query: "{ b { id } }", rows: { B: ["region", "region"] } }).text).toBe(
      `{ b { id ${key}: region } }`,
    );
    expect(filtered({ query: "{ any { ... on A { id } } }", rows: { B: ["region"] } }).text).toBe(
      `{ any { ... on A { id } __typename ... on B { ${key}: region } } }`,
    );
  });

  it("adds the fields that a field's own check reads only beside that field", () => {
    const key = rowCheckKey("region");
    const rows = { "B.name": ["region"] };
    expect(filtered({ query: "{ b { id } }", rows }).text).toBe("{ b { id } }");
    expect(filtered({ query: "{ b { name } }", rows }).text).toBe(`{ b { name ${key}: region } }`);
    expect(filtered({ query: "{ node { name } }", rows }).text).toBe(
      `{ node { name ... on B { ${key}: region } __typename } }`,
    );
  });
});
