import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LineageStore } from "../../../gateway/catalog/openlineage/lineage-store.ts";
import { noise } from "../../testkit/long-texts.ts";
import { airflowRun, dbtRun, type PipelineEvent, sparkRun } from "../../testkit/pipeline-events.ts";
import { startDataHealth, type TestDataHealth } from "../../testkit/start-data-health.ts";

const RAW = { namespace: "postgres://erp:5432", name: "erp.public.raw_orders" };
const DATASETS =
  "SELECT domain, namespace || '/' || name AS id, fresh_at, row_count::int, facets FROM lineage_dataset ORDER BY 1, 2";

describe("POST /api/v1/lineage", () => {
  let health: TestDataHealth;
  let token: string;
  beforeAll(async () => {
    health = await startDataHealth();
    token = await health.tokenOf("order");
  });
  afterAll(() => health.stop());

  const post = (body: unknown, path = "") => health.send("POST", `/api/v1/lineage${path}`, token, body);
  async function datasetNamed(id: string) {
    const rows = await health.rows<{ id: string; domain: string; fresh_at: Date | null; row_count: number }>(
      DATASETS,
    );
    return rows.filter((row) => row.id === id);
  }
  async function postEach(events: readonly PipelineEvent[]) {
    for (const event of events) expect((await post(event)).status).toBe(201);
  }

  test("takes the events of an Airflow DAG: the table that a task wrote is as fresh as its end", async () => {
    const at = Date.now() - 60_000;
    const output = { namespace: "snowflake://acme", name: "SHOP.PUBLIC.ORDERS", rows: 20_000 };
    await postEach(airflowRun({ dag: "load_orders", task: "copy", source: RAW, output, at }));
    expect(await datasetNamed("snowflake://acme/SHOP.PUBLIC.ORDERS")).toEqual([
      expect.objectContaining({ domain: "order", fresh_at: new Date(at - 10), row_count: 20_000 }),
    ]);
    expect((await datasetNamed("postgres://erp:5432/erp.public.raw_orders"))[0]?.fresh_at).toBeNull();
    expect(
      await health.rows("SELECT job_name, state FROM lineage_run WHERE job_name LIKE 'load%' ORDER BY 1"),
    ).toEqual([
      { job_name: "load_orders", state: "COMPLETE" },
      { job_name: "load_orders.copy", state: "COMPLETE" },
    ]);
  });

  test("a run that fails makes nothing fresh", async () => {
    const output = { namespace: "snowflake://acme", name: "SHOP.PUBLIC.FAILED" };
    await postEach(airflowRun({ dag: "fails", task: "copy", source: RAW, output, outcome: "FAIL" }));
    expect((await datasetNamed("snowflake://acme/SHOP.PUBLIC.FAILED"))[0]?.fresh_at).toBeNull();
  });

  test("takes dbt's runs and tests, whose times have no offset", async () => {
    const model = { namespace: "postgres://dwh:5432", name: "dwh.marts.orders" };
    expect((await post(dbtRun(model, RAW), "/batch")).body.data).toEqual({ accepted: 3, known: 0 });
    const [row] = await datasetNamed("postgres://dwh:5432/dwh.marts.orders");
    expect(Date.now() - Number(row?.fresh_at)).toBeLessThan(60_000);
    expect(await health.rows("SELECT name, assertion, column_name, success FROM lineage_assertion")).toEqual([
      { name: "dwh.marts.orders", assertion: "not_null", column_name: "id", success: true },
    ]);
  });

  test("takes Spark's runs, which name outputs at their start and send long plans", async () => {
    const output = { namespace: "s3://lake", name: "orders/daily", columns: { total: ["amount", "tax"] } };
    await postEach(sparkRun(output, RAW));
    expect((await datasetNamed("s3://lake/orders/daily"))[0]?.fresh_at).toBeInstanceOf(Date);
    const [event] = await health.rows<{ length: number; properties: unknown }>(
      `SELECT length(body::text) AS length, body #> '{run,facets,spark_properties,properties}' AS properties
       FROM lineage_event WHERE body #>> '{job,namespace}' = 'spark' AND body ->> 'eventType' = 'COMPLETE'`,
    );
    expect(event?.length).toBeLessThan(2000);
    expect(event?.properties).toEqual({ "spark.master": "local" });
    expect(
      await health.rows(
        "SELECT from_field, to_field, job FROM lineage_edge WHERE to_name = 'orders/daily' ORDER BY 1",
      ),
    ).toEqual([
      { from_field: "", to_field: "", job: expect.stringContaining("spark/load_orders") },
      { from_field: "amount", to_field: "total", job: expect.any(String) },
      { from_field: "tax", to_field: "total", job: expect.any(String) },
    ]);
  });

  test("events of a run may come in any order, and twice", async () => {
    const output = { namespace: "s3://lake", name: "shuffled" };
    const events = sparkRun(output, RAW).toReversed();
    await postEach(events);
    const [first] = await datasetNamed("s3://lake/shuffled");
    expect(first?.fresh_at).toBeInstanceOf(Date);
    expect((await post(events)).body.data).toEqual({ accepted: 0, known: 3 });
    expect((await post([...events, ...events])).body.data).toMatchObject({ accepted: 0 });
    expect(await datasetNamed("s3://lake/shuffled")).toEqual([first]);
    expect(
      await health.rows(
        `SELECT r.state FROM lineage_run r JOIN lineage_run_output USING (domain, run_id) WHERE name = 'shuffled'`,
      ),
    ).toEqual([{ state: "COMPLETE" }]);
  });

  test("takes dataset events and job events, and keeps facets that nobody here knows", async () => {
    const facet = { _producer: "https://x.example", _schemaURL: "https://x.example/f.json", colour: "blue" };
    const dataset = { namespace: "kafka://broker", name: "orders", facets: { acmeColour: facet } };
    const base = {
      eventTime: "2026-06-30T12:00:00Z",
      producer: "https://x.example",
      schemaURL: "https://x.example",
    };
    const job = { namespace: "flink", name: "stream" };
    expect(
      (
        await post([
          { ...base, dataset },
          { ...base, job, inputs: [dataset], outputs: [] },
        ])
      ).body.data,
    ).toEqual({
      accepted: 2,
      known: 0,
    });
    expect(
      await health.rows(
        "SELECT body #> '{dataset,facets,acmeColour,colour}' AS colour FROM lineage_event WHERE body ? 'dataset'",
      ),
    ).toEqual([{ colour: "blue" }]);
    expect((await datasetNamed("kafka://broker/orders"))[0]?.fresh_at).toBeNull();
  });

  test("a time in the future makes nothing fresher than now", async () => {
    const output = { namespace: "s3://lake", name: "future" };
    await postEach(
      airflowRun({ dag: "f", task: "t", source: RAW, output, at: Date.now() + 10 * 86_400_000 }),
    );
    const [row] = await datasetNamed("s3://lake/future");
    expect(Number(row?.fresh_at)).toBeLessThanOrEqual(Date.now());
  });

  test("what another domain reports is kept apart", async () => {
    const output = { namespace: "s3://lake", name: "shared" };
    const at = Date.now() - 3_600_000;
    await postEach(airflowRun({ dag: "d", task: "t", source: RAW, output, at }));
    const other = await health.tokenOf("shipping");
    for (const event of airflowRun({ dag: "d", task: "t", source: RAW, output }))
      await health.send("POST", "/api/v1/lineage", other, event);
    expect(
      (await datasetNamed("s3://lake/shared")).map(({ domain, fresh_at }) => [
        domain,
        Number(fresh_at) < at + 1,
      ]),
    ).toEqual([
      ["order", true],
      ["shipping", false],
    ]);
  });

  test.each([
    ["no object", 7, "expected a JSON object"],
    ["nothing known", {}, "expected a run event"],
    [
      "no run id",
      { eventTime: "2026-06-30T12:00:00Z", run: {}, job: { namespace: "a", name: "b" } },
      "run.runId",
    ],
    ["no time", [{ eventTime: "soon", dataset: { namespace: "a", name: "b" } }], "event 0: eventTime"],
    ["too many", Array.from({ length: 1001 }, () => ({})), "up to 1000"],
    [
      "too many datasets",
      {
        eventTime: "2026-06-30T12:00:00Z",
        job: { namespace: "a", name: "b" },
        inputs: Array.from({ length: 501 }, () => ({ namespace: "a", name: "b" })),
      },
      "inputs",
    ],
  ])("refuses %s and says where", async (_, body, message) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      code: "LINEAGE_EVENT_INVALID",
      message: expect.stringContaining(message),
    });
  });

  test("one wrong event of a batch leaves nothing of it behind", async () => {
    const good = { eventTime: "2026-06-30T12:00:00Z", dataset: { namespace: "s3://lake", name: "halfway" } };
    expect((await post([good, { ...good, eventTime: 1 }])).body.error.message).toContain(
      "event 1: eventTime",
    );
    expect(await datasetNamed("s3://lake/halfway")).toEqual([]);
  });

  test("a NUL in a text is no fault of the database", async () => {
    const event = {
      eventTime: "2026-06-30T12:00:00Z",
      dataset: { namespace: "s3://lake", name: "nul\u0000" },
    };
    expect((await post(event)).status).toBe(201);
    expect(await datasetNamed("s3://lake/nul\ufffd")).toHaveLength(1);
  });

  test("names that together are longer than an index takes are the sender's fault, and told as such", async () => {
    const dataset = { namespace: noise(1900), name: noise(1900, "name") };
    const { status, body } = await post({ eventTime: "2026-06-30T12:00:00Z", dataset });
    expect([status, body.error.code]).toEqual([400, "BAD_USER_INPUT"]);
    expect(body.error.message).toContain("too long");
  });

  test.each([null, "dpgd_wrong"])("needs a deploy token, before the body is read (%s)", async (wrong) => {
    const answer = await health.send("POST", "/api/v1/lineage", wrong, "{");
    expect([answer.status, answer.body.error.code]).toEqual([401, "DEPLOY_TOKEN_INVALID"]);
  });

  test("a body over ten megabytes is refused", async () => {
    const answer = await post(`"${"x".repeat(10_000_001)}"`);
    expect([answer.status, answer.body.error.code]).toEqual([413, "REQUEST_TOO_LARGE"]);
  });

  test("what is old goes, and the oldest of too many of a domain, none of another", async () => {
    const store = new LineageStore(health.mesh.registry.store.pool);
    const counts =
      "SELECT domain, count(*)::int AS events FROM lineage_event GROUP BY domain ORDER BY domain";
    await health.rows(
      "UPDATE lineage_event SET received_at = received_at - interval '1 day' WHERE domain = 'shipping'",
    );
    const [order, shipping] = await health.rows<{ events: number }>(counts);
    expect(order?.events).toBeGreaterThan(5);
    expect(shipping?.events).toBe(4);
    await store.retain(90, 5);
    expect(await health.rows(counts)).toEqual([
      { domain: "order", events: 5 },
      { domain: "shipping", events: 4 },
    ]);
    await health.rows(
      "UPDATE lineage_dataset SET seen_at = now() - interval '91 days' WHERE namespace = 's3://lake'",
    );
    await store.retain(90, 3);
    expect(await datasetNamed("s3://lake/shared")).toEqual([]);
    expect((await datasetNamed("snowflake://acme/SHOP.PUBLIC.ORDERS")).length).toBe(1);
  });
});
