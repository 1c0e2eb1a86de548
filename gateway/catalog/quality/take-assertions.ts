import type pg from "pg";
import { jsonText } from "../../../shared/postgres/json-text.ts";
import { GOVERNANCE_DOMAIN } from "../../registry/deploy-tokens.ts";
import type { MonitoredProduct } from "./monitored-products.ts";

/** Outcomes of each assertion that are looked at, the newest: what came before was taken in an earlier round. */
const NEWEST = 100;

/**
 * Takes what pipelines told of assertions (OpenLineage, DataQualityAssertions) as results of the rules that name them, so
 * that they are in the catalog, the metrics and the alerts like any other. Heard are the product's domain and the
 * governance team only: nobody makes another's data look good. What a pipeline corrects, at the same time, is corrected.
 */
export async function takeAssertions(pool: pg.Pool, products: readonly MonitoredProduct[]): Promise<void> {
  const rules = products.flatMap(({ id, domain, rules: all }) =>
    all.flatMap(({ name: rule, reported }) => (reported ? [{ ...reported, product: id, domain, rule }] : [])),
  );
  if (rules.length === 0) return;
  await pool.query(
    `INSERT INTO quality_result (product, rule, at, outcome, value, checked, message)
     SELECT DISTINCT ON (r.product, r.rule, a.at) r.product, r.rule, a.at,
       CASE WHEN a.success THEN 'PASSED' ELSE 'FAILED' END, NULL::float8, NULL::float8, 'Reported by a pipeline.'
     FROM jsonb_to_recordset($1) AS r (product text, rule text, domain text, namespace text, name text, assertion text, "column" text)
     CROSS JOIN LATERAL (SELECT at, success FROM lineage_assertion l
       WHERE l.domain IN (r.domain, $2) AND l.namespace = r.namespace AND l.name = r.name
         AND l.assertion = r.assertion AND l.column_name = r."column"
       ORDER BY at DESC LIMIT $3) AS a
     ORDER BY r.product, r.rule, a.at, a.success
     ON CONFLICT (product, rule, at) DO UPDATE SET outcome = excluded.outcome, value = excluded.value,
       checked = excluded.checked, message = excluded.message
       WHERE quality_result.outcome <> excluded.outcome`,
    [jsonText(rules), GOVERNANCE_DOMAIN, NEWEST],
  );
}
