import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonText } from "../../../shared/postgres/json-text.ts";
import { domainChange, startCatalog, type TestCatalog } from "../../testkit/start-catalog.ts";

// One domain's description stopped the catalog of all of them.
describe("texts that JSON holds and Postgres does not", () => {
  let catalog: TestCatalog;
  beforeAll(async () => {
    catalog = await startCatalog();
  }, 60_000);
  afterAll(() => catalog.stop());

  test("in one product's words leave the catalog following every domain", async () => {
    const odd = domainChange("customer", (sdl, product) => [
      `${sdl}\nextend type Customer {\n  "A \\u0000 note."\n  note: String\n}\n`,
      product.replace(/^purpose:[^\n]*(\n +[^\n]*)*/m, `purpose: "for \\0 and \\uD800 all"`),
    ]);
    await catalog.publish([odd]);
    await catalog.publish([domainChange("product")]);
    const { data } = await catalog.ask(
      `{ dataProduct(id: "customer.customers") { purpose } catalogField(coordinate: "Customer.note") { description }
         other: dataProduct(id: "product.catalog") { id } }`,
    );
    expect(data).toEqual({
      dataProduct: { purpose: "for \ufffd and \ufffd all" },
      catalogField: { description: "A \ufffd note." },
      other: { id: "product.catalog" },
    });
  });

  test.each([
    ["NUL", { a: "x\0y" }, { a: "x\ufffdy" }],
    ["half a character", { "\udfff": "\ud800" }, { "\ufffd": "\ufffd" }],
    ["a whole character", { a: "\u{1f600}" }, { a: "\u{1f600}" }],
    ["what only looks like an escape", { a: "\\u0000 \\\\ud800 \\" }, { a: "\\u0000 \\\\ud800 \\" }],
  ])("of %s come back from the database as what it can hold", async (_name, value, kept) => {
    const { rows } = await catalog.tested.registry.store.pool.query("SELECT $1::jsonb AS value", [
      jsonText(value),
    ]);
    expect(rows).toEqual([{ value: kept }]);
  });
});
