/** One kind of request, and what is right to answer to it. */
export interface LoadKind {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Bodies of right answers, byte for byte; null: any with status 200. */
  readonly right: readonly string[] | null;
}

/** What a load process is to send; kinds take turns. */
export interface LoadPlan {
  readonly origin: string;
  /**
   * open: so many a second, whatever becomes of them, on connections that are there, and more where that takes more; closed: on so many
   * connections, each with its next request when the last one was answered.
   */
  readonly pace:
    | { readonly kind: "open"; readonly perSecond: number; readonly connections: number }
    | { readonly kind: "closed"; readonly connections: number };
  readonly seconds: number;
  readonly kinds: readonly LoadKind[];
}

/** `shed`: 503 OVERLOADED with Retry-After; `other`: an answer that is neither right nor that; `failed`: no answer. */
export const OUTCOMES = ["good", "shed", "other", "failed"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What became of one request. */
export interface LoadRecord {
  /** Index of its kind in the plan. */
  readonly kind: number;
  readonly outcome: Outcome;
  /** When it was to be sent, in milliseconds since 1970. */
  readonly due: number;
  /** Milliseconds from then to its answer. */
  readonly took: number;
}

/** Column by column, so that it is quick to hand over. */
export interface LoadColumns {
  readonly kind: readonly number[];
  readonly outcome: readonly number[];
  readonly due: readonly number[];
  readonly took: readonly number[];
  /** The first answers that were neither right nor shed. */
  readonly strange: readonly string[];
  /** Milliseconds that requests were sent after they were due, at the 99th percentile: what the generator itself adds. */
  readonly lateness: number;
}
