import type { Query } from "../../../shared/subgraph/request-database.ts";
import { graphEdges } from "./graph-edges.ts";
import { type LineageEdge, LineageGraph } from "./lineage-graph.ts";
import { type NamedDataset, namedDatasets } from "./named-datasets.ts";
import { reportedEdges, reportedState } from "./reported-edges.ts";

/** Milliseconds for which a graph is used at most: what was deleted, or committed late, does not show in the state. */
const MAX_AGE = 10_000;

/** The lineage of one moment. */
export interface CurrentLineage {
  readonly graph: LineageGraph;
  /** What products say that they are made from. */
  readonly named: readonly NamedDataset[];
  /** Whether pipelines reported more than is in it. */
  readonly isTruncated: boolean;
}

interface Stated {
  readonly generation: number;
  readonly edges: readonly LineageEdge[];
  readonly named: readonly NamedDataset[];
}

/**
 * Reads the lineage that the last generation states and pipelines reported. Whoever asks shares one graph, which is made
 * anew when there is a new generation, a new catalog or a new report, and after a few seconds in any case.
 */
export function openLineage(): (query: Query) => Promise<CurrentLineage> {
  let stated: Stated | null = null;
  let known: { readonly state: string; readonly until: number; readonly lineage: CurrentLineage } | null =
    null;
  return async (query) => {
    const [head] = await query<{ generation: number; catalog: number }>({
      text: `SELECT coalesce((SELECT max(number) FROM generation), 0) AS generation,
        coalesce((SELECT max(generation) FROM catalog_state), 0) AS catalog`,
      values: [],
    });
    const { generation, catalog } = head ?? { generation: 0, catalog: 0 };
    const state = JSON.stringify([generation, catalog, await reportedState(query)]);
    if (known?.state === state && performance.now() < known.until) return known.lineage;
    if (stated?.generation !== generation) stated = await readStated(query, generation);
    const { edges, named } = stated;
    const reported = await reportedEdges(query, { named });
    const graph = new LineageGraph([...edges, ...reported.edges]);
    const lineage = { graph, named, isTruncated: reported.isTruncated };
    known = { state, until: performance.now() + MAX_AGE, lineage };
    return lineage;
  };
}

async function readStated(query: Query, generation: number): Promise<Stated> {
  const [row] = await query<{ content: string }>({
    text: "SELECT content FROM generation JOIN artifact ON artifact_hash = hash WHERE number = $1",
    values: [generation],
  });
  return row
    ? { generation, edges: graphEdges(row.content), named: namedDatasets(row.content) }
    : { generation, edges: [], named: [] };
}
