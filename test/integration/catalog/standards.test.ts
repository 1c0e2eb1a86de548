import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { importStandard } from "../../../gateway/catalog/standards/import-standard.ts";
import { standardsRoutes } from "../../../gateway/catalog/standards/standards-routes.ts";
import { domainChange, startCatalog, type TestCatalog } from "../../testkit/start-catalog.ts";

describe("products over HTTP in the formats of other standards", () => {
  let catalog: TestCatalog;
  let app: FastifyInstance;
  let url: string;
  beforeAll(async () => {
    catalog = await startCatalog();
    await catalog.publish(["customer", "order"].map((name) => domainChange(name)));
    app = fastify();
    await app.register((scope) => standardsRoutes(scope, catalog.tested.registry), { prefix: "/catalog" });
    url = await app.listen({ host: "127.0.0.1", port: 0 });
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await catalog.stop();
  });

  const get = (path: string, token?: string) =>
    fetch(`${url}/catalog/${path}`, token ? { headers: { authorization: `Bearer ${token}` } } : {});

  test("a contract is for everybody, the people in it for who is known", async () => {
    const open = await get("products/customer.customers/contract.yaml");
    expect(open.status).toBe(200);
    expect(open.headers.get("content-type")).toContain("application/yaml");
    const text = await open.text();
    expect(parse(text)).toMatchObject({
      apiVersion: "v3.1.0",
      id: "customer.customers",
      team: { name: "customer-domain" },
    });
    expect(text).not.toContain("@example.com");
    const { token } = await catalog.tested.registry.tokens.create("order", 60, "test");
    const known = parse(await (await get("products/customer.customers/contract.yaml", token)).text());
    expect(known.team.members).toEqual([{ username: "customer-domain@example.com", role: "owner" }]);
    expect(importStandard(known).descriptor.id).toBe("customer.customers");
  });

  test("a product names its inputs with the versions that are published", async () => {
    const product = parse(await (await get("products/order.orders/product.yaml")).text());
    expect(product.inputPorts).toContainEqual({
      name: "customer.customers",
      version: "1.0.0",
      contractId: "customer.customers",
    });
    expect(product.team).toBeUndefined();
  });

  test("what there is not, and a token that is none, are refused with code, cause and remedy", async () => {
    const missing = await get("products/nobody.nothing/contract.yaml");
    expect([missing.status, await missing.json()]).toMatchObject([
      404,
      { error: { code: "PRODUCT_NOT_FOUND", remedy: expect.any(String) } },
    ]);
    const wrong = await get("products/customer.customers/contract.yaml", "x".repeat(20));
    expect([wrong.status, await wrong.json()]).toMatchObject([
      401,
      { error: { code: "DEPLOY_TOKEN_INVALID" } },
    ]);
  });

  test("the schema of product.yaml is there for editors", async () => {
    const response = await get("product.schema.json");
    expect(await response.json()).toMatchObject({
      $schema: expect.stringContaining("json-schema.org"),
      required: expect.arrayContaining(["id", "owner"]),
    });
  });
});
