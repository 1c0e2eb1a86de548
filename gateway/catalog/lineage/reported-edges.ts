import type { Query } from "../../../shared/subgraph/request-database.ts";
import type { LineageEdge } from "./lineage-graph.ts";

/** Edges that one question looks at; the newest. */
export const MAX_REPORTED = 20_000;

interface Row {
  readonly fromNamespace: string;
  readonly fromName: string;
  readonly fromField: string;
  readonly toNamespace: string;
  readonly toName: string;
  readonly toField: string;
  readonly kind: string;
  readonly masking: boolean;
  readonly job: string;
}

/** The lineage that pipelines reported. What they read from or write to the graph has its coordinate. */
export async function reportedEdges(query: Query): Promise<readonly LineageEdge[]> {
  const rows = await query<Row>({
    text: `SELECT from_namespace AS "fromNamespace", from_name AS "fromName", from_field AS "fromField",
      to_namespace AS "toNamespace", to_name AS "toName", to_field AS "toField", kind, masking, job
      FROM lineage_edge ORDER BY seen_at DESC LIMIT $1`,
    values: [MAX_REPORTED],
  });
  return rows.map((row) => ({
    from: idOf(row.fromNamespace, row.fromName, row.fromField),
    to: idOf(row.toNamespace, row.toName, row.toField),
    kind:
      row.kind.startsWith("INDIRECT") || (row.fromField !== "" && row.toField === "") ? "INDIRECT" : "DIRECT",
    by: row.job === "" ? null : row.job,
    isMasking: row.masking,
  }));
}

/** `graphql://authority` and `domain.product.Type` name a type of the graph. */
function idOf(namespace: string, name: string, field: string): string {
  const type = namespace.startsWith("graphql://") ? name.split(".").at(-1) : undefined;
  if (type !== undefined && field !== "") return `${type}.${field}`;
  return field === "" ? `${namespace}/${name}` : `${namespace}/${name}#${field}`;
}
