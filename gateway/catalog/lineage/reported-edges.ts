import type { Query } from "../../../shared/subgraph/request-database.ts";
import type { LineageEdge } from "./lineage-graph.ts";

/** Edges of one domain that one question looks at; the newest. */
const MAX_REPORTED = 20_000;

interface Row {
  readonly domain: string;
  /** Among those of its domain, 1 for the newest. */
  readonly place: number;
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

/** What pipelines reported, and whether there is more of it than was looked at. */
export interface ReportedEdges {
  readonly edges: readonly LineageEdge[];
  readonly isTruncated: boolean;
}

/**
 * The lineage that pipelines reported. What they read from or write to the graph has its coordinate. Where the data of the
 * graph comes from only the domain says whose product serves it, and no domain's reports take another's room.
 *
 * @param max edges looked at of each domain
 */
export async function reportedEdges(query: Query, max = MAX_REPORTED): Promise<ReportedEdges> {
  const rows = await query<Row>({ text: NEWEST, values: [max + 1] });
  const reported = rows.filter(({ place }) => place <= max).map(edgeOf);
  const ownerOf = await readOwners(query, reported);
  const edges = reported.flatMap(({ domain, edge }) =>
    isInGraph(edge.to) && ownerOf(edge.to) !== domain ? [] : [edge],
  );
  return { edges, isTruncated: rows.some(({ place }) => place > max) };
}

/** Of each domain, found one after the other by the index. */
const NEWEST = `WITH RECURSIVE reporting AS (
    (SELECT domain FROM lineage_edge ORDER BY domain LIMIT 1)
    UNION ALL
    SELECT (SELECT e.domain FROM lineage_edge e WHERE e.domain > r.domain ORDER BY e.domain LIMIT 1)
    FROM reporting r WHERE r.domain IS NOT NULL)
  SELECT e.* FROM reporting r CROSS JOIN LATERAL (
    SELECT domain, from_namespace AS "fromNamespace", from_name AS "fromName", from_field AS "fromField",
      to_namespace AS "toNamespace", to_name AS "toName", to_field AS "toField", kind, masking, job,
      row_number() OVER (ORDER BY seen_at DESC)::integer AS place
    FROM lineage_edge WHERE domain = r.domain ORDER BY seen_at DESC LIMIT $1) AS e`;

interface Reported {
  readonly domain: string;
  readonly edge: LineageEdge;
}

/** By what the edges lead to, the domain whose product it is: of a field the catalog says it, of a type its name. */
async function readOwners(
  query: Query,
  reported: readonly Reported[],
): Promise<(id: string) => string | undefined> {
  const fields = new Set(reported.flatMap(({ edge: { to } }) => (isField(to) ? [to] : [])));
  if (fields.size === 0) return domainInName;
  const rows = await query<{ readonly coordinate: string; readonly domain: string }>({
    text: `SELECT f.coordinate, p.domain FROM catalog_field f JOIN catalog_product p ON p.id = f.product
      WHERE f.coordinate = ANY($1)`,
    values: [[...fields]],
  });
  const known = new Map(rows.map(({ coordinate, domain }) => [coordinate, domain]));
  return (id) => (isField(id) ? known.get(id) : domainInName(id));
}

/** The domain in `graphql://authority/domain.product.Type`. */
function domainInName(id: string): string | undefined {
  const [dataset = ""] = id.split("#");
  return dataset.slice(dataset.lastIndexOf("/") + 1).split(".")[0];
}

function isInGraph(id: string): boolean {
  return isField(id) || id.startsWith("graphql:");
}

function isField(id: string): boolean {
  return /^[_A-Za-z]\w*\.\w+$/.test(id);
}

function edgeOf(row: Row): Reported {
  const edge: LineageEdge = {
    from: idOf(row.fromNamespace, row.fromName, row.fromField),
    to: idOf(row.toNamespace, row.toName, row.toField),
    kind:
      row.kind.startsWith("INDIRECT") || (row.fromField !== "" && row.toField === "") ? "INDIRECT" : "DIRECT",
    by: row.job === "" ? null : row.job,
    isMasking: row.masking,
  };
  return { domain: row.domain, edge };
}

/** `graphql://authority` and `domain.product.Type` name a type of the graph. */
function idOf(namespace: string, name: string, field: string): string {
  const type = namespace.startsWith("graphql://") ? name.split(".").at(-1) : undefined;
  if (type !== undefined && field !== "") return `${type}.${field}`;
  return field === "" ? `${namespace}/${name}` : `${namespace}/${name}#${field}`;
}
