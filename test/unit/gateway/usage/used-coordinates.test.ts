import { buildSchema, parse } from "graphql";
import { expect, test } from "vitest";
import { usedCoordinates } from "../../../../gateway/usage/used-coordinates.ts";

const SCHEMA = buildSchema(`
  enum Status { OPEN DONE }
  enum Order { UP DOWN }
  input Filter { status: Status note: String range: Range }
  input Range { from: Int to: Int }
  interface Named { name: String nick(short: Boolean): String }
  type Dog implements Named { name: String nick(short: Boolean): String bark: Int status: Status }
  type Cat implements Named { name: String nick(short: Boolean): String }
  union Pet = Dog | Cat
  type Query { named(filter: Filter, order: Order): Named pets(first: Int): [Pet!]! }
`);

test.each([
  ["fields and their types", "{ pets { __typename } }", ["Pet", "Query", "Query.pets"]],
  [
    "arguments, input fields and enum values of literals",
    `{ named(filter: { status: OPEN, range: { from: 1 } }) { __typename } }`,
    [
      "Filter",
      "Filter.range",
      "Filter.status",
      "Int",
      "Named",
      "Query",
      "Query.named",
      "Query.named(filter:)",
      "Range",
      "Range.from",
      "Status",
      "Status.OPEN",
    ],
  ],
  [
    "all that a variable may hold",
    "query ($f: Filter) { named(filter: $f) { __typename } }",
    [
      "Filter",
      "Filter.*",
      "Int",
      "Named",
      "Query",
      "Query.named",
      "Query.named(filter:)",
      "Range",
      "Range.*",
      "Status",
      "Status.*",
      "String",
    ],
  ],
  [
    "through an interface the fields of every object that may come back",
    "{ named { nick(short: true) } }",
    [
      "Boolean",
      "Cat",
      "Cat.nick",
      "Cat.nick(short:)",
      "Dog",
      "Dog.nick",
      "Dog.nick(short:)",
      "Named",
      "Named.nick",
      "Named.nick(short:)",
      "Query",
      "Query.named",
      "String",
    ],
  ],
  [
    "in fragments, with every value of an enum that is answered",
    "{ pets { ...d } } fragment d on Dog { status @skip(if: true) }",
    ["Dog", "Dog.status", "Pet", "Query", "Query.pets", "Status", "Status.*"],
  ],
])("an operation uses %s", (_what, source, expected) => {
  expect(usedCoordinates(SCHEMA, parse(source))).toEqual(expected);
});
