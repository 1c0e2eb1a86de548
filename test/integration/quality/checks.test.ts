import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { provisionDatabase } from "../../../shared/postgres/provision-database.ts";
import { parseProductDescriptor } from "../../../shared/product-descriptor.ts";
import { isOwnRule, qualityRule } from "../../../shared/quality-rule.ts";
import { checkQuality } from "../../../shared/subgraph/quality-checks.ts";
import { descriptorOf } from "../../testkit/publish-product.ts";
import { query } from "../../testkit/query.ts";

const MIGRATION = `
  CREATE TABLE orders (id text, customer_id text, total numeric, status text, region text, placed_at timestamptz);
  ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
  ALTER TABLE orders FORCE ROW LEVEL SECURITY;
  CREATE POLICY by_region ON orders USING (region = ANY (dpg.claim_values('region')));`;
const ROWS = `INSERT INTO orders SELECT 'O' || n, CASE WHEN n > 8 THEN 'C9' ELSE 'C1' END, CASE WHEN n < 10 THEN n END,
  CASE WHEN n = 1 THEN 'LOST' ELSE 'PAID' END, 'EMEA', now() - interval '1 hour' * n FROM generate_series(1, 10) AS n`;

describe("checks of quality", () => {
  const folder = mkdtempSync(join(tmpdir(), "dpg-quality-"));
  let urls: Awaited<ReturnType<typeof provisionDatabase>>;
  let pool: pg.Pool;
  beforeAll(async () => {
    writeFileSync(join(folder, "0001_orders.sql"), MIGRATION);
    const database = `quality_${randomBytes(5).toString("hex")}`;
    const adminUrl = inject("postgresAdminUrl");
    urls = await provisionDatabase({ adminUrl, database, migrationsDirectory: folder, quality: true });
    await provisionDatabase({ adminUrl, database, migrationsDirectory: folder, quality: true });
    const admin = new URL(adminUrl);
    admin.pathname = `/${database}`;
    await query(admin.href, ROWS);
    pool = new pg.Pool({ connectionString: urls.qualityUrl ?? "", max: 1 });
  });
  afterAll(async () => {
    await pool.end();
    rmSync(folder, { recursive: true });
  });

  const descriptor = parseProductDescriptor(
    descriptorOf("order.orders", { outputPorts: [{ type: "Order", description: "x", table: "orders" }] }),
    "product.yaml",
  );
  function check(rule: object, options: { timeoutMs?: number; missing?: readonly string[] } = {}) {
    const parsed = qualityRule.parse({ name: "rule", ...rule });
    const { missing, timeoutMs = 5000 } = options;
    const findKeys = missing ? async () => missing : null;
    if (!isOwnRule(parsed)) throw new Error("pipelines check this one");
    return checkQuality(parsed, { pool, descriptor, findKeys, timeoutMs });
  }

  test.each([
    ["not null", { rule: "notNull", on: "Order.total" }, "FAILED", 1],
    ["not null, as far as tolerated", { rule: "notNull", on: "Order.total", tolerated: 10 }, "PASSED", 1],
    ["unique", { rule: "unique", on: "Order.id" }, "PASSED", 0],
    ["not unique", { rule: "unique", on: "Order.customerId" }, "FAILED", 8],
    ["of a format", { rule: "format", on: "Order.id", pattern: "O[0-9]+" }, "PASSED", 0],
    ["of a format as a whole", { rule: "format", on: "Order.id", pattern: "[0-9]+|O" }, "FAILED", 10],
    ["of known values", { rule: "acceptedValues", on: "Order.status", values: ["PAID"] }, "FAILED", 1],
    ["as many as promised", { rule: "rowCount", on: "Order", min: 10, max: 10 }, "PASSED", 10],
    ["too few", { rule: "rowCount", on: "Order", min: 11 }, "FAILED", 10],
    ["a number", { rule: "sql", on: "Order", query: "SELECT max(total) FROM orders", max: 9 }, "PASSED", 9],
    ["a number out of bounds", { rule: "sql", on: "Order", query: "SELECT 3", max: 2 }, "FAILED", 3],
  ])("%s", async (_, rule, outcome, value) => {
    expect(await check(rule)).toMatchObject({ product: "order.orders", rule: "rule", outcome, value });
  });

  test("see every row, whatever row-level security keeps from the service", async () => {
    expect(await query(urls.applicationUrl, "SELECT count(*)::int AS seen FROM orders")).toEqual([
      { seen: 0 },
    ]);
    expect(await check({ rule: "rowCount", on: "Order", min: 10 })).toMatchObject({ outcome: "PASSED" });
  });

  test("the age of the newest row", async () => {
    const fresh = await check({ rule: "freshness", on: "Order.placedAt", within: "PT2H" });
    expect(fresh.outcome).toBe("PASSED");
    expect(fresh.value).toBeGreaterThan(3500);
    expect(await check({ rule: "freshness", on: "Order.placedAt", within: "PT1M" })).toMatchObject({
      outcome: "FAILED",
      message: expect.stringMatching(/^The newest row is 36\d\d seconds old; PT1M is promised\.$/),
    });
  });

  test("references: values that another domain does not know", async () => {
    const rule = { rule: "reference", on: "Order.customer", column: "customer_id", to: "Customer.id" };
    expect(await check(rule, { missing: ["C9"] })).toMatchObject({ outcome: "FAILED", value: 1, checked: 2 });
    expect(await check(rule, { missing: [] })).toMatchObject({ outcome: "PASSED", checked: 2 });
    expect(await check(rule)).toMatchObject({ outcome: "ERRORED", message: "There is no gateway to ask." });
  });

  test.each([
    ["writes", "DELETE FROM orders RETURNING 1", /SQLSTATE/],
    ["two statements", "SELECT 1; SELECT 2", /multiple commands|cannot insert/],
    ["leaves its transaction", "COMMIT; DELETE FROM orders", /multiple commands|cannot insert/],
    ["becomes somebody else", "SELECT set_config('role', 'postgres', false)::int", /SQLSTATE 42501/],
    [
      "asks for a table that is not there",
      "SELECT count(*) FROM nothing",
      /relation "nothing" does not exist/,
    ],
    ["gives no number", "SELECT 'x'", /does not give one number/],
    ["gives two rows", "SELECT generate_series(1, 2)", /does not give one number/],
    [
      "names a value in its fault",
      "SELECT status::int FROM orders",
      /^The database refused it \(SQLSTATE 22P02\)\.$/,
    ],
  ])("a statement that %s is refused, and nothing of the data is told", async (_, statement, message) => {
    const result = await check({ rule: "sql", on: "Order", query: statement });
    expect(result).toMatchObject({ outcome: "ERRORED", message: expect.stringMatching(message) });
    expect(await check({ rule: "rowCount", on: "Order", min: 10 })).toMatchObject({ outcome: "PASSED" });
  });

  test("a statement that takes too long is ended", async () => {
    const result = await check(
      { rule: "sql", on: "Order", query: "SELECT count(pg_sleep(20))" },
      { timeoutMs: 200 },
    );
    expect(result).toMatchObject({ outcome: "ERRORED", message: "It took longer than 200 ms." });
  });
});
