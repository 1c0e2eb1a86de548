import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ProductHealth } from "../../../shared/product-health.ts";
import type { UsageBatch } from "../../../shared/usage-batch.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@dataProduct"])`;
const order = {
  sdl: `${LINK}
    type Query { order: Order item: Item free: Int }
    type Mutation { touch: Order }
    type Order @key(fields: "id") @dataProduct(id: "order.orders", domain: "order", version: "1.0.0", status: ACTIVE) { id: ID! total: Float }
    type Item @dataProduct(id: "order.items", domain: "order", version: "1.0.0", status: ACTIVE) { id: ID! }`,
  resolvers: {
    Query: { order: () => ({ id: "1", total: 3 }), item: () => ({ id: "1" }), free: () => 1 },
    Mutation: { touch: () => ({ id: "1" }) },
    Order: { __resolveReference: (reference: object) => reference },
  },
};
const customer = {
  sdl: `${LINK}
    type Query { customer: Customer }
    type Customer @dataProduct(id: "customer.customers", domain: "customer", version: "2.0.0", status: ACTIVE) { name: String }`,
  resolvers: {
    Query: {
      customer: () => {
        throw new Error("down");
      },
    },
  },
};

const HOUR = 3600;

describe("what callers are told of data products", () => {
  let mesh: SmallMesh;
  let health: ProductHealth[] = [];
  const batches: UsageBatch[] = [];
  beforeAll(async () => {
    mesh = await startSmallMesh({
      subgraphs: { order, customer },
      config: (usual) => ({
        ...usual,
        products: { watch: true, intervalMs: 100 },
        usage: { record: true, intervalMs: 100 },
      }),
      productHealth: async () => health,
      usage: async (batch) => {
        batches.push(batch);
      },
    });
  });
  beforeEach(() => knowing("off", 60));
  afterAll(() => mesh.stop());

  /** Waits until the gateway has heard of it. */
  async function knowing(onStale: ProductHealth["onStale"], age: number) {
    const dataAt = new Date(Date.now() - age * 1000).toISOString();
    const quality = { passed: 3, failed: 1, errored: 0 };
    health = [{ id: "order.orders", version: "1.2.3", onStale, dataAt, maxAge: HOUR, quality }];
    for (;;) {
      const { extensions } = await mesh.ask("{ free order { id } }", ASK);
      const answer = JSON.stringify(extensions ?? {});
      if (onStale === "block" ? answer === "{}" : answer.includes(dataAt)) return dataAt;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const ASK = { headers: { "x-report-products": "1" } };

  test("on request: version, freshness and quality of what the operation reads, in both lanes", async () => {
    const dataAt = await knowing("off", 60);
    const expected = [
      {
        id: "order.orders",
        version: "1.2.3",
        freshness: { dataAt, maxAge: HOUR, isStale: false },
        quality: { passed: 3, failed: 1, errored: 0 },
      },
    ];
    for (let lane = 0; lane < 3; lane += 1)
      expect((await mesh.ask("{ order { total } }", ASK)).extensions).toEqual({ dataProducts: expected });
    expect((await mesh.ask("{ free }", ASK)).extensions).toEqual({ dataProducts: [] });
    expect((await mesh.ask("{ order { total } }")).extensions).toBeUndefined();
  });

  test("stale data is warned of, whether or not anybody asks", async () => {
    const dataAt = await knowing("warn", 2 * HOUR);
    for (let lane = 0; lane < 2; lane += 1) {
      const { data, extensions } = await mesh.ask("{ order { total } }");
      expect(data).toEqual({ order: { total: 3 } });
      expect(extensions?.warnings).toEqual([
        expect.objectContaining({ code: "DATA_STALE", product: "order.orders", dataAt, maxAge: HOUR }),
      ]);
    }
    expect((await mesh.ask("{ free }")).extensions).toBeUndefined();
  });

  test("stale data that its owners do not want served is refused before any subgraph is asked; what does not read it is answered", async () => {
    await knowing("block", 2 * HOUR);
    const before = mesh.calls.length;
    for (let lane = 0; lane < 2; lane += 1) {
      const { errors, data } = await mesh.ask("{ free order { total } }");
      expect(data ?? null).toBeNull();
      expect(errors[0]?.extensions).toMatchObject({
        code: "DATA_STALE",
        dataProducts: [{ id: "order.orders", freshness: { isStale: true } }],
      });
    }
    expect(mesh.calls).toHaveLength(before);
    expect((await mesh.ask("{ free }")).data).toEqual({ free: 1 });
    expect((await mesh.ask("mutation { touch { id } }")).errors).toEqual([]);
  });

  test("traffic is counted by product: requests, errors of its own, and how long they took", async () => {
    // Both products are read by this test only.
    await mesh.ask("{ item { id } customer { name } }");
    await mesh.ask("{ item { id } free }");
    await mesh.ask("{ free }");
    const counted = () => batches.flatMap(({ products }) => products);
    const sum = (id: string, name: "requests" | "errors" | "failures") =>
      counted().reduce((total, item) => total + (item.product === id ? item[name] : 0), 0);
    while (sum("order.items", "requests") < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const of = (id: string) => (["requests", "errors", "failures"] as const).map((name) => sum(id, name));
    expect([of("order.items"), of("customer.customers")]).toEqual([
      [2, 0, 0],
      [1, 1, 0],
    ]);
    const slow = counted().flatMap(({ product, latency }) => (product === "order.items" ? latency : []));
    expect(slow.reduce((total, count) => total + count, 0)).toBe(2);
  });
});
