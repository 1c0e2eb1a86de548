import type pg from "pg";
import { jsonText } from "../../../shared/postgres/json-text.ts";
import type { ProductHealth } from "../../../shared/product-health.ts";
import type { LatestResult } from "./quality-store.ts";
import type { Measured } from "./status-store.ts";

/** Keeps how products are, as just measured, for gateways to read. */
export async function writeProductHealth(
  pool: pg.Pool,
  measured: readonly Measured[],
  results: readonly LatestResult[],
): Promise<void> {
  const rows = measured.map((item) => ({ id: item.product.id, health: healthOf(item, results) }));
  await pool.query(
    `WITH given AS (SELECT id, health FROM jsonb_to_recordset($1) AS t (id text, health jsonb)),
       gone AS (DELETE FROM product_health p WHERE NOT EXISTS (SELECT FROM given WHERE given.id = p.id))
     INSERT INTO product_health (id, health) SELECT id, health FROM given ORDER BY id
     ON CONFLICT (id) DO UPDATE SET health = excluded.health`,
    [jsonText(rows)],
  );
}

/** How each published product is. */
export async function readProductHealth(pool: pg.Pool): Promise<readonly ProductHealth[]> {
  const { rows } = await pool.query<{ health: ProductHealth }>(
    "SELECT health FROM product_health ORDER BY id",
  );
  return rows.map(({ health }) => health);
}

function healthOf({ product, dataAt }: Measured, results: readonly LatestResult[]): ProductHealth {
  const rules = new Set(product.rules.map(({ name }) => name));
  const own = results.filter((result) => result.product === product.id && rules.has(result.rule));
  const count = (outcome: LatestResult["outcome"]) =>
    own.filter((result) => result.outcome === outcome).length;
  return {
    id: product.id,
    version: product.version,
    onStale: product.onStale,
    dataAt: dataAt?.toISOString() ?? null,
    maxAge: product.targets.get("FRESHNESS") ?? null,
    quality: { passed: count("PASSED"), failed: count("FAILED"), errored: count("ERRORED") },
  };
}
