import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { domainChange, startCatalog, type TestCatalog } from "../../testkit/start-catalog.ts";
import { deployerOf } from "../../testkit/start-registry.ts";
import { usageBatchOf, usageCountOf } from "../../testkit/usage-batches.ts";

const SOMEBODY = { subject: "ada" };

describe("the catalog", () => {
  let catalog: TestCatalog;
  beforeAll(async () => {
    catalog = await startCatalog();
    await catalog.publish(["customer", "product", "order", "catalog"].map((name) => domainChange(name)));
  }, 60_000);
  afterAll(() => catalog.stop());

  const ask = async (query: string, caller?: object) => {
    const { data, errors } = await catalog.ask(query, caller ? { caller } : {});
    expect(errors).toEqual([]);
    return data;
  };
  const found = async (args: string): Promise<readonly string[]> =>
    (await ask(`{ dataProducts(${args}) { nodes { id } } }`)).dataProducts.nodes.map(
      ({ id }: { id: string }) => id,
    );

  test("lists every product, itself among them, page by page", async () => {
    const { dataProducts } = await ask(
      `{ dataProducts(first: 3, sort: NAME_ASC) { totalCount nodes { id name } pageInfo { hasNextPage endCursor } } }`,
    );
    expect(dataProducts.totalCount).toBe(4);
    expect(dataProducts.nodes.map(({ id }: { id: string }) => id)).toEqual([
      "catalog.products",
      "customer.customers",
      "order.orders",
    ]);
    const next = await ask(
      `{ dataProducts(first: 3, sort: NAME_ASC, after: "${dataProducts.pageInfo.endCursor}") { nodes { id } pageInfo { hasNextPage } } }`,
    );
    expect(next.dataProducts).toEqual({
      nodes: [{ id: "product.catalog" }],
      pageInfo: { hasNextPage: false },
    });
  });

  test.each([
    [`search: "customer"`, "customer.customers"],
    [`search: "E-MAIL address"`, "customer.customers"],
    [`search: "loyal"`, "customer.customers"],
    [`search: "creditLim"`, "customer.customers"],
    [`search: "assortment"`, "product.catalog"],
    [`search: "turnover"`, "order.orders"],
  ])("finds by %s first %s", async (args, first) => {
    expect((await found(args))[0]).toBe(first);
  });

  test.each([
    [`domain: "order"`, ["order.orders"]],
    [`owner: "product-domain"`, ["product.catalog"]],
    [`classification: RESTRICTED`, ["customer.customers"]],
    [`tag: "master-data"`, ["customer.customers", "product.catalog"]],
    [`tag: "transaction", domain: "customer"`, []],
    [`search: "zzz"`, []],
    [
      `search: "' & | ! <-> :* ("`,
      ["catalog.products", "customer.customers", "order.orders", "product.catalog"],
    ],
  ])("filters by %s", async (args, expected) => {
    expect(await found(`${args}, sort: NAME_ASC`)).toEqual(expected);
  });

  test("counts the matches by domain, owner, classification and tag", async () => {
    const { facets } = (
      await ask(
        `{ dataProducts(tag: "master-data") { facets { domains { value count } owners { value count } classifications { value count } tags { value count } } } }`,
      )
    ).dataProducts;
    expect(facets.domains).toEqual([
      { value: "customer", count: 1 },
      { value: "product", count: 1 },
    ]);
    expect(facets.classifications).toContainEqual({ value: "RESTRICTED", count: 1 });
    expect(facets.tags[0]).toEqual({ value: "master-data", count: 2 });
    expect(facets.owners).toHaveLength(2);
  });

  test("tells of a field who owns it, how sensitive it is, why it is masked and what it takes", async () => {
    const { catalogField } = await ask(`{ catalogField(coordinate: "Customer.phone") {
      name parentType type description classification categories isKey owner { team } product { id name }
      masks { directive summary arguments coordinate subgraphs } requirements { directive coordinate }
      qualityChecks { id rule summary severity result { outcome } results { outcome } } } }`);
    expect(catalogField).toMatchObject({
      parentType: "Customer",
      type: "String",
      description: expect.stringContaining("Telephone"),
      classification: "RESTRICTED",
      categories: ["CONTACT", "PHONE"],
      owner: { team: "customer-domain" },
      product: { id: "customer.customers", name: "Customers" },
      masks: [{ directive: "mask", coordinate: "Customer.phone", subgraphs: ["customer"] }],
      requirements: [{ directive: "authenticated", coordinate: "Customer.phone" }],
      qualityChecks: [
        {
          id: "customer.customers/phone-format",
          rule: "format",
          severity: "warning",
          result: null,
          results: null,
        },
      ],
    });
    expect(JSON.parse(catalogField.masks[0].arguments)).toMatchObject({ strategy: "LAST_N", n: 4 });
  });

  test("tells of a product what its owners say, and what the graph serves", async () => {
    const { dataProduct } = await ask(`{ dataProduct(id: "order.orders") {
      domain version status purpose usage limitations owner { team } tags classification subgraph
      outputPorts { type description fields { name } rules { directive summary } }
      inputPorts { source product { name } } roles { name access }
      serviceLevels { kind target objective status { state } series { value } }
      fields { coordinate rowFilters { summary } } consumerCount contractPath productPath } }`);
    expect(dataProduct).toMatchObject({
      domain: "order",
      status: "ACTIVE",
      owner: { team: "order-domain" },
      classification: "CONFIDENTIAL",
      inputPorts: [
        { source: "customer.customers", product: { name: "Customers" } },
        { source: "product.catalog", product: { name: "Product catalog" } },
      ],
      roles: [{ name: "shop", access: "write" }],
      contractPath: "/catalog/products/order.orders/contract.yaml",
      consumerCount: 0,
    });
    expect(dataProduct.serviceLevels).toContainEqual({
      kind: "FRESHNESS",
      target: 0,
      objective: "data no older than PT0S",
      status: null,
      series: null,
    });
    const coordinates = dataProduct.fields.map(({ coordinate }: { coordinate: string }) => coordinate);
    expect(coordinates).toEqual(
      expect.arrayContaining(["Order.total", "OrderItem.quantity", "Customer.orders", "Product.orders"]),
    );
    expect(coordinates).not.toContain("OrderConnection.totalCount");
    for (const added of ["Customer.orders", "Product.orders"])
      expect(
        (await ask(`{ catalogField(coordinate: "${added}") { product { id } owner { team } } }`))
          .catalogField,
      ).toEqual({ product: { id: "order.orders" }, owner: { team: "order-domain" } });
    expect(dataProduct.fields[0].rowFilters[0].summary).toContain("region");
    expect(
      dataProduct.outputPorts[0].rules.map(({ directive }: { directive: string }) => directive),
    ).toContain("rowFilter");
  });

  test("names the product's owner for fields that have none of their own", async () => {
    const { service } = await ask(
      `{ service: catalogField(coordinate: "ServiceLevel.target") { owner { team } product { owner { team } } } }`,
    );
    expect(service).toEqual({
      owner: { team: "data-platform" },
      product: { owner: { team: "data-platform" } },
    });
  });

  test("lets no contact out but where one has to be known", async () => {
    const data =
      await ask(`{ dataProducts { nodes { rules { summary arguments } outputPorts { rules { summary arguments } }
      fields { rules { summary arguments } } } } }`);
    expect(JSON.stringify(data)).toContain("region");
    expect(JSON.stringify(data)).not.toContain("@example.com");
  });

  test.each(["who owns customer e-mail", "costumer email", "email of the buyer"])(
    "where nothing has all the words, what has some is found, the best match first: %s",
    async (search) => {
      const { catalogFields, dataProducts } = await ask(
        `{ catalogFields(search: "${search}") { nodes { coordinate } }
           dataProducts(search: "${search}") { totalCount nodes { id } facets { domains { count } } } }`,
      );
      expect(catalogFields.nodes[0]).toEqual({ coordinate: "Customer.email" });
      expect(dataProducts.nodes[0]).toEqual({ id: "customer.customers" });
      expect(dataProducts.facets.domains).toHaveLength(dataProducts.totalCount);
    },
  );

  test.each([
    [`domain: "order"`, ["order.orders"]],
    [`owner: "order-domain"`, ["order.orders"]],
    [`tag: "transaction"`, ["order.orders"]],
    [`domain: "order", classification: RESTRICTED`, []],
    [`domain: "customer"`, ["customer.customers"]],
  ])("where only what is not asked for has all the words, what has some is found: %s", async (args, ids) => {
    expect(await found(`search: "customer phone"`)).toEqual(["customer.customers"]);
    expect(await found(`search: "customer phone", ${args}`)).toEqual(ids);
    const { dataProducts } = await ask(
      `{ dataProducts(search: "customer phone", ${args}) { totalCount facets { domains { value } } } }`,
    );
    expect(dataProducts.totalCount).toBe(ids.length);
    expect(dataProducts.facets.domains).toHaveLength(ids.length);
  });

  test("finds fields of one product that have some of the words, where only another's have all", async () => {
    const coordinatesOf = async (args: string) => {
      const { catalogFields } = await ask(
        `{ catalogFields(search: "customer phone"${args}) { nodes { coordinate } } }`,
      );
      return catalogFields.nodes.map(({ coordinate }: { coordinate: string }) => coordinate);
    };
    expect(await coordinatesOf("")).toContain("Customer.phone");
    expect(await coordinatesOf(`, product: "order.orders"`)).toContain("Order.customer");
  });

  test("finds fields by their words", async () => {
    const { catalogFields } = await ask(
      `{ catalogFields(search: "e-mail") { totalCount nodes { coordinate } } }`,
    );
    expect(catalogFields.nodes[0]).toEqual({ coordinate: "Customer.email" });
    const restricted = await ask(
      `{ catalogFields(classification: RESTRICTED, product: "customer.customers") { nodes { coordinate } } }`,
    );
    expect(
      restricted.catalogFields.nodes.map(({ coordinate }: { coordinate: string }) => coordinate),
    ).toEqual(["Customer.email", "Customer.phone", "Customer.creditLimit"]);
  });

  test("names the applications and operations that use a product or a field", async () => {
    const coordinates = ["Query.customer", "Customer.name", "Customer.email"];
    await catalog.tested.registry.usage.record(
      usageBatchOf([
        {
          name: "Contact",
          signature: "query Contact{customer{name email}}",
          coordinates,
          counts: [
            usageCountOf({ clientName: "crm", clientVersion: "2", requests: 5, errors: 1 }),
            usageCountOf({ clientName: "crm", clientVersion: "3", requests: 2 }),
            usageCountOf({ clientName: "shop", requests: 1 }),
          ],
        },
        {
          name: "Names",
          signature: "query Names{customer{name}}",
          coordinates: ["Query.customer", "Customer.name"],
          counts: [usageCountOf({ clientName: "shop", requests: 10 })],
        },
      ]),
    );
    const { dataProduct, catalogField } = await ask(
      `{ dataProduct(id: "customer.customers") { consumerCount consumers { application versions requests operations { name requests errors fields } } }
         catalogField(coordinate: "Customer.email") { consumers { application requests operations { name fields } } } }`,
      SOMEBODY,
    );
    expect(dataProduct.consumerCount).toBe(2);
    expect(dataProduct.consumers).toMatchObject([
      { application: "shop", requests: 11 },
      {
        application: "crm",
        versions: ["2", "3"],
        requests: 7,
        operations: [
          { name: "Contact", requests: 7, errors: 1, fields: ["Customer.email", "Customer.name"] },
        ],
      },
    ]);
    expect(catalogField.consumers).toMatchObject([
      { application: "crm", requests: 7, operations: [{ name: "Contact", fields: ["Customer.email"] }] },
      { application: "shop", requests: 1 },
    ]);
  });

  test("keeps versions and changes, and shows a new generation at once", async () => {
    const change = domainChange("customer", (sdl, product) => [
      sdl
        .replaceAll(`version: "1.0.0"`, `version: "1.1.0"`)
        .replace('  "Postal address."', '  "Name for letters."\n  salutation: String\n  "Postal address."')
        .replace("strategy: LAST_N, n: 4", "strategy: LAST_N, n: 2"),
      product.replace("version: 1.0.0", "version: 1.1.0"),
    ]);
    await catalog.publish([change], "letters need a salutation");
    const { dataProduct } = await ask(
      `{ dataProduct(id: "customer.customers") { version versions { version revision generation author reason }
         changes { kind coordinate summary generation } } }`,
      SOMEBODY,
    );
    expect(dataProduct.version).toBe("1.1.0");
    expect(dataProduct.versions).toMatchObject([
      {
        version: "1.1.0",
        revision: 2,
        generation: 2,
        author: "governance/test",
        reason: "letters need a salutation",
      },
      { version: "1.0.0", revision: 1, generation: 1 },
    ]);
    expect(dataProduct.changes).toEqual(
      expect.arrayContaining([
        {
          kind: "CHANGED",
          coordinate: "customer.customers",
          summary: "version: 1.0.0 → 1.1.0",
          generation: 2,
        },
        { kind: "ADDED", coordinate: "Customer.salutation", summary: "String is new", generation: 2 },
        expect.objectContaining({ kind: "CHANGED", coordinate: "Customer.phone" }),
      ]),
    );
  });

  test("tells how the mesh does", async () => {
    await catalog.tested.registry
      .publish({
        actor: deployerOf("zoo"),
        changes: [{ name: "zoo", source: { sdl: "type", url: "http://127.0.0.1:1/" } }],
        reason: "",
      })
      .catch(() => undefined);
    const { mesh } =
      await ask(`{ mesh { products domains productsPerDomain { value count } consumersPerProduct { value count }
      fields { total described owned classified } checks { published publishesRefused checksPassed checksRefused }
      timeToServed { product publishedAt servedAt seconds } medianSecondsToServed } }`);
    expect(mesh).toMatchObject({
      products: 4,
      domains: 4,
      checks: { published: 2, publishesRefused: 1, checksPassed: 0 },
    });
    expect(mesh.consumersPerProduct).toContainEqual({ value: "customer.customers", count: 2 });
    expect(mesh.fields.total).toBeGreaterThan(50);
    expect(mesh.fields.described).toBe(1);
    expect(mesh.fields.owned).toBe(1);
    expect(mesh.fields.classified).toBeGreaterThan(0);
    const customers = mesh.timeToServed.find(
      ({ product }: { product: string }) => product === "customer.customers",
    );
    expect(customers.seconds).toBeGreaterThan(0);
    expect(customers.seconds).toBeLessThan(600);
    expect(mesh.medianSecondsToServed).toBe(customers.seconds);
    expect(mesh.timeToServed).toContainEqual(
      expect.objectContaining({ product: "order.orders", servedAt: null }),
    );
  });

  test("counts the time until a product is served from its scaffold, or from its first publish where that is said to be earlier", async () => {
    const timeOf = async (created: string | undefined) => {
      const change = domainChange("customer", (sdl, product) => [
        sdl,
        created === undefined ? product : product.replace(/^status: .*$/m, `$&\ncreated: "${created}"`),
      ]);
      await catalog.publish([change]);
      const { mesh } = await ask("{ mesh { timeToServed { product startedAt publishedAt seconds } } }");
      return mesh.timeToServed.find(({ product }: { product: string }) => product === "customer.customers");
    };
    const { seconds, publishedAt } = await timeOf(undefined);
    const daysEarlier = (days: number) => new Date(Date.parse(publishedAt) - days * 86_400_000).toISOString();
    const scaffolded = await timeOf(daysEarlier(2));
    expect(scaffolded).toMatchObject({ startedAt: daysEarlier(2), publishedAt });
    expect(scaffolded.seconds).toBeCloseTo(seconds + 2 * 86_400, 2);
    // A year and an offset that Postgres would not read.
    expect((await timeOf("0000-01-01T00:00:00+23:59")).seconds).toBeGreaterThan(scaffolded.seconds);
    expect(await timeOf("2999-01-01T00:00:00Z")).toEqual({
      product: "customer.customers",
      startedAt: publishedAt,
      publishedAt,
      seconds,
    });
  });

  test("tells how quality and availability went, day by day, each day as long as gateways and domains told of it", async () => {
    const { pool } = catalog.tested.registry.store;
    await pool.query(
      `INSERT INTO quality_result (product, rule, at, outcome)
       SELECT 'order.orders', 'r' || n, date_trunc('day', now(), 'UTC') - ago * interval '24 hours',
         CASE WHEN n > bad THEN 'PASSED' WHEN n = 1 THEN 'FAILED' ELSE 'ERRORED' END
       FROM (VALUES (5, 0), (1, 1), (0, 2)) AS day (ago, bad), generate_series(1, 4) AS n`,
    );
    await pool.query(
      `INSERT INTO product_traffic (product, resolution, at, requests, errors, failures, latency)
       SELECT product, resolution, date_trunc('day', now(), 'UTC') - ago * interval '24 hours', requests, 0, failures, '{}'
       FROM (VALUES (1, 900, 0), (0, 300, 9), (4, 0, 0)) AS day (ago, requests, failures),
         (VALUES ('order.orders'), ('customer.customers')) AS p (product), (VALUES (60), (3600)) AS r (resolution)`,
    );
    const trend = async (args: string) =>
      (await ask(`{ mesh { trend${args} { at quality availability } } }`)).mesh.trend;
    const midnight = new Date().setUTCHours(0, 0, 0, 0);
    const day = (ago: number) => new Date(midnight - ago * 86_400_000).toISOString();
    expect(await trend("")).toEqual([
      { at: day(5), quality: 1, availability: null },
      { at: day(1), quality: 0.75, availability: 1 },
      { at: day(0), quality: 0.5, availability: 0.97 },
    ]);
    expect(await trend("(days: 1)")).toHaveLength(1);
    const { errors } = await catalog.ask("{ mesh { trend(days: 91) { at } } }");
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  });

  test("tells nothing of what is inaccessible, also not where other fields come from it", async () => {
    const change = domainChange("product", (sdl, product) => [
      sdl
        .replace(`"@shareable", "@tag"]`, `"@shareable", "@tag", "@inaccessible"]`)
        .replace(
          "  sku: String! ",
          `  "Secret."\n  secretCost: Float @inaccessible\n  "Told of."\n  sku: String! @lineage(from: ["Product.secretCost", "erp/items#sku"]) `,
        )
        .replace('  "Stock-keeping unit, printed on the package."\n', ""),
      product,
    ]);
    await catalog.publish([change]);
    const lineage = "{ nodes { id kind product { id } } edges { from to } isTruncated }";
    const data = await ask(`{
      catalogField(coordinate: "Product.secretCost") { name }
      secret: lineage(of: "Product.secretCost") ${lineage}
      sku: catalogField(coordinate: "Product.sku") { upstream ${lineage} }
      catalogFields(search: "secretCost") { totalCount }
      dataProduct(id: "product.catalog") { changes { coordinate } fields { coordinate } }
    }`);
    expect(JSON.stringify(data)).not.toContain("secretCost");
    expect(data).toMatchObject({ catalogField: null, secret: null, catalogFields: { totalCount: 0 } });
    expect(data.sku.upstream.nodes.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(["Product.sku", "erp/items#sku"]),
    );
  });

  test.each(["RELEVANCE", "NAME_DESC", "UPDATED_AT_DESC"])(
    "more products than a page holds are all reached by its cursors, each once (%s)",
    async (sort) => {
      const { pool } = catalog.tested.registry.store;
      const columns =
        "subgraph, domain, version, status, tags, updated_at, contract, standard_product, open_contract, open_product, open_format, ports, rules, search";
      await pool.query(
        `INSERT INTO catalog_product (id, name, ${columns})
         SELECT 'many.p' || n, 'Many ' || n % 7, ${columns} FROM catalog_product, generate_series(1, 250) AS n WHERE id = 'order.orders'`,
      );
      try {
        const reached: string[] = [];
        let pages = 0;
        for (let after: string | null = ""; after !== null; pages += 1) {
          const { dataProducts } = await ask(
            `{ dataProducts(first: 100, sort: ${sort}${after === "" ? "" : `, after: "${after}"`}) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
          );
          expect(dataProducts.totalCount).toBe(254);
          reached.push(...dataProducts.nodes.map(({ id }: { id: string }) => id));
          after = dataProducts.pageInfo.hasNextPage ? dataProducts.pageInfo.endCursor : null;
        }
        expect([pages, reached.length, new Set(reached).size]).toEqual([3, 254, 254]);
      } finally {
        await pool.query("DELETE FROM catalog_product WHERE domain = 'order' AND id <> 'order.orders'");
      }
    },
  );

  test("refuses numbers out of range", async () => {
    const { errors } = await catalog.ask(`{ dataProducts(first: 101) { nodes { id } } }`);
    expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
    const lineage = await catalog.ask(`{ lineage(of: "Customer.email", depth: 11) { isTruncated } }`);
    expect(lineage.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  });
});
