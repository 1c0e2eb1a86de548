import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CatalogProjector } from "../../../gateway/catalog/catalog-projector.ts";
import { reportedEdges } from "../../../gateway/catalog/lineage/reported-edges.ts";
import { openReadModels } from "../../../gateway/catalog/open-read-models.ts";
import type { CreateReadModels, LineageQuestion, ReadModels } from "../../../gateway/catalog/read-models.ts";
import type { Query } from "../../../shared/subgraph/request-database.ts";
import { airflowRun } from "../../testkit/pipeline-events.ts";
import { descriptorOf, publishProduct } from "../../testkit/publish-product.ts";
import { startDataHealth, type TestDataHealth } from "../../testkit/start-data-health.ts";

const RAW = { namespace: "postgres://erp:5432", name: "erp.public.raw_orders" };
const TABLE = { namespace: "snowflake://acme", name: "SHOP.PUBLIC.ORDERS", columns: { TOTAL: ["amount"] } };

const PORT = { namespace: "s3://landing", name: "orders.csv" };

interface Dataset {
  readonly namespace: string;
  readonly name: string;
}

describe("what the catalog is told", () => {
  let health: TestDataHealth;
  let pool: pg.Pool;
  let createModels: CreateReadModels;
  let models: ReadModels;
  let query: Query;
  /** As a request of its own. */
  const lineage = (question: LineageQuestion) => createModels({ query }).lineage(question);
  beforeAll(async () => {
    health = await startDataHealth();
    pool = new pg.Pool({ connectionString: health.mesh.database.partUrl ?? "" });
    query = async (statement) => (await pool.query(statement.text, [...statement.values])).rows;
    createModels = openReadModels();
    models = createModels({ query });
    const quality = [{ name: "rows-there", rule: "rowCount", on: "Order", min: 1 }];
    const inputPorts = [
      { dataset: `${PORT.namespace}/${PORT.name}`, description: "The orders of the shop." },
    ];
    await publishProduct(
      health.mesh,
      descriptorOf("order.orders", { quality, inputPorts }),
      `region: String @lineage(from: "snowflake://acme/SHOP.PUBLIC.ORDERS")
       total: Float @lineage(from: "snowflake://acme/SHOP.PUBLIC.ORDERS#TOTAL", transform: "in euro") @mask(strategy: NULLIFY)
       note: String`,
    );
    const projector = new CatalogProjector(health.mesh.database.partUrl ?? "");
    await projector.catchUp();
    await projector.stop();
    const token = await health.tokenOf("order");
    for (const event of airflowRun({ dag: "load", task: "copy", source: RAW, output: TABLE }))
      await health.send("POST", "/api/v1/lineage", token, event);
    const result = (minute: number, outcome: string) => ({
      product: "order.orders",
      rule: "rows-there",
      at: new Date(Date.now() - minute * 60_000).toISOString(),
      outcome,
      value: minute,
    });
    const results = [result(3, "FAILED"), result(2, "ERRORED"), result(1, "PASSED")];
    await health.send("POST", "/registry/v1/quality", token, { results });
  });
  afterAll(async () => {
    await pool.end();
    await health.stop();
  });

  /** Reports that `output`, its column `column` too, is made from `s3://lake/FROM`. */
  async function say(domain: string, from: string, output: Dataset, column = "note"): Promise<void> {
    const inputFields = [{ namespace: "s3://lake", name: from, field: "text" }];
    const event = {
      eventTime: "2026-06-30T12:00:00Z",
      producer: "https://x.example",
      job: { namespace: domain, name: from },
      inputs: [{ namespace: "s3://lake", name: from }],
      outputs: [{ ...output, facets: { columnLineage: { fields: { [column]: { inputFields } } } } }],
    };
    const answer = await health.send("POST", "/api/v1/lineage", await health.tokenOf(domain), event);
    expect(answer.status).toBe(201);
  }

  test("lineage: from the field by the warehouse's column to the table that a pipeline read, with the mask", async () => {
    const answer = await lineage({ of: "Order.total", direction: "UPSTREAM", depth: 3 });
    expect(answer).toEqual({
      nodes: [
        { id: "Order.total", kind: "FIELD", name: "Order.total", product: null },
        {
          id: "snowflake://acme/SHOP.PUBLIC.ORDERS#TOTAL",
          kind: "DATASET_FIELD",
          name: "TOTAL",
          product: null,
        },
        {
          id: "postgres://erp:5432/erp.public.raw_orders#amount",
          kind: "DATASET_FIELD",
          name: "amount",
          product: null,
        },
      ],
      edges: [
        expect.objectContaining({
          to: "Order.total",
          by: "in euro",
          isMasking: true,
          kind: "DIRECT",
          reportedBy: null,
        }),
        expect.objectContaining({
          to: "snowflake://acme/SHOP.PUBLIC.ORDERS#TOTAL",
          by: "airflow/load.copy",
          reportedBy: "order",
        }),
      ],
      isTruncated: false,
    });
    const down = await lineage({
      of: `${RAW.namespace}/${RAW.name}`,
      direction: "DOWNSTREAM",
      depth: 5,
    });
    expect(down?.nodes.map(({ id }) => id)).toEqual(expect.arrayContaining(["Order.total", "Order.region"]));
  });

  test("where a field's data comes from is said by the domain whose product it is, by nobody else", async () => {
    const graph = { namespace: "graphql://shop.example.com" };
    await say("order", "honest", { ...graph, name: "order.orders.Order" });
    // The name says whose it is; the token knows better.
    await say("shipping", "forged", { ...graph, name: "order.orders.Order" });
    await say("shipping", "disguised", { ...graph, name: "shipping.parcels.Order" });
    await say("shipping", "elsewhere", {
      namespace: "graphql:",
      name: "/shop.example.com/order.orders.Order",
    });
    const ids = async (of: string) =>
      (await lineage({ of, direction: "UPSTREAM", depth: 3 }))?.nodes.map(({ id }) => id);
    expect(await ids("Order.note")).toEqual(["Order.note", "s3://lake/honest#text"]);
    expect(await ids("graphql://shop.example.com/order.orders.Order")).toEqual([
      "graphql://shop.example.com/order.orders.Order",
      "s3://lake/honest",
    ]);
    const down = await lineage({ of: "s3://lake/forged#text", direction: "DOWNSTREAM", depth: 3 });
    expect(down?.edges).toEqual([]);
  });

  test("where a table comes from that a product names is said by its domain and the governance team, by nobody else", async () => {
    const table = { namespace: TABLE.namespace, name: TABLE.name };
    const other = { namespace: "snowflake://acme", name: "SHOP.PUBLIC.NOBODYS" };
    await say("shipping", "evil-table", table, "TOTAL");
    await say("shipping", "evil-column", { ...table, name: `${table.name}#TOTAL` }, "x");
    await say("shipping", "evil-cut", { namespace: "snowflake:", name: `/acme/${table.name}` }, "TOTAL");
    await say("shipping", "evil-port", PORT);
    await say("order", "own-table", table, "TOTAL");
    await say("order", "own-port", PORT);
    await say("governance", "team-table", table, "TOTAL");
    await say("shipping", "open", other);
    const sources = async (of: string) =>
      (await lineage({ of, direction: "UPSTREAM", depth: 3 }))?.nodes
        .map(({ id }) => id)
        .filter((id) => id.startsWith("s3://lake/"))
        .sort();
    expect(await sources("Order.total")).toEqual(["s3://lake/own-table#text", "s3://lake/team-table#text"]);
    expect(await sources("Order.region")).toEqual(["s3://lake/own-table", "s3://lake/team-table"]);
    expect(await sources("s3://landing/orders.csv")).toEqual([
      "s3://lake/own-port",
      "s3://lake/own-port#text",
    ]);
    expect(await sources("snowflake://acme/SHOP.PUBLIC.NOBODYS")).toEqual([
      "s3://lake/open",
      "s3://lake/open#text",
    ]);
  });

  test("of a table that no product names, each domain's word is told as its own, also where it claims another's job", async () => {
    const table = { namespace: "snowflake://acme", name: "SHOP.PUBLIC.SHARED" };
    const said = async (domain: string, from: string) => {
      const event = {
        eventTime: "2026-06-30T12:00:00Z",
        producer: "https://x.example",
        job: { namespace: "order", name: "nightly" },
        inputs: [{ namespace: "s3://lake", name: from }],
        outputs: [table],
      };
      const answer = await health.send("POST", "/api/v1/lineage", await health.tokenOf(domain), event);
      expect(answer.status).toBe(201);
    };
    await said("order", "true-source");
    await said("shipping", "false-source");
    // The same words of two domains are two statements.
    await said("shipping", "true-source");
    const found = await lineage({ of: `${table.namespace}/${table.name}`, direction: "UPSTREAM", depth: 1 });
    expect(found?.edges.map(({ from, by, reportedBy }) => [from, by, reportedBy]).sort()).toEqual([
      ["s3://lake/false-source", "order/nightly", "shipping"],
      ["s3://lake/true-source", "order/nightly", "order"],
      ["s3://lake/true-source", "order/nightly", "shipping"],
    ]);
  });

  test("all questions of a request, and requests one after the other, read the reports once, until there is a new one", async () => {
    const statements: string[] = [];
    const counting: Query = (statement) => {
      statements.push(statement.text);
      return query(statement);
    };
    const create = openReadModels();
    const request = async () => {
      const { lineage: ask } = create({ query: counting });
      const questions = Array.from({ length: 100 }, (_, index) => `Order.${index % 2 ? "total" : "note"}`);
      return Promise.all(questions.map((of) => ask({ of, direction: "UPSTREAM", depth: 3 })));
    };
    const reads = () => statements.filter((text) => text.includes("from_namespace")).length;
    expect((await request())[0]?.nodes.map(({ id }) => id)).not.toContain("s3://lake/late#text");
    expect(reads()).toBe(1);
    // However many questions: the state, the last generation, the reports and whose they are.
    expect(statements.length).toBeLessThanOrEqual(5);
    await request();
    expect(reads()).toBe(1);
    await say("order", "late", { namespace: "graphql://shop.example.com", name: "order.orders.Order" });
    expect((await request())[0]?.nodes.map(({ id }) => id)).toContain("s3://lake/late#text");
    expect(reads()).toBe(2);
  });

  test("a domain that reports much takes no room of another's lineage, and only what is left out is said to be", async () => {
    await health.rows(`INSERT INTO lineage_edge
      SELECT domain, 's3://a', n::text, '', 's3://b', n::text, '', '', false, '', now() + age * interval '1 day'
      FROM (VALUES ('busy', 0), ('quiet', -30)) AS d (domain, age),
        generate_series(1, CASE domain WHEN 'busy' THEN 500 ELSE 3 END) AS n`);
    const { edges, isTruncated } = await reportedEdges(query, { named: [], max: 500 });
    const [{ others } = { others: 0 }] = await query<{ others: number }>({
      text: "SELECT count(*)::int AS others FROM lineage_edge WHERE domain <> 'busy'",
      values: [],
    });
    const of = (domain: string) => edges.filter(({ reportedBy }) => reportedBy === domain);
    expect([of("busy").length, of("quiet").length]).toEqual([500 - others, 3]);
    expect(isTruncated).toBe(true);
    expect((await reportedEdges(query, { named: [], max: 500 + others })).isTruncated).toBe(false);
    expect(edges.some(({ from }) => from === "s3://lake/honest")).toBe(true);
    // Room is of all domains together, however many there are.
    const rows = await query({
      text: "SELECT count(DISTINCT domain)::int AS domains FROM lineage_edge",
      values: [],
    });
    expect(rows).toEqual([{ domains: 5 }]);
    const few = await reportedEdges(query, { named: [], max: 10 });
    expect([few.edges.length <= 10, few.isTruncated]).toEqual([true, true]);
    expect(few.edges.filter(({ to }) => to.startsWith("s3://b/"))).toHaveLength(4);
  });

  test("results of checks, newest first, in the order asked", async () => {
    const ask = { product: "order.orders", rule: "rows-there" };
    const [none, found] = await models.qualityResults([{ ...ask, rule: "none" }, ask], 2);
    expect(none).toBeNull();
    expect(found?.map(({ outcome, value }) => [outcome, value])).toEqual([
      ["PASSED", 1],
      ["ERRORED", 2],
    ]);
  });

  test("what pipelines assert of a product's datasets, of its own domain and the governance team, newest first", async () => {
    const tested = async (domain: string, item: Dataset, success: boolean, time: string, column?: string) => {
      const assertions = [{ assertion: "not_null", success, ...(column ? { column } : {}) }];
      const event = {
        eventTime: time,
        producer: "https://x.example",
        dataset: { ...item, facets: { dataQualityAssertions: { assertions } } },
      };
      const answer = await health.send("POST", "/api/v1/lineage", await health.tokenOf(domain), event);
      expect(answer.status).toBe(201);
    };
    const table = { namespace: TABLE.namespace, name: TABLE.name };
    await tested("order", table, false, "2026-06-30T12:00:00Z", "TOTAL");
    await tested("order", table, true, "2026-06-30T13:00:00Z", "TOTAL");
    await tested("governance", PORT, true, "2026-06-30T13:00:00Z");
    // Nobody makes another's data look good or bad, and what the product does not name is none of its.
    await tested("shipping", table, false, "2026-06-30T14:00:00Z", "TOTAL");
    await tested("order", { namespace: "s3://landing", name: "other.csv" }, false, "2026-06-30T14:00:00Z");
    const [none, own] = await models.pipelineTests({ products: ["nobody.nothing", "order.orders"], last: 5 });
    expect(none).toEqual([]);
    expect(
      own?.map(({ dataset, column, reportedBy, results }) => [
        dataset,
        column,
        reportedBy,
        results.map(({ outcome }) => outcome),
      ]),
    ).toEqual([
      ["s3://landing/orders.csv", null, "governance", ["PASSED"]],
      ["snowflake://acme/SHOP.PUBLIC.ORDERS", "TOTAL", "order", ["PASSED", "FAILED"]],
    ]);
    const [newest] = await models.pipelineTests({ products: ["order.orders"], last: 1 });
    expect(newest?.map(({ results }) => results.length)).toEqual([1, 1]);
  });

  test("how promises are kept, now and over time", async () => {
    const ask = [
      { product: "order.orders", kind: "ERROR_RATE" },
      { product: "order.orders", kind: "AVAILABILITY" },
    ] as const;
    for (let status = null; status === null; ) [, status = null] = await models.serviceLevels(ask);
    const [none, status] = await models.serviceLevels(ask);
    expect([none, status?.state, status?.errorBudgetRemaining]).toEqual([null, "UNKNOWN", 1]);
    await health.rows(
      "INSERT INTO service_level_sample VALUES ('order.orders', 'AVAILABILITY', now() - interval '1 hour', 99.5), ('order.orders', 'AVAILABILITY', now() - interval '3 days', 98)",
    );
    expect((await models.serviceLevelSeries(ask, 24))[1]?.map(({ value }) => value)).toEqual([99.5]);
  });
});
