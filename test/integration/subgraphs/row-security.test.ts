import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateOrders, seedDomain } from "../../../subgraphs/order/seed.ts";
import { orderSubgraph } from "../../../subgraphs/order/subgraph.ts";
import {
  type GatewayIdentity,
  startGatewayIdentity,
  type TestCaller,
} from "../../testkit/gateway-identity.ts";
import { createDomainDatabase, startSubgraph, type TestSubgraph } from "../../testkit/start-domain.ts";
import type { TestDatabase } from "../../testkit/test-database.ts";

let gateway: GatewayIdentity;
let database: TestDatabase;
let subgraph: TestSubgraph;
beforeAll(async () => {
  gateway = await startGatewayIdentity();
  database = await createDomainDatabase(orderSubgraph.directory, seedDomain);
  subgraph = await startSubgraph("order", orderSubgraph, gateway, database.applicationUrl);
});
afterAll(async () => {
  await subgraph.stop();
  await gateway.stop();
});

const { orders, items } = generateOrders();
const inRegion = (...regions: string[]) => orders.filter((order) => regions.includes(order.region));
const emea: TestCaller = { claims: { region: "EMEA" } };
const ALL = `query ($filter: OrderFilter, $after: String) {
  orders(first: 100, filter: $filter, after: $after) { totalCount nodes { id region } pageInfo { hasNextPage endCursor } }
}`;

describe("row-level security", () => {
  it("hardening 44: shows and counts only orders of the caller's regions", async () => {
    for (const regions of [["EMEA"], ["AMER", "APAC"], ["EMEA", "AMER", "APAC", "MARS"]]) {
      const { data } = await subgraph.ask(ALL, { caller: { claims: { region: regions } } });
      expect(data.orders.totalCount).toBe(inRegion(...regions).length);
      expect(data.orders.nodes).toHaveLength(100);
      expect(data.orders.nodes.every((node: { region: string }) => regions.includes(node.region))).toBe(true);
    }
  });

  it("pages through exactly the caller's orders", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    const filter = { placedFrom: "2026-06-01T00:00:00Z" };
    for (;;) {
      const { data } = await subgraph.ask(ALL, { caller: emea, variables: { filter, after } });
      seen.push(...data.orders.nodes.map((node: { id: string }) => node.id));
      if (!data.orders.pageInfo.hasNextPage) break;
      after = data.orders.pageInfo.endCursor;
    }
    const expected = inRegion("EMEA").filter((order) => order.placed_at >= filter.placedFrom);
    expect(seen.toSorted()).toEqual(expected.map((order) => order.id).toSorted());
  });

  it.each<readonly [string, TestCaller | undefined]>([
    ["without claims", { claims: {} }],
    ["with an empty claim", { claims: { region: [] } }],
    ["with a claim of another name", { claims: { area: ["EMEA"] } }],
    ["with a malformed claim", { claims: { region: { EMEA: true } } }],
    ["with a claim that tries SQL", { claims: { region: ["EMEA'} OR true --", "{EMEA}", 'EMEA"'] } }],
    ["that is anonymous", undefined],
  ])("shows nothing to a caller %s", async (_name, caller) => {
    const source = `{ orders { totalCount nodes { id } } order(id: "O00001") { id }
      _entities(representations: [{ __typename: "Customer", id: "C0001" }, { __typename: "Order", id: "O00001" }]) {
        ... on Customer { orders { totalCount nodes { id } } } ... on Order { total } } }`;
    const { data, errors } = await subgraph.ask(source, caller ? { caller } : {});
    expect(errors).toEqual([]);
    expect(data).toEqual({
      orders: { totalCount: 0, nodes: [] },
      order: null,
      _entities: [{ orders: { totalCount: 0, nodes: [] } }, null],
    });
  });

  it("hardening 59: hides an order of another region as if it did not exist, by id, below its parents, and by a reference that claims the caller's own region", async () => {
    const foreign = inRegion("APAC")[0];
    const product = items.find((item) => item.order_id === foreign?.id)?.product_id;
    const { data } = await subgraph.ask(
      `query ($id: ID!, $of: [_Any!]!) {
        order(id: $id) { id }
        _entities(representations: $of) {
          ... on Order { total } ... on Customer { orders { totalCount } } ... on Product { orders { totalCount } } } }`,
      {
        caller: emea,
        variables: {
          id: foreign?.id,
          of: [
            { __typename: "Order", id: foreign?.id, region: "EMEA" },
            { __typename: "Customer", id: foreign?.customer_id },
            { __typename: "Product", id: product },
          ],
        },
      },
    );
    const containing = new Set(
      items.filter((item) => item.product_id === product).map((item) => item.order_id),
    );
    const sold = inRegion("EMEA").filter((order) => containing.has(order.id));
    expect(data).toEqual({
      order: null,
      _entities: [null, { orders: { totalCount: 0 } }, { orders: { totalCount: sold.length } }],
    });
  });

  it("keeps callers apart who use the same connections at the same time", async () => {
    const regions = ["EMEA", "AMER", "APAC"];
    const counts = await Promise.all(
      Array.from({ length: 90 }, async (_, index) => {
        const region = regions[index % 3] ?? "";
        const { data } = await subgraph.ask(ALL, { caller: { claims: { region } } });
        return [
          region,
          data.orders.totalCount,
          new Set(data.orders.nodes.map((node: { region: string }) => node.region)),
        ];
      }),
    );
    for (const [region, total, seen] of counts) {
      expect([total, seen]).toEqual([inRegion(String(region)).length, new Set([region])]);
    }
  });
});

describe("the database itself", () => {
  const asApplication = async (claims: object, statement: string) => {
    const client = new pg.Client({ connectionString: database.applicationUrl });
    await client.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT set_config('dpg.claims', $1, true)", [JSON.stringify(claims)]);
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };

  it("shows nothing to the application role before claims are set", async () => {
    const client = new pg.Client({ connectionString: database.applicationUrl });
    await client.connect();
    for (const table of ["orders", "order_item", "customer_region", "order_request"]) {
      expect((await client.query(`SELECT count(*)::int AS n FROM ${table}`)).rows).toEqual([{ n: 0 }]);
    }
    await client.end();
  });

  it("binds the owner of the tables too", async () => {
    const client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    expect((await client.query("SELECT count(*)::int AS n FROM orders")).rows).toEqual([{ n: 0 }]);
    await client.end();
  });

  it("refuses to write an order into a region that the caller cannot see, and to move one there", async () => {
    const insert = `INSERT INTO orders VALUES ('X1', 'C0001', 'APAC', 'PENDING', 'EUR', 0, now())`;
    await expect(asApplication({ region: ["EMEA"] }, insert)).rejects.toMatchObject({ code: "42501" });
    const [own] = inRegion("EMEA");
    const move = `UPDATE orders SET region = 'APAC' WHERE id = '${own?.id}'`;
    await expect(asApplication({ region: ["EMEA"] }, move)).rejects.toMatchObject({ code: "42501" });
  });

  it("refuses the application role what it does not need", async () => {
    for (const statement of [
      "TRUNCATE orders CASCADE",
      "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
      "CREATE TABLE mine (id int)",
      "DROP POLICY by_region ON orders",
    ]) {
      await expect(asApplication({ region: ["EMEA"] }, statement)).rejects.toMatchObject({ code: "42501" });
    }
  });
});
