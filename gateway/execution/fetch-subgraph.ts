import type { ErrorCode } from "../../shared/errors.ts";

/** What came back from one subgraph call. */
export type SubgraphReply =
  | {
      readonly kind: "answer";
      /** Null where the subgraph had errors only. */
      readonly data: Readonly<Record<string, unknown>> | null;
      readonly errors: readonly SubgraphError[];
    }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string };

/** An entry of the subgraph's `errors`, reduced to what may be passed on. */
export interface SubgraphError {
  readonly message: string;
  readonly path: readonly (string | number)[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
}
