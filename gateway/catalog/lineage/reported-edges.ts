import type { Query } from "../../../shared/subgraph/request-database.ts";
import { GOVERNANCE_DOMAIN } from "../../registry/deploy-tokens.ts";
import type { LineageEdge } from "./lineage-graph.ts";
import type { NamedDataset } from "./named-datasets.ts";
import { datasetOf, isField } from "./place-id.ts";

/** Edges that are looked at, of all domains together. */
const MAX_REPORTED = 20_000;

interface Row {
  readonly domain: string;
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

export interface ReportedOptions {
  /** What products say that they are made from. */
  readonly named: readonly NamedDataset[];
  /** Edges looked at, of all domains together. */
  readonly max?: number;
}

/** What pipelines reported, and whether there is more of it than was looked at. */
export interface ReportedEdges {
  readonly edges: readonly LineageEdge[];
  readonly isTruncated: boolean;
}

/**
 * The lineage that pipelines reported: of each domain the newest, and of one more than of another only where there is room for
 * all of the other's. What they read from or write to the graph has its coordinate. Where the data of the graph comes from
 * only the domain says whose product serves it; where the data of a dataset comes from that products name, only their
 * domains and the governance team; of any other dataset, everybody. Each edge names the domain that said it.
 */
export async function reportedEdges(
  query: Query,
  { named, max = MAX_REPORTED }: ReportedOptions,
): Promise<ReportedEdges> {
  const rows = await query<Row>({ text: NEWEST, values: [max] });
  const reported = rows.slice(0, max).map(edgeOf);
  const isHeard = await readOwnership(query, reported, named);
  const edges = reported.flatMap(({ domain, edge }) => (isHeard(domain, edge.to) ? [edge] : []));
  return { edges, isTruncated: rows.length > max };
}

/** Something that is another after every report; it costs a look at the index for each domain. */
export async function reportedState(query: Query): Promise<string> {
  const [row] = await query<{ state: string | null }>({ text: STATE, values: [] });
  return row?.state ?? "";
}

/** The domains that reported, found one after the other by the index. */
const REPORTING = `WITH RECURSIVE found AS (
    (SELECT domain FROM lineage_edge ORDER BY domain LIMIT 1)
    UNION ALL
    SELECT (SELECT e.domain FROM lineage_edge e WHERE e.domain > f.domain ORDER BY e.domain LIMIT 1)
    FROM found f WHERE f.domain IS NOT NULL),
  reporting AS (SELECT domain FROM found WHERE domain IS NOT NULL)`;

/** The newest of each domain first, then the second of each, until there is no room; one more shows that there is more. */
const NEWEST = `${REPORTING}
  SELECT e.* FROM reporting r CROSS JOIN LATERAL (
    SELECT domain, from_namespace AS "fromNamespace", from_name AS "fromName", from_field AS "fromField",
      to_namespace AS "toNamespace", to_name AS "toName", to_field AS "toField", kind, masking, job,
      row_number() OVER (ORDER BY seen_at DESC) AS place
    FROM lineage_edge WHERE domain = r.domain ORDER BY seen_at DESC LIMIT $1::bigint + 1) AS e
  ORDER BY place, domain LIMIT $1::bigint + 1`;

const STATE = `${REPORTING}
  SELECT md5(string_agg(concat_ws(' ', domain, newest), ',' ORDER BY domain)) AS state
  FROM reporting CROSS JOIN LATERAL (
    SELECT max(seen_at) AS newest FROM lineage_edge e WHERE e.domain = reporting.domain) AS last`;

interface Reported {
  readonly domain: string;
  readonly edge: LineageEdge;
}

/** Who is heard on what leads to a place. */
async function readOwnership(
  query: Query,
  reported: readonly Reported[],
  named: readonly NamedDataset[],
): Promise<(domain: string, to: string) => boolean> {
  const made = named.flatMap(({ coordinate }) => coordinate ?? []);
  const fields = new Set([...reported.flatMap(({ edge: { to } }) => (isField(to) ? [to] : [])), ...made]);
  const domainOf = await readDomains(query, [...fields]);
  const datasets = new Map<string, Set<string>>();
  for (const { dataset, coordinate, domain } of named) {
    const owner = (coordinate === null ? undefined : domainOf.get(coordinate)) ?? domain;
    if (owner !== undefined) datasets.set(dataset, (datasets.get(dataset) ?? new Set()).add(owner));
  }
  return (domain, to) => {
    if (isField(to)) return domainOf.get(to) === domain;
    if (to.startsWith("graphql:")) return domainInName(to) === domain;
    const owners = datasets.get(datasetOf(to));
    return owners === undefined || owners.has(domain) || domain === GOVERNANCE_DOMAIN;
  };
}

/** By coordinate, the domain whose product has the field. */
async function readDomains(query: Query, fields: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (fields.length === 0) return new Map();
  const rows = await query<{ readonly coordinate: string; readonly domain: string }>({
    text: `SELECT f.coordinate, p.domain FROM catalog_field f JOIN catalog_product p ON p.id = f.product
      WHERE f.coordinate = ANY($1)`,
    values: [fields],
  });
  return new Map(rows.map(({ coordinate, domain }) => [coordinate, domain]));
}

/** The domain in `graphql://authority/domain.product.Type`. */
function domainInName(id: string): string | undefined {
  const dataset = datasetOf(id);
  return dataset.slice(dataset.lastIndexOf("/") + 1).split(".")[0];
}

function edgeOf(row: Row): Reported {
  const edge: LineageEdge = {
    from: idOf(row.fromNamespace, row.fromName, row.fromField),
    to: idOf(row.toNamespace, row.toName, row.toField),
    kind:
      row.kind.startsWith("INDIRECT") || (row.fromField !== "" && row.toField === "") ? "INDIRECT" : "DIRECT",
    by: row.job === "" ? null : row.job,
    isMasking: row.masking,
    reportedBy: row.domain,
  };
  return { domain: row.domain, edge };
}

/** `graphql://authority` and `domain.product.Type` name a type of the graph. */
function idOf(namespace: string, name: string, field: string): string {
  const type = namespace.startsWith("graphql://") ? name.split(".").at(-1) : undefined;
  if (type !== undefined && field !== "") return `${type}.${field}`;
  return field === "" ? `${namespace}/${name}` : `${namespace}/${name}#${field}`;
}
