import { afterAll, beforeAll, expect, test } from "vitest";
import { linked } from "../../testkit/compose-schemas.ts";
import { deployerOf, STEWARD, startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";

const offers = (domain: string, id: string) =>
  `@dataProduct(id: "${id}", domain: "${domain}", version: "1.0.0", status: ACTIVE)`;
const url = "http://127.0.0.1:1/graphql";

let tested: TestRegistry;
beforeAll(async () => {
  tested = await startRegistry();
  await tested.publish(
    "orders",
    linked(`type Query { order: Order } type Order @key(fields: "id") ${offers("orders", "orders.orders")} { id: ID! }
      type Cart @key(fields: "id") { id: ID! }`),
  );
});
afterAll(() => tested.stop());

function publish(name: string, sdl: string) {
  const changes = [{ name, source: { sdl: linked(sdl), url } }];
  return tested.registry.publish({ actor: deployerOf(name), reason: "test", changes });
}

test.each([
  ["of its own", `type Query { x: X } type X ${offers("orders", "orders.fake")} { a: Int }`, "X"],
  [
    "that the other domain has, too",
    `type Cart @key(fields: "id") ${offers("orders", "open.stuff")} { id: ID! y: Int }`,
    "Cart",
  ],
])("a domain cannot say of a type %s that it is another domain's product", async (_, sdl, coordinate) => {
  await expect(publish("evil", sdl)).rejects.toMatchObject({
    code: "GOVERNANCE_REFUSED",
    extensions: {
      findings: expect.arrayContaining([
        expect.objectContaining({
          code: "PRODUCT_NOT_YOURS",
          severity: "error",
          coordinate,
          subgraphs: ["evil"],
        }),
      ]),
    },
  });
});

test("a second subgraph of a domain names the products of its domain", async () => {
  await tested.registry.grant(STEWARD, "orders-archive", "orders");
  const sdl = `type Query { old: Old } type Old ${offers("orders", "orders.old")} { a: Int }`;
  const changes = [{ name: "orders-archive", source: { sdl: linked(sdl), url } }];
  const done = await tested.registry.publish({ actor: deployerOf("orders"), reason: "test", changes });
  expect(done.changed).toBe(true);
});
