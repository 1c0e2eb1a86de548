import type pg from "pg";
import { jsonText } from "../../../shared/postgres/json-text.ts";
import { GOVERNANCE_DOMAIN } from "../../registry/deploy-tokens.ts";
import type { MonitoredProduct } from "./monitored-products.ts";
import type { LatestResult } from "./quality-store.ts";

/**
 * Of when the data of each product is; no entry where nobody says. The oldest that is known counts: of the end of the
 * last run that wrote the product (`graphql://…` / `domain.product` or `domain.product.Type`), or else each of its
 * inputs, and of what the domain's own check of freshness finds in its tables. Heard are the product's domain and the
 * governance team only: nobody makes another's data look fresh.
 *
 * @param results of checks, the newest of each rule
 */
export async function readFreshness(
  pool: pg.Pool,
  products: readonly MonitoredProduct[],
  results: readonly LatestResult[],
): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await pool.query<{ product: string; written: Date | null; inputs: Date | null }>(
    `SELECT product, max(fresh_at) FILTER (WHERE is_own) AS written, min(fresh_at) FILTER (WHERE NOT is_own) AS inputs
     FROM (SELECT p.id AS product, starts_with(namespace, 'graphql://') AS is_own, max(fresh_at) AS fresh_at
       FROM jsonb_to_recordset($1) AS p (id text, domain text, inputs jsonb)
       JOIN lineage_dataset d ON d.domain IN (p.domain, $2) AND fresh_at IS NOT NULL
         AND (p.inputs ? (namespace || '/' || name)
           OR starts_with(namespace, 'graphql://') AND (name = p.id OR starts_with(name, p.id || '.')))
       GROUP BY p.id, namespace, name) AS heard
     GROUP BY product`,
    [jsonText(products.map(({ id, domain, inputs }) => ({ id, domain, inputs }))), GOVERNANCE_DOMAIN],
  );
  const reported = new Map(rows.map(({ product, written, inputs }) => [product, written ?? inputs]));
  return new Map(
    products.flatMap((product) => {
      const known = [reported.get(product.id) ?? null, checkedAge(product, results)].flatMap(
        (date) => date ?? [],
      );
      const oldest = known.sort((a, b) => a.getTime() - b.getTime())[0];
      return oldest ? [[product.id, oldest] as const] : [];
    }),
  );
}

/** The oldest moment that the product's own checks of freshness found. */
function checkedAge({ id, rules }: MonitoredProduct, results: readonly LatestResult[]): Date | null {
  const ages = new Set(rules.filter(({ isAge }) => isAge).map(({ name }) => name));
  const moments = results.flatMap(({ product, rule, at, value }) =>
    product === id && ages.has(rule) && value !== null ? [at.getTime() - value * 1000] : [],
  );
  return moments.length === 0 ? null : new Date(Math.min(...moments));
}
