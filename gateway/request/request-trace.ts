/** The parts of the path of one operation, in their order. */
export type Stage = "authenticate" | "admit" | "authorise" | "plan" | "execute" | "audit" | "respond";

/** The trace of one request; there is none where traces are not configured, or this request is not in the sample. */
export interface RequestTrace {
  /** Ends the stage under way and begins another one. */
  readonly enter: (stage: Stage) => void;
  /** Begins a call to a subgraph, within the stage under way. */
  readonly call: (subgraph: string, kind: "query" | "mutation") => CallTrace;
}

/** The trace of one call to a subgraph. */
export interface CallTrace {
  /** What the subgraph is told: a header of W3C Trace Context. */
  readonly traceparent: string;
  /** @param failure code of the failure, or null where the subgraph answered */
  readonly end: (failure: string | null) => void;
}
