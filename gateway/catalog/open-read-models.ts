import { jsonText } from "../../shared/postgres/json-text.ts";
import type { Query } from "../../shared/subgraph/request-database.ts";
import type { LineageGraph } from "./lineage/lineage-graph.ts";
import { isField } from "./lineage/place-id.ts";
import { openLineage } from "./lineage/read-lineage.ts";
import { readPipelineTests } from "./quality/read-pipeline-tests.ts";
import type {
  CreateReadModels,
  LineageAnswer,
  LineageQuestion,
  Measurement,
  QualityResult,
  ReadModels,
  ServiceLevelStatus,
} from "./read-models.ts";

/** Places of one answer about lineage. */
const MAX_NODES = 500;
const MAX_DEPTH = 10;
/** Results, or hours of a series, of one answer. */
const MAX_RESULTS = 500;
const MAX_HOURS = 2160;

/** Read models over the registry's tables. Lineage is read once for all questions of a request, and shared by requests. */
export function openReadModels(): CreateReadModels {
  const readLineage = openLineage();
  return ({ query }): ReadModels => {
    let current: ReturnType<typeof readLineage> | null = null;
    return {
      qualityResults: (checks, last) => readResults(query, checks, Math.min(last, MAX_RESULTS)),
      pipelineTests: async ({ products, last }) => {
        current ??= readLineage(query);
        const asked = { products, last: Math.min(last, MAX_RESULTS) };
        const tests = await readPipelineTests(query, asked, (await current).named);
        return products.map((product) => tests.get(product) ?? []);
      },
      serviceLevels: (levels) => readStatuses(query, levels),
      serviceLevelSeries: (levels, hours) => readSeries(query, levels, Math.min(hours, MAX_HOURS)),
      lineage: async (question) => {
        current ??= readLineage(query);
        const { graph, isTruncated } = await current;
        const answer = answerLineage(graph, question);
        return { ...answer, isTruncated: answer.isTruncated || isTruncated };
      },
    };
  };
}

type Asked<Name extends keyof ReadModels> = Parameters<ReadModels[Name]>[0];

async function readResults(query: Query, checks: Asked<"qualityResults">, last: number) {
  const rows = await query<QualityResult & { readonly index: number }>({
    text: `SELECT index::int, at, outcome, value, checked, message
      FROM ROWS FROM (jsonb_to_recordset($1) AS (product text, rule text)) WITH ORDINALITY AS c (product, rule, index)
      CROSS JOIN LATERAL (SELECT * FROM quality_result q WHERE q.product = c.product AND q.rule = c.rule
        ORDER BY at DESC LIMIT $2) AS r ORDER BY index, at DESC`,
    values: [jsonText(checks), last],
  });
  return inOrder(checks, rows);
}

async function readStatuses(query: Query, levels: Asked<"serviceLevels">) {
  const rows = await query<ServiceLevelStatus & { readonly index: number }>({
    text: `SELECT index::int, state, value, measured_at AS "measuredAt", error_budget_remaining AS "errorBudgetRemaining",
        burn_rate AS "burnRate", message
      FROM ROWS FROM (jsonb_to_recordset($1) AS (product text, kind text)) WITH ORDINALITY AS l (product, kind, index)
      JOIN service_level_status s USING (product, kind)`,
    values: [jsonText(levels)],
  });
  return inOrder(levels, rows).map((found) => found?.[0] ?? null);
}

async function readSeries(query: Query, levels: Asked<"serviceLevelSeries">, hours: number) {
  const rows = await query<Measurement & { readonly index: number }>({
    text: `SELECT index::int, at, s.value FROM ROWS FROM (jsonb_to_recordset($1) AS (product text, kind text)) WITH ORDINALITY AS l (product, kind, index)
      JOIN service_level_sample s USING (product, kind)
      WHERE at > now() - $2 * interval '1 hour' ORDER BY index, at`,
    values: [jsonText(levels), hours],
  });
  return inOrder(levels, rows);
}

/** The rows of each thing asked for, by its place from 1; null where there are none. */
function inOrder<Row extends { readonly index: number }>(
  asked: readonly unknown[],
  rows: readonly Row[],
): readonly (readonly Omit<Row, "index">[] | null)[] {
  const found = new Map<number, Omit<Row, "index">[]>();
  for (const { index, ...row } of rows) found.set(index, [...(found.get(index) ?? []), row]);
  return asked.map((_, index) => found.get(index + 1) ?? null);
}

function answerLineage(graph: LineageGraph, { of, direction, depth }: LineageQuestion): LineageAnswer {
  const bounds = { depth: Math.max(1, Math.min(depth, MAX_DEPTH)), maxNodes: MAX_NODES };
  const part =
    direction === "BOTH"
      ? graph.around(of, bounds)
      : direction === "UPSTREAM"
        ? graph.upstream(of, bounds)
        : graph.downstream(of, bounds);
  return { ...part, nodes: part.nodes.map(describeNode) };
}

function describeNode(id: string): LineageAnswer["nodes"][number] {
  if (isField(id)) return { id, kind: "FIELD", name: id, product: null };
  const [dataset = "", column] = id.split("#");
  const name = column ?? dataset.slice(dataset.lastIndexOf("/") + 1);
  return { id, kind: column === undefined ? "DATASET" : "DATASET_FIELD", name, product: null };
}
