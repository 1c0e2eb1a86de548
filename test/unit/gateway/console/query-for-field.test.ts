import { buildSchema, type GraphQLSchema, graphqlSync, isObjectType, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { SCHEMA } from "../../../../gateway/console/queries/schema.ts";
import { type KnownSchema, queryForField } from "../../../../gateway/console/query-for-field.ts";

const SDL = `
  type Query { customer(id: ID!): Customer  search(by: [By!]!, at: DateTime!, first: Int = 5): [Hit!]  version: String }
  type Mutation { rename(input: Rename!): Customer }
  scalar DateTime  enum Kind { NEW OLD }
  input By { kind: Kind!, within: By, not: Not!, note: String = "" }  input Not { kind: [Kind!]!, amount: Float! }
  input Rename { id: ID!, name: String! }
  union Hit = Customer | Thing
  type Customer { name: String  id: ID!  orders(first: Int!): Orders }
  type Orders { nodes: [Order!]! total: Int }
  type Order { lines: [Line!]  near(of: ID!): Order }
  interface Line { amount: Int }  type Bulk implements Line { amount: Int, weight: Float }
  type Thing { size(unit: Kind!): Int }
  type Nowhere { lost: Int }`;

function known(schema: GraphQLSchema): KnownSchema {
  const { data, errors } = graphqlSync({ schema, source: SCHEMA });
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(data?.__schema));
}

const schema = buildSchema(SDL);
const told = known(schema);

test("a field's query is the shortest way to it, with placeholders for what has to be given", () => {
  expect(queryForField(told, "Customer.name")).toBe(`query ExplainCustomerName {
  customer(id: "1") {
    name
  }
}
`);
  expect(queryForField(told, "Customer.orders")).toContain("orders(first: 1) {\n      total\n");
  expect(queryForField(told, "Bulk.weight")).toContain("... on Bulk {\n");
  expect(queryForField(told, "Thing.size")).toContain(
    `search(by: [{ kind: NEW, not: { kind: [NEW], amount: 1 } }], at: "2026-01-01T00:00:00Z") {`,
  );
  expect(queryForField(told, "Mutation.rename")).toMatch(
    /^mutation ExplainMutationRename \{\n {2}rename\(input: \{ id/,
  );
});

test("what it makes is valid, for each field that a way leads to", () => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__") || type.name === "Nowhere") continue;
    for (const name of Object.keys(type.getFields())) {
      const query = queryForField(told, `${type.name}.${name}`) ?? "";
      expect([query, validate(schema, parse(query))]).toEqual([expect.stringContaining(name), []]);
    }
  }
});

test("there is none where no way leads, or the schema does not tell of the field", () => {
  for (const coordinate of ["Nowhere.lost", "Customer.secret", "Unknown.id", "Customer", ""])
    expect(queryForField(told, coordinate)).toBeNull();
});
