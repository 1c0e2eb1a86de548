import type { z } from "zod";
import type { Principal } from "./principal.ts";

/** What a rule is judged against; facts that need I/O were gathered before. */
export interface Caller {
  readonly principal: Principal;
  /** The purpose of this request, checked against the token, or null. */
  readonly purpose: string | null;
  /** Outcome of each policy the operation names; a policy without an entry is denied. */
  readonly policies: ReadonlyMap<string, boolean>;
  /** Key of HMAC masks, or null where none is configured. */
  readonly hmacKey: string | null;
}

/** The transformation of one output value. `key` names it completely, so that caches may contain it. */
export interface Mask {
  readonly key: string;
  /** Strictness: of two masks the one with the lower rank wins. */
  readonly rank: number;
  /** Gets a non-null leaf (a list's items one by one), returns what the client sees. */
  readonly apply: (value: unknown) => unknown;
}

export type Verdict =
  | { readonly kind: "allow" }
  | {
      readonly kind: "deny";
      readonly code: "UNAUTHENTICATED" | "UNAUTHORIZED_FIELD_OR_TYPE";
      /** Scopes or policies that would have been enough, as an OR of ANDs. */
      readonly missing: readonly (readonly string[])[];
    }
  | { readonly kind: "mask"; readonly mask: Mask };

export const ALLOW: Verdict = Object.freeze({ kind: "allow" });

/** Only objects whose `field` is in the caller's `claim` are visible. */
export interface RowRule {
  readonly field: string;
  readonly claim: string;
}

/** What one subgraph says about a coordinate with one directive: its applications there. */
export interface Contribution<Args> {
  readonly subgraph: string;
  readonly applications: readonly Args[];
}

export type Merged<Args> =
  | { readonly kind: "merged"; readonly applications: readonly Args[] }
  | { readonly kind: "conflict"; readonly reason: string };

/** What a lint rule of a directive sees of the place it stands on. */
export interface Placement {
  /** `Type`, `Type.field`, `Type.field(argument:)`. */
  readonly coordinate: string;
  readonly subgraph: string;
  /** The GraphQL type of a field or argument, as printed in SDL; null on types. */
  readonly type: string | null;
  /** True where the named type of the field is a leaf: a scalar or an enum. */
  readonly leaf: boolean;
  /** True where the field is part of a `@key` of its type. */
  readonly key: boolean;
}

/**
 * One directive with everything it means. The functions are declared as methods so that definitions with
 * different arguments fit one list; each is only ever called with what its own `args` parsed.
 */
export interface DirectiveDefinition<Args = unknown> {
  readonly name: string;
  /** Whose specification it is: decides the `@link` it is found by. */
  readonly spec: "federation" | "governance";
  /** The definition in SDL, with the types it needs. */
  readonly sdl: string;
  /** Parses arguments as written in SDL; what it refuses is a publish error. */
  readonly args: z.ZodType<Args>;
  /** Combines what several subgraphs say of one coordinate; the most restrictive wins. */
  merge(contributions: readonly Contribution<Args>[]): Merged<Args>;
  /** Reasons to refuse one application, or none. */
  lint?(args: Args, placement: Placement): readonly string[];
  /** Pure and synchronous; absent where the directive never decides about a delivery. */
  judge?(applications: readonly Args[], caller: Caller): Verdict;
  /** The row rule that an application stands for. */
  rows?(args: Args): RowRule;
  /** The policy names that {@link judge} wants to know about. */
  policies?(args: Args): readonly string[];
  /** One line for explain and the catalog. */
  describe(args: Args): string;
}

/**
 * The governance seam: one directive with everything it means. Adding one takes its file, its test and one
 * line in `directives/index.ts`; nothing else in the gateway changes.
 */
export function defineDirective<Args>(definition: DirectiveDefinition<Args>): DirectiveDefinition<Args> {
  return Object.freeze(definition);
}
