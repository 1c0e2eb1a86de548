import type { Finding } from "../supergraph/finding.ts";

/** A finding of a check, before recorded usage decides how much it weighs. */
export interface CheckedFinding extends Finding {
  /** What usage has to say about it; absent where it has nothing. */
  readonly weight?: Weight;
}

export type Weight =
  /** The API loses or changes something. */
  | {
      readonly kind: "api";
      /** Who uses one of these is concerned. */
      readonly touches: readonly string[];
      readonly isRemoval: boolean;
      readonly wasDeprecated: boolean;
    }
  /** A rule is gone or weaker: its users get to see more. */
  | { readonly kind: "loosened"; readonly touches: readonly string[] }
  /** A rule is new or stricter: some of its users lose something. */
  | {
      readonly kind: "tightened";
      readonly touches: readonly string[];
      readonly directive: string;
      readonly before: readonly unknown[];
      readonly after: readonly unknown[];
    };
