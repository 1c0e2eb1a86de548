import type pg from "pg";
import { jsonText } from "../../../shared/postgres/json-text.ts";
import { LATENCY_BOUNDS, type ProductTraffic } from "../../../shared/usage-batch.ts";
import type { Traffic } from "./service-levels.ts";

/** Seconds of a row, and for how many seconds such rows are kept. */
const RESOLUTIONS = [
  { seconds: 5, kept: 7200 },
  { seconds: 60, kept: 2 * 86_400 },
  { seconds: 3600, kept: 400 * 86_400 },
] as const;

/** Adds what a gateway counted, within the transaction of its batch; of ids that are stored alike, one. */
export async function writeTraffic(
  client: Pick<pg.PoolClient, "query">,
  products: readonly ProductTraffic[],
  at: Date,
): Promise<void> {
  if (products.length === 0) return;
  await client.query(
    `INSERT INTO product_traffic AS p (product, resolution, at, requests, errors, failures, latency)
     SELECT DISTINCT ON (product, r) product, r, to_timestamp(floor(extract(epoch FROM $2::timestamptz) / r) * r), requests, errors, failures, latency
     FROM jsonb_to_recordset($1) AS t (product text, requests bigint, errors bigint, failures bigint, latency bigint[])
       CROSS JOIN unnest($3::int[]) AS r
     ORDER BY product, r
     ON CONFLICT (product, resolution, at) DO UPDATE SET requests = p.requests + excluded.requests,
       errors = p.errors + excluded.errors, failures = p.failures + excluded.failures,
       latency = add_each(p.latency, excluded.latency)`,
    [jsonText(products), at, RESOLUTIONS.map(({ seconds }) => seconds)],
  );
}

/** The traffic of all products within the last so many seconds, by the product's id. */
export async function readTraffic(pool: pg.Pool, seconds: number): Promise<ReadonlyMap<string, Traffic>> {
  const resolution = RESOLUTIONS.find(({ kept }) => seconds <= kept) ?? RESOLUTIONS[2];
  const sums = LATENCY_BOUNDS.map((_, index) => `sum(latency[${index + 1}])`);
  const { rows } = await pool.query<Omit<Traffic, "latency"> & { product: string; latency: number[] }>(
    `SELECT product, sum(requests)::float8 AS requests, sum(errors)::float8 AS errors,
       sum(failures)::float8 AS failures,
       ARRAY[${sums.join(", ")}, sum(latency[${LATENCY_BOUNDS.length + 1}])]::float8[] AS latency
     FROM product_traffic WHERE resolution = $1 AND at > now() - $2 * interval '1 second' GROUP BY product`,
    [resolution.seconds, seconds],
  );
  return new Map(rows.map(({ product, ...traffic }) => [product, traffic]));
}

/** Deletes what no window reaches any more. */
export async function retainTraffic(pool: pg.Pool): Promise<void> {
  for (const { seconds, kept } of RESOLUTIONS)
    await pool.query(
      "DELETE FROM product_traffic WHERE resolution = $1 AND at < now() - $2 * interval '1 second'",
      [seconds, kept],
    );
}

/** Where nobody asked. */
export const NO_TRAFFIC: Traffic = {
  requests: 0,
  errors: 0,
  failures: 0,
  latency: [...LATENCY_BOUNDS.map(() => 0), 0],
};
