import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerKey, productKey } from "../../../shared/demo-keys.ts";
import { seedDomain } from "../../../subgraphs/order/seed.ts";
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
let keys = 0;
beforeAll(async () => {
  gateway = await startGatewayIdentity();
  database = await createDomainDatabase(orderSubgraph.directory, seedDomain);
  subgraph = await startSubgraph("order", orderSubgraph, gateway, database.applicationUrl);
});
afterAll(async () => {
  await subgraph.stop();
  await gateway.stop();
});

const PLACE = `mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    replayed
    order { id customer { id } total status region currency placedAt items { product { id } quantity unitPrice } }
  }
}`;

const customerIn = (region: string) => {
  for (let number = 1; ; number += 1)
    if (customerKey(number).region === region) return customerKey(number).id;
};
const shop: TestCaller = { subject: "shop", claims: { region: ["EMEA", "AMER"] } };
const newKey = () => {
  keys += 1;
  return `order-key-${keys}`;
};
const inputFor = (changes: object = {}) => ({
  customerId: customerIn("EMEA"),
  items: [
    { productId: "P0001", quantity: 2 },
    { productId: "P0002", quantity: 1 },
  ],
  idempotencyKey: newKey(),
  ...changes,
});
const place = async (input: object, caller: TestCaller = shop) => {
  const { data, errors } = await subgraph.ask(PLACE, { variables: { input }, caller });
  return { placed: data?.placeOrder, errors };
};
const countOrders = async () => {
  const { data } = await subgraph.ask("{ orders { totalCount } }", {
    caller: { claims: { region: ["EMEA", "AMER", "APAC"] } },
  });
  return data.orders.totalCount;
};

