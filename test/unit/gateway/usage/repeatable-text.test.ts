import { buildSchema, getOperationAST, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { wholeApi } from "../../../../gateway/supergraph/contract.ts";
import { repeatableText } from "../../../../gateway/usage/repeatable-text.ts";
import { usedCoordinates } from "../../../../gateway/usage/used-coordinates.ts";
import { chosenPart } from "../../../../shared/operation-signature.ts";

const schema = buildSchema(`
  type Query { customer(id: ID!): Customer customers(first: Int, region: Region): [Customer] }
  type Customer { id: ID! email: String orders(first: Int): [Order] address2: String }
  type Order { id: ID! status: Status buyer: Customer }
  enum Status { OPEN SHIPPED }
  enum Region { EMEA APAC }
`);

/** Whether the text of an operation is told, to be planned ahead. */
function isKept(source: string): boolean {
  const document = parse(source);
  const operation = getOperationAST(document, undefined) ?? getOperationAST(document, "First");
  if (!operation) throw new Error(`no operation in ${source}`);
  expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
  const coordinates = usedCoordinates(schema, chosenPart(document, operation));
  const contract = wholeApi(schema);
  const text = repeatableText({ source, document, operationName: null, contract }, coordinates);
  if (text) expect(text).toEqual({ source, isNamed: false, contract: "" });
  return text !== null;
}

const PERSONAL = [
  "maria_example_com",
  "mariaExampleCom",
  "MARIA",
  "maria",
  "order_of_maria",
  "customerMaria",
  "emailMariaExample",
  "m_a_r_i_a",
  "customer17",
  "id_17",
  "customer_1_7_1_7",
  "u4711",
  "_maria",
  "___",
] as const;

describe("a text is kept for nobody where a name in it may say who somebody is", () => {
  test.each(PERSONAL)("%s as an alias, of a field of the API or deeper", (name) => {
    expect(isKept(`query Customer($id: ID!) { ${name}: customer(id: $id) { email } }`)).toBe(false);
    expect(isKept(`query Customer($id: ID!) { customer(id: $id) { ${name}: email } }`)).toBe(false);
    const spread = "{ customer(id: $id) { ...CustomerFields } }";
    const fragment = `fragment CustomerFields on Customer { ${name}: email }`;
    expect(isKept(`query Customer($id: ID!) ${spread} ${fragment}`)).toBe(false);
  });

  test.each(PERSONAL)("%s as the name of a variable, an operation or a fragment", (name) => {
    expect(isKept(`query Customer($${name}: ID!) { customer(id: $${name}) { email } }`)).toBe(false);
    expect(isKept(`query ${name}($id: ID!) { customer(id: $id) { email } }`)).toBe(false);
    const fragment = `fragment ${name} on Customer { email }`;
    expect(isKept(`query Customer($id: ID!) { customer(id: $id) { ...${name} } } ${fragment}`)).toBe(false);
  });

  test("also in an operation of the same text that was not asked for", () => {
    const first = "query First($id: ID!) { customer(id: $id) { email } }";
    expect(isKept(`${first} query Get($id: ID!) { customer(id: $id) { id } }`)).toBe(true);
    expect(isKept(`${first} query Maria($id: ID!) { customer(id: $id) { id } }`)).toBe(false);
    expect(isKept(`${first} query Get($id: ID!) { maria: customer(id: $id) { id } }`)).toBe(false);
  });

  test("where words of names are put together that only the text itself has", () => {
    expect(isKept("query Maria($maria: ID!) { maria: customer(id: $maria) { maria: email } }")).toBe(false);
  });
});

describe("a text is kept where its names are words of what it asks for, or of everybody's", () => {
  test.each([
    "query Customer($id: ID!) { customer(id: $id) { email } }",
    "query GetCustomerOrders($customerId: ID!, $first: Int) { customer(id: $customerId) { orders(first: $first) { id } } }",
    "query customer_orders($id: ID!) { buyer: customer(id: $id) { latestOrders: orders(first: 5) { buyer { id } status } } }",
    "query AllCustomers { emeaCustomers: customers(region: EMEA) { ...CustomerFields } } fragment CustomerFields on Customer { id secondEmail: email }",
    "query($withEmail: Boolean!) { customers { id email @include(if: $withEmail) } }",
    "query Address2($id: ID!) { customer(id: $id) { address2 } }",
    "{ customers(first: 10) { id } }",
  ])("%s", (source) => {
    expect(isKept(source)).toBe(true);
  });
});
