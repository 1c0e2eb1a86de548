import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { CatalogProjector } from "../../../gateway/catalog/catalog-projector.ts";
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

  test("what clients do not know, tables, SQL and what was imported are not for everybody", async () => {
    const rules = `  - { name: cost-there, rule: notNull, on: Product.secretCost }
  - { name: sku-there, rule: notNull, on: Product.sku, column: stock_keeping_unit, description: see secretCost }
  - { name: names-unique, rule: unique, on: Product.name, column: label_text }
  - { name: few-free, rule: sql, on: Product, query: SELECT count(*) FROM ledger_items, max: 3 }
  - { name: same-cost, rule: reference, on: Product.sku, to: Product.secretCost }`;
    const imported = stringify({
      standards: {
        odcs: { members: { servers: { value: [{ server: "wh", type: "snowflake", account: "acme-eu" }] } } },
        odps: { members: { tenant: { value: "acme-tenant" } } },
      },
    });
    const change = domainChange("product", (sdl, product) => [
      sdl
        .replace(`"@shareable", "@tag"]`, `"@shareable", "@tag", "@inaccessible"]`)
        .replace("  sku: String!", "  secretCost: Float @inaccessible\n  sku: String!"),
      `${product.replace(/^quality:\n/m, `quality:\n${rules}\n`).replace("table: product\n", "table: ledger_products\n")}${imported}`,
    ]);
    await catalog.publish([change]);
    const { token } = await catalog.tested.registry.tokens.create("order", 60, "test");
    for (const file of ["contract", "product"]) {
      const path = `products/product.catalog/${file}.yaml`;
      const open = await (await get(path)).text();
      for (const word of [
        "secretCost",
        "cost-there",
        "sku-there",
        "same-cost",
        "few-free",
        "ledger_",
        "label_text",
        "acme-",
      ])
        expect(open).not.toContain(word);
      expect(open).toContain("names-unique");
      const known = await (await get(path, token)).text();
      expect(known).not.toContain("secretCost");
      for (const word of ["few-free", "ledger_items", "ledger_products", "label_text", "acme-"])
        expect(known).toContain(word);
    }
    const { data } = await catalog.ask(
      `{ dataProduct(id: "product.catalog") { qualityChecks { name summary } } }`,
    );
    const told = JSON.stringify(data);
    for (const word of ["secretCost", "cost-there", "ledger_", "label_text"])
      expect(told).not.toContain(word);
    expect(told).toContain("few-free");
  });

  test("datasets that fields and products are made from are not for everybody, fields of the graph are", async () => {
    const table = "snowflake://demo-warehouse/SHOP.MARTS.CUSTOMERS";
    const change = domainChange("customer", (sdl, product) => [
      sdl
        .replace(
          "  region: Region!",
          '  region: Region! @lineage(from: "Customer.country", transform: "by country")',
        )
        .replace(
          "  createdAt: DateTime!",
          `  createdAt: DateTime! @lineage(from: ["Customer.id", "${table}#SINCE"]) @lineage(from: "marts.loads", transform: "of marts.loads")`,
        ),
      `${product}inputPorts:\n  - { dataset: "${table}", description: The customers. }\n  - { product: product.catalog, description: What they buy. }\n`,
    ]);
    await catalog.publish([change]);
    const { token } = await catalog.tested.registry.tokens.create("order", 60, "test");
    for (const file of ["contract", "product"]) {
      const path = `products/customer.customers/${file}.yaml`;
      const open = await (await get(path)).text();
      for (const word of ["snowflake", "warehouse", "MARTS", "marts"]) expect(open).not.toContain(word);
      expect(open).toContain("product.catalog");
      expect(await (await get(path, token)).text()).toContain(table);
    }
    const contract = await (await get("products/customer.customers/contract.yaml")).text();
    expect(contract).toContain("by country");
    const { data } = await catalog.ask(
      '{ catalogField(coordinate: "Customer.email") { upstream { nodes { id } } } }',
    );
    expect(JSON.stringify(data)).toContain(`${table}#EMAIL`);
  });

  test("tables of an older version tell nobody what is not for everybody, and are written anew without a publish", async () => {
    const { pool } = catalog.tested.registry.store;
    const path = "products/customer.customers/contract.yaml";
    const before = await (await get(path)).text();
    const history = async () =>
      (
        await pool.query(
          "SELECT count(*)::int AS n FROM catalog_change UNION ALL SELECT count(*) FROM catalog_version",
        )
      ).rows;
    const past = await history();
    const projector = new CatalogProjector(catalog.tested.database.applicationUrl);
    try {
      // What the release before wrote told of more, and it does not know the column.
      await pool.query(
        `UPDATE catalog_product SET open_format = DEFAULT, open_contract = '{"id": "snowflake://"}'`,
      );
      const early = await get(path);
      // The catalog may have been quicker.
      expect([200, 503]).toContain(early.status);
      const told = await early.text();
      for (const word of ["@example.com", "snowflake"]) expect(told).not.toContain(word);
      await projector.catchUp();
      expect(await (await get(path)).text()).toBe(before);
      expect(await history()).toEqual(past);
    } finally {
      await projector.stop();
    }
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
