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
  /** Where in the SDL of the first of the subgraphs, 1-based. */
  readonly location?: { readonly line: number; readonly column: number };
  /** Where it is about several places: all of them. */
  readonly places?: readonly {
    readonly subgraph: string;
    readonly line: number;
    readonly column: number;
  }[];
  /** Recorded operations that the change concerns, the most used first. */
  readonly affected?: readonly AffectedUse[];
}

/** One operation of one application. */
export interface AffectedUse {
  readonly clientName: string;
  readonly clientVersion: string;
  readonly operationName: string;
  /** Of the recorded operation. */
  readonly hash: string;
  readonly requests: number;
  /** ISO 8601. */
  readonly lastSeen: string;
  /** What of the change it uses. */
  readonly coordinates: readonly string[];
}
