import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { airflowRun, dbtRun, sparkRun } from "../../testkit/pipeline-events.ts";
import { descriptorOf, publishProduct } from "../../testkit/publish-product.ts";
import { startDataHealth, type TestDataHealth } from "../../testkit/start-data-health.ts";
import { usageBatchOf, usageCountOf } from "../../testkit/usage-batches.ts";

const DATASET = "snowflake://acme/SHOP.PUBLIC.ORDERS";

function schemaFile(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../testkit/openlineage/${name}`, import.meta.url), "utf8"));
}

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
const isEvent = ajv.compile(schemaFile("openlineage-2-0-2.json"));
const isColumnLineage = ajv.compile(schemaFile("column-lineage-1-2-0.json"));

describe("the mesh as OpenLineage events", () => {
  let health: TestDataHealth;
  // biome-ignore lint/suspicious/noExplicitAny: events of every shape
  let events: readonly any[];
  beforeAll(async () => {
    health = await startDataHealth();
    const inputPorts = [{ dataset: DATASET, description: "The orders of the shop." }];
    await publishProduct(
      health.mesh,
      descriptorOf("order.orders", { inputPorts }),
      `region: String
       "Sum of the lines."
       total: Float @lineage(from: "${DATASET}#TOTAL", transform: "in euro") @mask(strategy: NULLIFY)`,
      `@rowFilter(field: "region", claim: "region", pushdown: true)`,
    );
    const operation = {
      name: "Totals",
      signature: "query Totals{order(id:$id){total}}",
      coordinates: ["Query.order", "Order", "Order.total"],
      counts: [usageCountOf({ clientName: "shop" })],
    };
    await health.mesh.registry.usage.record(usageBatchOf([operation]));
    const answer = await health.send(
      "GET",
      "/api/v1/lineage?authority=data.example.com",
      await health.tokenOf("order"),
    );
    expect(answer.status).toBe(200);
    events = answer.body;
  });
  afterAll(() => health.stop());

  test("all of them are as the published schema says", () => {
    expect(events).toHaveLength(3);
    for (const event of events) expect([isEvent(event), isEvent.errors]).toEqual([true, null]);
  });

  test("a type of a product is a dataset whose columns say where they come from, what is masked and what filters", () => {
    const { dataset } = events.find((event) => "dataset" in event);
    expect([dataset.namespace, dataset.name]).toEqual(["graphql://data.example.com", "order.orders.Order"]);
    expect([isColumnLineage(dataset.facets), isColumnLineage.errors]).toEqual([true, null]);
    expect(dataset.facets.schema.fields).toContainEqual({
      name: "total",
      type: "Float",
      description: "Sum of the lines.",
    });
    const { fields, dataset: filters } = dataset.facets.columnLineage;
    const served = { namespace: "graphql://data.example.com/order", name: "Order" };
    expect(fields.total.inputFields).toEqual([
      {
        ...served,
        field: "total",
        transformations: [{ type: "DIRECT", subtype: "TRANSFORMATION", masking: true }],
      },
      {
        namespace: "snowflake://acme",
        name: "SHOP.PUBLIC.ORDERS",
        field: "TOTAL",
        transformations: [
          { type: "DIRECT", subtype: "TRANSFORMATION", description: "in euro", masking: true },
        ],
      },
    ]);
    expect(fields.id.inputFields[0].transformations).toEqual([
      { type: "DIRECT", subtype: "IDENTITY", masking: false },
    ]);
    expect(filters).toEqual([
      {
        ...served,
        field: "region",
        transformations: [{ type: "INDIRECT", subtype: "FILTER", masking: false }],
      },
    ]);
  });

  test("a product is the job that makes it, and an operation of an application a run that reads it", () => {
    const product = events.find((event) => event.schemaURL.endsWith("/JobEvent"));
    expect(product.job.name).toBe("order.orders");
    // Jobs have facets of their own (OpenLineage, spec/facets): a dataset's on a job is read by nobody.
    for (const facet of Object.values<{ _schemaURL: string }>(product.job.facets))
      expect(facet._schemaURL).toMatch(/JobFacet\.json$/);
    expect(product.inputs[0]).toEqual({ namespace: "snowflake://acme", name: "SHOP.PUBLIC.ORDERS" });
    const run = events.find((event) => "run" in event);
    expect(run.job.name).toBe("shop.Totals");
    expect(run.inputs[0]).toMatchObject({
      name: "order.orders.Order",
      facets: { schema: { fields: [{ name: "total" }] } },
    });
  });

  test("a domain is told of the applications that read its own products, the governance team of all", async () => {
    const runsFor = async (domain: string) => {
      const { body } = await health.send("GET", "/api/v1/lineage", await health.tokenOf(domain));
      // biome-ignore lint/suspicious/noExplicitAny: events of every shape
      return body.filter((event: any) => "run" in event).map((event: any) => event.job);
    };
    const whole = { name: "shop.Totals", facets: { sourceCode: { sourceCode: expect.any(String) } } };
    for (const domain of ["order", "governance"]) expect(await runsFor(domain)).toMatchObject([whole]);
    expect(await runsFor("customer")).toEqual([]);
  });

  test("what we emit we also take, and the fixtures of other tools are as the schema says", async () => {
    const token = await health.tokenOf("order");
    expect((await health.send("POST", "/api/v1/lineage/batch", token, events)).body.data.accepted).toBe(3);
    const source = { namespace: "postgres://erp:5432", name: "erp.public.raw" };
    const output = { namespace: "s3://lake", name: "out", columns: { a: ["b"] }, rows: 3 };
    for (const event of [...airflowRun({ dag: "d", task: "t", source, output }), ...sparkRun(output, source)])
      expect([isEvent(event), isEvent.errors]).toEqual([true, null]);
    // The wrapper of dbt leaves out the schema's address and the offset of its times; both are taken all the same.
    expect(dbtRun(output, source).some((event) => isEvent(event))).toBe(false);
  });
});
