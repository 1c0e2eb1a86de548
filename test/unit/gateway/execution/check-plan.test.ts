import { composeServices } from "@apollo/composition";
import { Supergraph } from "@apollo/federation-internals";
import type { FetchNode } from "@apollo/query-planner";
import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { checkFetch } from "../../../../gateway/execution/check-plan.ts";
import { readJoinFacts } from "../../../../shared/join-facts.ts";
import { linked } from "../../../testkit/compose-schemas.ts";

const A = `type Query { item: Item named: Named named2: Named2 }
  interface Named { id: ID! }
  interface Named2 { id: ID! }
  type Item implements Named & Named2 @key(fields: "id") {
    id: ID!
    size: Int @external
    label: String @requires(fields: "size")
  }
  type Part implements Named2 @key(fields: "id", resolvable: false) { id: ID! }`;
const B = `type Item @key(fields: "id") { id: ID! size: Int } type Part @key(fields: "id") { id: ID! name: String }`;

const { supergraphSdl = "", errors } = composeServices(
  [A, B].map((sdl, at) => ({ name: "ab".charAt(at), url: "", typeDefs: parse(linked(sdl)) })),
);
if (errors) throw new Error(String(errors));
const joined = {
  schema: Supergraph.build(supergraphSdl).schema.toGraphQLJSSchema(),
  joins: readJoinFacts(parse(supergraphSdl)),
};

/** Checks a fetch from subgraph `a`, of entities if it says what they bring. */
function check(operation: string, type?: string, brings: readonly string[] = []): void {
  const fetch: FetchNode = {
    kind: "Fetch",
    serviceName: "a",
    variableUsages: [],
    operation,
    operationKind: "query" as FetchNode["operationKind"],
    operationName: undefined,
    ...(type && {
      requires: [
        {
          kind: "InlineFragment",
          typeCondition: type,
          selections: brings.map((name) => ({ kind: "Field", name })),
        },
      ],
    }),
  };
  checkFetch(fetch, parse(operation), joined);
}

const ENTITIES = "query ($r: [_Any!]!) { _entities(representations: $r)";

describe("a fetch is refused that", () => {
  test.each([
    ["an object", "{ item { label } }"],
    ["an interface of several types", "{ named2 { ... on Item { label } } }"],
    ["an interface that a single type implements", "{ named { ... on Item { label } } }"],
    ["an interface within an interface", "{ named { ... on Named2 { ... on Item { label } } } }"],
  ])("asks %s for a field without what it requires", (_, operation) => {
    expect(() => check(operation)).toThrow(/Item.label needs Item.size/);
  });

  test("asks an entity for a field and does not bring what it requires", () => {
    expect(() => check(`${ENTITIES} { ... on Item { label } } }`, "Item", ["__typename", "id"])).toThrow(
      /Item.label needs Item.size/,
    );
  });

  test("enters a subgraph by a key that is not resolvable there", () => {
    expect(() => check(`${ENTITIES} { ... on Part { id } } }`, "Part", ["__typename", "id"])).toThrow(
      /Part cannot be fetched from subgraph "a"/,
    );
  });
});

describe("a fetch passes that", () => {
  test("brings what a field requires", () => {
    expect(() =>
      check(`${ENTITIES} { ... on Item { label } } }`, "Item", ["__typename", "id", "size"]),
    ).not.toThrow();
  });

  test.each(["{ item { id } }", "{ named { ... on Item { id } } }", "{ named2 { __typename id } }"])(
    "asks for nothing that requires anything: %s",
    (operation) => {
      expect(() => check(operation)).not.toThrow();
    },
  );
});
