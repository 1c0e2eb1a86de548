/** One remark of composition, policy or lint on a schema. */
export interface Finding {
  readonly severity: "error" | "warning";
  /** Upper-case code of the rule. */
  readonly code: string;
  /** The place in the schema, or null where the finding is about the whole. */
  readonly coordinate: string | null;
  /** The subgraphs concerned. */
  readonly subgraphs: readonly string[];
  readonly message: string;
  readonly remedy: string;
  /** Where in the subgraph's SDL, 1-based. */
  readonly location?: { readonly line: number; readonly column: number };
}