describe("placing an order", () => {
  it("takes prices from the price list and the region from the customer", async () => {
    const { placed, errors } = await place(inputFor());
    const [first, second] = [productKey(1).cents, productKey(2).cents];
    expect(errors).toEqual([]);
    expect(placed).toEqual({
      replayed: false,
      order: {
        id: expect.stringMatching(/^O\d{5}$/),
        customer: { id: customerIn("EMEA") },
        total: (2 * first + second) / 100,
        status: "PENDING",
        region: "EMEA",
        currency: "EUR",
        placedAt: expect.stringMatching(/Z$/),
        items: [
          { product: { id: "P0001" }, quantity: 2, unitPrice: first / 100 },
          { product: { id: "P0002" }, quantity: 1, unitPrice: second / 100 },
        ],
      },
    });
  });

  it("gives ids that continue where the seed ended", async () => {
    const { placed } = await place(inputFor());
    expect(Number(placed.order.id.slice(1))).toBeGreaterThan(20_000);
  });

  it("gives the same order for the same request, whatever the order of its lines", async () => {
    const input = inputFor();
    const { placed } = await place(input);
    const before = await countOrders();
    const again = await place({ ...input, items: input.items.toReversed() });
    expect(again.placed).toEqual({ ...placed, replayed: true });
    expect(await countOrders()).toBe(before);
  });

  it.each([{ customerId: "C0002" }, { items: [{ productId: "P0001", quantity: 3 }] }])(
    "refuses the same key for another request: %j",
    async (changes) => {
      const input = inputFor();
      await place(input);
      const before = await countOrders();
      const { placed, errors } = await place({ ...input, ...changes });
      expect(placed).toBeNull();
      expect(errors).toEqual([
        {
          message: expect.stringContaining("already used"),
          path: ["placeOrder"],
          extensions: { code: "IDEMPOTENCY_CONFLICT" },
        },
      ]);
      expect(await countOrders()).toBe(before);
    },
  );

  it("places one order for twenty equal requests at the same time", async () => {
    const input = inputFor();
    const before = await countOrders();
    const answers = await Promise.all(Array.from({ length: 20 }, () => place(input)));
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(new Set(answers.map(({ placed }) => placed.order.id)).size).toBe(1);
    expect(answers.filter(({ placed }) => !placed.replayed)).toHaveLength(1);
    expect(await countOrders()).toBe(before + 1);
  });

  it("keeps the keys of callers apart", async () => {
    const input = inputFor();
    const mine = await place(input);
    const theirs = await place(input, { ...shop, subject: "another shop" });
    expect(theirs.placed.replayed).toBe(false);
    expect(theirs.placed.order.id).not.toBe(mine.placed.order.id);
  });

  it("knows no customer of a region that the caller may not see, and keeps nothing of the attempt", async () => {
    const input = inputFor({ customerId: customerIn("APAC") });
    const before = await countOrders();
    const unknown = await place(inputFor({ customerId: "C9999" }));
    const foreign = await place(input);
    expect(foreign.errors).toEqual(unknown.errors);
    expect(foreign.errors).toEqual([
      {
        message: expect.stringContaining("no such customer"),
        path: ["placeOrder"],
        extensions: { code: "BAD_USER_INPUT" },
      },
    ]);
    expect(await countOrders()).toBe(before);
    const withRights = await place(input, { ...shop, claims: { region: ["APAC"] } });
    expect(withRights.placed).toMatchObject({ replayed: false, order: { region: "APAC" } });
  });

  it.each([
    [{ items: [{ productId: "P9999", quantity: 1 }] }, /items: no such product: P9999/],
    [{ items: [] }, /items: expected 1 to 50 lines/],
    [{ items: [{ productId: "P0001", quantity: 0 }] }, /items\.0\.quantity/],
    [{ items: [{ productId: "P0001", quantity: 1001 }] }, /items\.0\.quantity/],
    [
      {
        items: [
          { productId: "P0001", quantity: 1 },
          { productId: "P0001", quantity: 1 },
        ],
      },
      /each product once/,
    ],
    [{ items: Array.from({ length: 51 }, (_, n) => ({ productId: `P${n}`, quantity: 1 })) }, /1 to 50 lines/],
    [{ idempotencyKey: "short" }, /idempotencyKey: expected 8 to 100/],
  ])("refuses %j and leaves the key free", async (changes, message) => {
    const input = inputFor(changes);
    const before = await countOrders();
    const { placed, errors } = await place(input);
    expect(placed).toBeNull();
    expect(errors).toEqual([
      {
        message: expect.stringMatching(message),
        path: ["placeOrder"],
        extensions: { code: "BAD_USER_INPUT" },
      },
    ]);
    expect(await countOrders()).toBe(before);
  });

  it("has no way to say a price", async () => {
    const { errors } = await place(
      inputFor({ items: [{ productId: "P0001", quantity: 1, unitPrice: 0.01 }] }),
    );
    expect(errors[0]?.message).toContain('Field "unitPrice" is not defined');
  });

  it("is refused to an anonymous caller by the domain as well", async () => {
    const { data, errors } = await subgraph.ask(PLACE, { variables: { input: inputFor() } });
    expect(data).toEqual({ placeOrder: null });
    expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  });

  it("hardening 114: runs several in order, keeps those that worked, and reads each after it was written", async () => {
    const [first, third] = [inputFor(), inputFor()];
    const bad = inputFor({ customerId: "C9999" });
    const source = `mutation ($a: PlaceOrderInput!, $b: PlaceOrderInput!, $c: PlaceOrderInput!) {
      a: placeOrder(input: $a) { order { id items { quantity } } }
      b: placeOrder(input: $b) { order { id } }
      c: placeOrder(input: $c) { order { id items { quantity } } }
    }`;
    const { data, errors } = await subgraph.ask(source, {
      variables: { a: first, b: bad, c: third },
      caller: shop,
    });
    expect(data).toMatchObject({
      b: null,
      a: { order: { items: [{}, {}] } },
      c: { order: { items: [{}, {}] } },
    });
    expect(errors.map((error) => error.path)).toEqual([["b"]]);
    expect(Number(data.c.order.id.slice(1))).toBeGreaterThan(Number(data.a.order.id.slice(1)));
    expect((await place(first)).placed.replayed).toBe(true);
  });

  it("counts past five digits", async () => {
    const client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    await client.query("SELECT setval('order_number', 99999)");
    await client.end();
    expect((await place(inputFor())).placed.order.id).toBe("O100000");
  });
});
