import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedDomain as seedCustomers } from "../../../subgraphs/customer/seed.ts";
import { customerSubgraph } from "../../../subgraphs/customer/subgraph.ts";
import { seedDomain as seedOrders } from "../../../subgraphs/order/seed.ts";
import { orderSubgraph } from "../../../subgraphs/order/subgraph.ts";
import { type GatewayIdentity, startGatewayIdentity } from "../../testkit/gateway-identity.ts";
import { createDomainDatabase, startSubgraph, type TestSubgraph } from "../../testkit/start-domain.ts";
import { type StatementRecorder, startStatementRecorder } from "../../testkit/statement-recorder.ts";

let gateway: GatewayIdentity;
let customers: StatementRecorder;
let orders: StatementRecorder;
let customer: TestSubgraph;
let order: TestSubgraph;
beforeAll(async () => {
  gateway = await startGatewayIdentity();
  const customerDatabase = await createDomainDatabase(customerSubgraph.directory, seedCustomers);
  const orderDatabase = await createDomainDatabase(orderSubgraph.directory, seedOrders);
  customers = await startStatementRecorder(customerDatabase.applicationUrl);
  orders = await startStatementRecorder(orderDatabase.applicationUrl);
  customer = await startSubgraph("customer", customerSubgraph, gateway, customers.url);
  order = await startSubgraph("order", orderSubgraph, gateway, orders.url);
  customers.take();
  orders.take();
});
afterAll(async () => {
  await Promise.all([customer.stop(), order.stop()]);
  await Promise.all([customers.stop(), orders.stop(), gateway.stop()]);
});

const caller = { claims: { region: ["EMEA", "AMER"] } };
const references = (type: string, letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    __typename: type,
    id: `${letter}${String(index + 1).padStart(4, "0")}`,
  }));
const ENTITIES = (selection: string) =>
  `query ($of: [_Any!]!) { _entities(representations: $of) { ${selection} } }`;

describe("statements that reach Postgres", () => {
  it("are one for 500 customers by reference", async () => {
    const of = references("Customer", "C", 500);
    const { data, errors } = await customer.ask(
      ENTITIES("... on Customer { id name email address { city } }"),
      {
        variables: { of: [...of, ...of] },
        caller,
      },
    );
    expect(errors).toEqual([]);
    expect(data._entities).toHaveLength(1000);
    expect(data._entities[499].id).toBe("C0500");
    expect(customers.take()).toEqual([expect.stringContaining("FROM customer WHERE id = ANY")]);
  });

  it("are one per level for the orders of 300 customers with their lines", async () => {
    const { data, errors } = await order.ask(
      ENTITIES(
        "... on Customer { id orders(first: 3) { nodes { id total items { quantity product { id } } } } }",
      ),
      { variables: { of: references("Customer", "C", 300) }, caller },
    );
    expect(errors).toEqual([]);
    expect(
      data._entities.filter((item: { orders: { nodes: object[] } }) => item.orders.nodes.length === 3).length,
    ).toBeGreaterThan(50);
    expect(orders.take()).toEqual([
      expect.stringContaining("FROM orders"),
      expect.stringContaining("FROM order_item"),
    ]);
  });

  it("are one more for the counts of all parents", async () => {
    const { data } = await order.ask(
      ENTITIES("... on Product { orders { totalCount pageInfo { endCursor } } }"),
      {
        variables: { of: references("Product", "P", 200) },
        caller,
      },
    );
    expect(data._entities[0].orders.totalCount).toBeGreaterThan(100);
    const statements = orders.take();
    expect(statements).toHaveLength(2);
    expect(statements.filter((text) => text.includes("count(*)"))).toHaveLength(1);
  });

  it("are only the count where nothing else is selected, and none where nothing is needed", async () => {
    await order.ask("{ orders { totalCount } }", { caller });
    expect(orders.take()).toEqual([expect.stringContaining("count(*)")]);
    await order.ask(ENTITIES("... on Customer { id }"), {
      variables: { of: references("Customer", "C", 9) },
      caller,
    });
    await order.ask("{ orders { __typename } _service { sdl } }", { caller });
    expect(orders.take()).toEqual([]);
  });

  it("are one per set of arguments, not per parent, where aliases ask twice", async () => {
    const { data } = await order.ask(
      ENTITIES(`... on Customer {
        newest: orders(first: 1) { nodes { id } }
        largest: orders(first: 1, sort: TOTAL_DESC) { nodes { total } }
      }`),
      { variables: { of: references("Customer", "C", 100) }, caller },
    );
    expect(data._entities).toHaveLength(100);
    expect(orders.take()).toHaveLength(2);
  });

  it("answer each parent with its own page, the same as when it is asked alone", async () => {
    const source = ENTITIES(
      "... on Customer { orders(first: 2, sort: TOTAL_ASC) { nodes { id } totalCount } }",
    );
    const of = references("Customer", "C", 40);
    const together = await order.ask(source, { variables: { of }, caller });
    for (const [index, reference] of of.entries()) {
      const alone = await order.ask(source, { variables: { of: [reference] }, caller });
      expect(alone.data._entities[0]).toEqual(together.data._entities[index]);
    }
  });
});
