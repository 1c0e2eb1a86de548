import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateCustomers, seedDomain } from "../../../subgraphs/customer/seed.ts";
import { customerSubgraph } from "../../../subgraphs/customer/subgraph.ts";
import { type GatewayIdentity, startGatewayIdentity } from "../../testkit/gateway-identity.ts";
import { createDomainDatabase, startSubgraph, type TestSubgraph } from "../../testkit/start-domain.ts";

let gateway: GatewayIdentity;
let subgraph: TestSubgraph;
beforeAll(async () => {
  gateway = await startGatewayIdentity();
  const database = await createDomainDatabase(customerSubgraph.directory, seedDomain);
  subgraph = await startSubgraph("customer", customerSubgraph, gateway, database.applicationUrl);
});
afterAll(async () => {
  await subgraph.stop();
  await gateway.stop();
});

const UPDATE = `mutation ($input: UpdateCustomerContactInput!) {
  updateCustomerContact(input: $input) { customer { id name email phone } }
}`;
const caller = { subject: "support", scopes: [] };
const customers = generateCustomers();

describe("changing contact data", () => {
  it("changes what is given, leaves the rest, and is seen from then on", async () => {
    const seeded = customers[6];
    const { data, errors } = await subgraph.ask(UPDATE, {
      variables: { input: { customerId: "C0007", email: "new@example.com" } },
      caller,
    });
    const expected = { id: "C0007", name: seeded?.name, email: "new@example.com", phone: seeded?.phone };
    expect(errors).toEqual([]);
    expect(data).toEqual({ updateCustomerContact: { customer: expected } });
    const later = await subgraph.ask(`{ customer(id: "C0007") { id name email phone } }`, { caller });
    expect(later.data).toEqual({ customer: expected });
  });

  it("gives each of several changes in one request its own result", async () => {
    const source = `mutation {
      a: updateCustomerContact(input: { customerId: "C0008", phone: "+4930111111" }) { customer { phone } }
      b: updateCustomerContact(input: { customerId: "C0008", phone: "+4930222222" }) { customer { phone } }
    }`;
    const { data } = await subgraph.ask(source, { caller });
    expect(data).toEqual({
      a: { customer: { phone: "+4930111111" } },
      b: { customer: { phone: "+4930222222" } },
    });
  });

  it.each([
    [{ customerId: "C9999", email: "a@example.com" }, /customerId: no such customer/],
    [{ customerId: "C0007", email: "not an address" }, /email: expected an e-mail address/],
    [{ customerId: "C0007", phone: "030 123" }, /phone: expected a number as E\.164/],
  ])("refuses %j", async (input, message) => {
    const { data, errors } = await subgraph.ask(UPDATE, { variables: { input }, caller });
    expect(data).toEqual({ updateCustomerContact: null });
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: "BAD_USER_INPUT" } },
    ]);
  });

  it("is refused to an anonymous caller by the domain as well", async () => {
    const { errors } = await subgraph.ask(UPDATE, { variables: { input: { customerId: "C0007" } } });
    expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  });
});

it("a customer is read whole, with money and moments as clients expect them", async () => {
  const [seeded] = customers;
  const { data } = await subgraph.ask(
    `{ customer(id: "C0001") { name email phone region country creditLimit loyaltyTier createdAt
       address { line1 city postalCode country } } nobody: customer(id: "C9999") { id } }`,
    { caller },
  );
  expect(data).toEqual({
    customer: {
      name: seeded?.name,
      email: seeded?.email,
      phone: seeded?.phone,
      region: seeded?.region,
      country: seeded?.country,
      creditLimit: seeded?.credit_limit,
      loyaltyTier: seeded?.loyalty_tier,
      createdAt: seeded?.created_at,
      address: {
        line1: seeded?.line1,
        city: seeded?.city,
        postalCode: seeded?.postal_code,
        country: seeded?.country,
      },
    },
    nobody: null,
  });
});

it("customers cannot be searched by contact data", async () => {
  const { data } = await subgraph.ask(
    `{ filter: __type(name: "CustomerFilter") { inputFields { name } } sort: __type(name: "CustomerSort") { enumValues { name } } }`,
  );
  expect(JSON.stringify(data)).not.toMatch(/mail|phone|credit/i);
});
