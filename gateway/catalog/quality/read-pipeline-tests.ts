import { jsonText } from "../../../shared/postgres/json-text.ts";
import type { Query } from "../../../shared/subgraph/request-database.ts";
import { GOVERNANCE_DOMAIN } from "../../registry/deploy-tokens.ts";
import type { NamedDataset } from "../lineage/named-datasets.ts";
import { splitDataset } from "../openlineage/split-dataset.ts";
import type { PipelineTest, TestsQuestion } from "../read-models.ts";

/** Tests of one product that are told. */
const MAX_TESTS = 100;

interface Row {
  readonly product: string;
  readonly dataset: string;
  readonly reportedBy: string;
  readonly assertion: string;
  readonly column: string;
  readonly at: Date;
  readonly success: boolean;
}

/**
 * What pipelines asserted of the datasets that products are made from (OpenLineage, DataQualityAssertions), by product.
 * As for rules, heard are the product's domain and the governance team only; a dataset that nothing but hidden fields
 * name is not told of.
 */
export async function readPipelineTests(
  query: Query,
  { products, last }: TestsQuestion,
  named: readonly NamedDataset[],
): Promise<ReadonlyMap<string, readonly PipelineTest[]>> {
  const visible = await readVisible(query, named);
  const asked = named.flatMap(({ dataset, product, domain, coordinate }) => {
    const place = splitDataset(dataset);
    const isTold = coordinate === null || visible.has(coordinate);
    if (!place || !product || !domain || !isTold || !products.includes(product)) return [];
    return [{ product, domain, dataset, namespace: place.namespace, name: place.name }];
  });
  if (asked.length === 0) return new Map();
  const distinct = [...new Map(asked.map((item) => [JSON.stringify(item), item])).values()];
  const rows = await query<Row>({
    text: NEWEST,
    values: [jsonText(distinct), GOVERNANCE_DOMAIN, MAX_TESTS, last],
  });
  return byProduct(rows);
}

/** The tests of a dataset are found first, then the newest outcomes of each by the key. */
const NEWEST = `SELECT d.product, d.dataset, t.domain AS "reportedBy", t.assertion, t.column_name AS "column", a.at, a.success
  FROM jsonb_to_recordset($1) AS d (product text, domain text, dataset text, namespace text, name text)
  CROSS JOIN LATERAL (SELECT DISTINCT domain, assertion, column_name FROM lineage_assertion l
    WHERE l.domain IN (d.domain, $2) AND l.namespace = d.namespace AND l.name = d.name
    ORDER BY assertion, column_name, domain LIMIT $3) AS t
  CROSS JOIN LATERAL (SELECT at, success FROM lineage_assertion l
    WHERE l.domain = t.domain AND l.namespace = d.namespace AND l.name = d.name
      AND l.assertion = t.assertion AND l.column_name = t.column_name ORDER BY at DESC LIMIT $4) AS a
  ORDER BY d.product, d.dataset, t.assertion, t.column_name, t.domain, a.at DESC`;

async function readVisible(query: Query, named: readonly NamedDataset[]): Promise<ReadonlySet<string>> {
  const coordinates = [...new Set(named.flatMap(({ coordinate }) => coordinate ?? []))];
  const rows = await query<{ readonly coordinate: string }>({
    text: "SELECT coordinate FROM catalog_field WHERE coordinate = ANY($1)",
    values: [coordinates],
  });
  return new Set(rows.map(({ coordinate }) => coordinate));
}

function byProduct(rows: readonly Row[]): ReadonlyMap<string, readonly PipelineTest[]> {
  const found = new Map<string, Map<string, PipelineTest>>();
  for (const { product, at, success, column, ...test } of rows) {
    const tests = found.get(product) ?? new Map<string, PipelineTest>();
    found.set(product, tests);
    const key = JSON.stringify([test, column]);
    const known = tests.get(key) ?? { ...test, column: column === "" ? null : column, results: [] };
    const result = {
      at,
      outcome: success ? "PASSED" : "FAILED",
      value: null,
      checked: null,
      message: null,
    } as const;
    if (tests.has(key) || tests.size < MAX_TESTS)
      tests.set(key, { ...known, results: [...known.results, result] });
  }
  return new Map([...found].map(([product, tests]) => [product, [...tests.values()]]));
}
