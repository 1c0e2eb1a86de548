import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonText } from "../../../shared/postgres/json-text.ts";
import { linked } from "../../testkit/compose-schemas.ts";
import { publishUnchecked } from "../../testkit/publish-unchecked.ts";
import { domainChange, startCatalog, type TestCatalog } from "../../testkit/start-catalog.ts";
import { deployerOf } from "../../testkit/start-registry.ts";

/** A type of the domain `odd` for each id, as anybody with its deploy token could write it. */
function oddSchema(...ids: readonly string[]): string {
  const types = ids.map(
    (id, index) => `type Odd${index} @owner(team: "odd\\u0000", contact: "odd@example.com")
      @dataProduct(id: "${id}", domain: "odd\\u0000", version: "1.0.0", status: ACTIVE) { id: ID! }`,
  );
  return linked(
    `type Query { ${ids.map((_, index) => `odd${index}: Odd${index}`).join(" ")} }\n${types.join("\n")}`,
  );
}

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

  test("in a product's id are refused when it is published", async () => {
    const change = {
      name: "odd",
      source: { sdl: oddSchema("odd.zz\\u0000"), url: "http://127.0.0.1:1/odd" },
    };
    const published = catalog.tested.registry.publish({
      actor: deployerOf("odd"),
      changes: [change],
      reason: "test",
    });
    await expect(published).rejects.toMatchObject({
      code: "GOVERNANCE_REFUSED",
      extensions: {
        findings: expect.arrayContaining([expect.objectContaining({ code: "DIRECTIVE_ARGUMENTS_INVALID" })]),
      },
    });
  });

  test("in products' ids that are published all the same leave the catalog following every domain", async () => {
    // Two that are one where the database has them.
    await publishUnchecked(catalog.tested, { name: "odd", sdl: oddSchema("odd.zz\\u0000", "odd.zz\\ufffd") });
    await catalog.publish([domainChange("order")]);
    const { data } = await catalog.ask(
      `{ odd: dataProduct(id: "odd.zz\ufffd") { id domain owner { team } } order: dataProduct(id: "order.orders") { id } }`,
    );
    expect(data).toEqual({
      odd: { id: "odd.zz\ufffd", domain: "odd\ufffd", owner: { team: "odd\ufffd" } },
      order: { id: "order.orders" },
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
