import type { Classification } from "../../../shared/classification-levels.ts";

export interface LineageNode {
  readonly id: string;
  readonly kind: "FIELD" | "DATASET" | "DATASET_FIELD" | "JOB";
  readonly name: string;
  readonly classification: Classification | null;
  readonly product: { readonly id: string; readonly name: string } | null;
}

export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: "DIRECT" | "INDIRECT";
  readonly by: string | null;
  readonly isMasking: boolean;
  /** The domain whose word it is; null where the graph itself states it. */
  readonly reportedBy: string | null;
}

export interface LineageGraph {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  readonly consumers:
    | readonly {
        readonly field: string;
        readonly application: string;
        readonly operations: readonly { readonly name: string; readonly hash: string }[];
      }[]
    | null;
  readonly isTruncated: boolean;
}

export const LINEAGE = /* GraphQL */ `
query ConsoleLineage($of: ID!, $direction: LineageDirection!, $depth: Int!) {
  lineage(of: $of, direction: $direction, depth: $depth) {
    isTruncated
    nodes { id kind name classification product { id name } }
    edges { from to kind by isMasking reportedBy }
    consumers { field application operations { name hash } }
  }
}`;
