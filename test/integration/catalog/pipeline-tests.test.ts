import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { query } from "../../testkit/query.ts";
import { domainChange, startCatalog, type TestCatalog } from "../../testkit/start-catalog.ts";

const DATASET = "s3://landing/orders.csv";
/** What the product names and what its rules take their results from. */
const DESCRIPTOR = `inputPorts:
  - { dataset: "${DATASET}", description: The orders of the shop. }
`;
const RULES = `quality:
  - { name: ids-there, rule: pipeline, on: Order, dataset: "${DATASET}", column: id, assertion: not_null }
  - { name: file-there, rule: pipeline, on: Order, dataset: "${DATASET}", assertion: row_count }
`;

describe("what pipelines assert beside the rules of a product", () => {
  let catalog: TestCatalog;
  beforeAll(async () => {
    catalog = await startCatalog();
    const order = domainChange("order", (sdl, product) => [
      sdl,
      product.replace("inputPorts:\n", DESCRIPTOR).replace("quality:\n", RULES),
    ]);
    await catalog.publish([
      domainChange("customer"),
      domainChange("product"),
      order,
      domainChange("catalog"),
    ]);
    await query(
      catalog.tested.database.applicationUrl,
      `INSERT INTO lineage_assertion (domain, namespace, name, assertion, column_name, at, success)
       SELECT 'order', 's3://landing', 'orders.csv', assertion, "column", now(), true
       FROM (VALUES ('not_null', 'id'), ('not_null', 'total'), ('not_null', ''), ('unique', 'id'), ('row_count', ''))
         AS t (assertion, "column")`,
    );
  }, 60_000);
  afterAll(() => catalog.stop());

  test("is what no rule takes its results from: another column, another assertion, or the dataset as a whole", async () => {
    const { data, errors } = await catalog.ask(
      `{ dataProduct(id: "order.orders") { pipelineTests { dataset column assertion } } }`,
      { caller: { subject: "ada" } },
    );
    expect(errors).toEqual([]);
    expect(data.dataProduct.pipelineTests).toEqual([
      { dataset: DATASET, column: null, assertion: "not_null" },
      { dataset: DATASET, column: "total", assertion: "not_null" },
      { dataset: DATASET, column: "id", assertion: "unique" },
    ]);
  });
});
