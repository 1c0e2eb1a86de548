export interface Rule {
  readonly directive: string;
  readonly summary: string;
  /** JSON. */
  readonly arguments: string;
  readonly coordinate: string;
  readonly subgraphs: readonly string[];
  readonly reason: string | null;
}

export const RULE = "directive summary arguments coordinate subgraphs reason";
