import type pg from "pg";
import { jsonText } from "../../../shared/postgres/json-text.ts";
import type { MonitoredProduct } from "./monitored-products.ts";
import type { Judged } from "./service-levels.ts";

/** One product's promises as measured at one moment. */
export interface Measured {
  readonly product: MonitoredProduct;
  readonly dataAt: Date | null;
  readonly levels: readonly Judged[];
}

/** Seconds between two samples of a series. */
const SAMPLE_SECONDS = 60;

/** Writes how promises are kept; of products that are no longer published nothing stays but the series. */
export async function writeStatuses(pool: pg.Pool, measured: readonly Measured[]): Promise<void> {
  const rows = measured.flatMap(({ product, dataAt, levels }) =>
    levels.map((level) => ({
      product: product.id,
      kind: level.kind,
      state: level.state,
      value: level.value,
      measured_at: level.measuredAt,
      error_budget_remaining: level.errorBudgetRemaining,
      burn_rate: level.burnRate,
      message: level.message,
      data_at: level.kind === "FRESHNESS" ? dataAt : null,
    })),
  );
  const json = jsonText(rows);
  await pool.query(
    `WITH given AS (SELECT * FROM jsonb_populate_recordset(NULL::service_level_status, $1)),
       gone AS (DELETE FROM service_level_status s WHERE NOT EXISTS
         (SELECT FROM given g WHERE g.product = s.product AND g.kind = s.kind))
     INSERT INTO service_level_status SELECT * FROM given ORDER BY product, kind
     ON CONFLICT (product, kind) DO UPDATE SET state = excluded.state, value = excluded.value,
       measured_at = excluded.measured_at, error_budget_remaining = excluded.error_budget_remaining,
       burn_rate = excluded.burn_rate, message = excluded.message, data_at = excluded.data_at`,
    [json],
  );
  await pool.query(
    `INSERT INTO service_level_sample (product, kind, at, value)
     SELECT product, kind, to_timestamp(floor(extract(epoch FROM measured_at) / $2) * $2), value
     FROM jsonb_populate_recordset(NULL::service_level_status, $1) WHERE value IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [json, SAMPLE_SECONDS],
  );
}

/** Deletes samples that are older. */
export async function retainSamples(pool: pg.Pool, days: number): Promise<void> {
  await pool.query("DELETE FROM service_level_sample WHERE at < now() - $1 * interval '1 day'", [days]);
}
