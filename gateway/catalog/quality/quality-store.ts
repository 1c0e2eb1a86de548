import type pg from "pg";
import { z } from "zod";
import { jsonText } from "../../../shared/postgres/json-text.ts";

/** Results of one request. */
const MAX_RESULTS = 1000;

const measured = z.number().nullable().default(null);

/** What a domain tells of the checks that it ran. */
export const qualityReport = z.strictObject({
  results: z
    .array(
      z.strictObject({
        product: z.string().max(200),
        rule: z.string().max(200),
        at: z.iso.datetime({ offset: true }),
        outcome: z.enum(["PASSED", "FAILED", "ERRORED"]),
        /** What was counted or measured. */
        value: measured,
        /** Rows that were looked at. */
        checked: measured,
        message: z.string().max(2000).nullable().default(null),
      }),
    )
    .max(MAX_RESULTS),
});

export type ReportedResult = z.infer<typeof qualityReport>["results"][number];

/** The newest result of a rule. */
export interface LatestResult {
  readonly product: string;
  readonly rule: string;
  readonly at: Date;
  readonly outcome: ReportedResult["outcome"];
  readonly value: number | null;
  readonly message: string | null;
}

/** Results of checks in the registry's tables. */
export class QualityStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Adds results; one that comes again changes nothing. Nothing is from later than now. */
  async record(results: readonly ReportedResult[]): Promise<void> {
    await this.#pool.query(
      `INSERT INTO quality_result (product, rule, at, outcome, value, checked, message)
       SELECT product, rule, least(at, now()), outcome, value, checked, message FROM jsonb_to_recordset($1) AS t (product text,
         rule text, at timestamptz, outcome text, value double precision, checked double precision, message text)
       ON CONFLICT DO NOTHING`,
      [jsonText(results)],
    );
  }

  /** The newest result of each rule of these products. */
  async latest(products: readonly string[]): Promise<readonly LatestResult[]> {
    const { rows } = await this.#pool.query<LatestResult>(
      `SELECT DISTINCT ON (product, rule) product, rule, at, outcome, value, message FROM quality_result
       WHERE product = ANY ($1) ORDER BY product, rule, at DESC`,
      [products],
    );
    return rows;
  }

  /** Deletes what is older. */
  async retain(days: number): Promise<void> {
    await this.#pool.query("DELETE FROM quality_result WHERE at < now() - $1 * interval '1 day'", [days]);
  }
}
