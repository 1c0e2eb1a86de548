import type { z } from "zod";
import type { Placement } from "./placement.ts";
import type { Principal } from "./principal.ts";
import type { ProductDescriptor } from "./product-descriptor.ts";

/** What a rule is judged against; facts that need I/O were gathered before. */
export interface Caller {
  readonly principal: Principal;
  /** The purpose of this request, checked against the token, or null. */
  readonly purpose: string | null;
  /** Outcome of each policy the operation names; a policy without an entry is denied. */
  readonly policies: ReadonlyMap<string, boolean>;
  /** Key of HMAC masks, or null where none is configured. */
  readonly hmacKey: string | null;
  /** The day of the request in UTC, as `2026-06-30`: rules that begin or end on a day read it. */
  readonly today: string;
}

/** The transformation of one output value. `key` names it completely, so that caches may contain it. */
export interface Mask {
  readonly key: string;
  /** Strictness: of two masks the one with the lower rank wins. */
  readonly rank: number;
  /** Gets a non-null leaf (a list's items one by one), returns what the client sees. */
  readonly apply: (value: unknown) => unknown;
  /** True where a list becomes an empty one instead of a list of masked items. */
  readonly emptiesLists?: boolean;
}

/** Codes of refusals, see `errors.ts`. */
export type DenialCode =
  | "UNAUTHENTICATED"
  | "UNAUTHORIZED_FIELD_OR_TYPE"
  | "UNAUTHORIZED_ARGUMENT"
  | "FIELD_RETIRED";

export interface Denial {
  readonly kind: "deny";
  readonly code: DenialCode;
  /** Scopes, policies or purposes that would have been enough, as an OR of ANDs. */
  readonly missing: readonly (readonly string[])[];
  /** Instead of the usual text. */
  readonly message?: string;
  /** The message for clients who do not know what the details name. */
  readonly unnamed?: string;
  /** More that the client is told in `extensions`, without what names something that it does not know. */
  readonly details?: Readonly<Record<string, string>>;
}

export type Verdict = { readonly kind: "allow" } | Denial | { readonly kind: "mask"; readonly mask: Mask };

export const ALLOW: Verdict = Object.freeze({ kind: "allow" });

/** What a row rule may look at when a response is shaped. */
export interface RowRequest {
  /** The caller's values of a claim; none where it has none. */
  readonly claimValues: (claim: string) => ReadonlySet<string>;
  /** The moment of the request, in milliseconds since the epoch. */
  readonly now: number;
}

/**
 * A rule on the raw value of another field of the same object. On a type it decides whether the object is
 * visible at all, on a field whether that field has a value.
 */
export interface RowRule {
  /** The field whose value decides; fetched also where the caller may not see it. */
  readonly field: string;
  /** Names the rule completely. */
  readonly key: string;
  /** Claims that the rule reads: they travel to subgraphs. */
  readonly claims: readonly string[];
  /** Prepares the decision for one request. */
  readonly bind: (request: RowRequest) => (value: unknown) => boolean;
}

/** Something the client should know of a field that it was given. */
export interface Notice {
  readonly code: string;
  readonly message: string;
  /** The message for clients who do not know what the details name. */
  readonly unnamed: string;
  readonly details: Readonly<Record<string, string>>;
}

/** How deliveries are recorded: shortly after the answer, or before it is given out. */
export type AuditLevel = "BATCHED" | "DURABLE";

/** What a directive tells people of the place where it stands. */
export interface PlaceFacts {
  readonly product?: { readonly id: string; readonly domain: string };
  readonly owner?: { readonly team: string; readonly contact: string };
  readonly classification?: { readonly level: string; readonly categories: readonly string[] };
  /** What the value is computed from: coordinates, or datasets as `namespace/name#column`. */
  readonly sources?: readonly { readonly from: string; readonly transform: string | null }[];
  /** True where some callers get it transformed. */
  readonly isMasked?: boolean;
}

/** What a contract in another standard says of a field without our words. */
export interface ContractWords {
  readonly domain: string;
  /** As it is written there: `restricted`, `PII`. */
  readonly classification: string;
  readonly categories: readonly string[];
  /** True where a directive that protects stands there already. */
  readonly isProtected: boolean;
}

/** Headings of the catalog: what transforms values, who may have them, what for, which rows, how old, in which form. */
export type CatalogAspect = "MASKING" | "ACCESS" | "PURPOSES" | "ROWS" | "AGE" | "STANDARD";

/** What one subgraph says about a coordinate with one directive: its applications there. */
export interface Contribution<Args> {
  readonly subgraph: string;
  readonly applications: readonly Args[];
}

export type Merged<Args> =
  | { readonly kind: "merged"; readonly applications: readonly Args[] }
  | { readonly kind: "conflict"; readonly reason: string };

/** A remark of a lint rule. */
export interface Remark {
  /** An error refuses the schema. */
  readonly severity: "error" | "warning";
  /** Upper-case code of the rule. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** A directive that stands for another one where that is not written. */
export interface Implied {
  readonly directive: string;
  readonly args: unknown;
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

  /** True where each subgraph speaks for the fields that it resolves, so that nothing has to be combined. */
  readonly byResolver?: boolean;

  // --- at publish ---------------------------------------------------------------------------------
  /** Why a schema that is published now may not say it, though it holds where it is published already: in `args` it would not. */
  unfit?(args: Args): readonly string[];
  /** What is wrong with one application. */
  lint?(args: Args, placement: Placement): readonly Remark[];
  /** What is wrong with its absence; asked for every place where the directive may stand and does not. */
  lintAbsent?(placement: Placement): readonly Remark[];
  /** True where the directive alone is enough to protect data of the highest classification. */
  readonly protects?: boolean;
  /** For guards: whether whoever meets `own` also meets `needed` (governance.md §2 rule 6). */
  covers?(own: readonly Args[], needed: readonly Args[]): boolean;
  /** What a field takes over that is computed from fields with these applications. */
  inherit?(own: readonly Args[], inputs: readonly Args[]): readonly Args[];
  /** Why a field that is computed from a field with these applications needs protection of its own, or null. */
  taint?(applications: readonly Args[]): string | null;
  /**
   * Whether `after` would show anybody more than `before`: publishing that needs the governance team's approval.
   * Where absent, `after` is weaker unless merging both gives `after` again.
   */
  weakens?(before: readonly Args[], after: readonly Args[]): boolean;
  /** Directives that hold where this one stands, unless they are written there. */
  implies?(args: Args, placement: Placement): readonly Implied[];

  // --- at delivery --------------------------------------------------------------------------------
  /** Pure and synchronous; absent where the directive never decides about a delivery. */
  judge?(applications: readonly Args[], caller: Caller): Verdict;
  /** False where a rule of one implementer does not bind selections on its interface; true by default. */
  readonly bindsInterfaces?: boolean;
  /** The policy names that {@link judge} wants to know about. */
  policies?(args: Args): readonly string[];
  /** The row rule that an application stands for. */
  rows?(args: Args): RowRule;
  /** Judges the use of an argument, input field or enum value; `access` judges a field for the same caller. */
  judgeInput?(
    applications: readonly Args[],
    caller: Caller,
    access: (coordinate: string) => Verdict,
  ): Verdict;
  /** The fields whose judgement {@link judgeInput} asks for. */
  reveals?(args: Args): readonly string[];
  /** What a client that uses the place should know. */
  notice?(args: Args): Notice | null;
  /** Whether a leaf is as the directive says; checked at run time where the configuration asks for it. */
  conforms?(args: Args): (value: unknown) => boolean;

  /** How each delivery of the field is recorded; null where it is not. */
  audits?(args: Args): AuditLevel | null;
  /** True where a value under it is none to name an entity by, in a record of deliveries. */
  readonly isSensitive?: boolean;

  // --- products -----------------------------------------------------------------------------------
  /** What a product's descriptor says of its output ports; stands for the directive where that is not written. */
  ofProduct?(descriptor: ProductDescriptor): Args;
  /** What a contract in another standard means, in directives. */
  ofContract?(words: ContractWords): readonly Implied[];

  // --- for people ---------------------------------------------------------------------------------
  /** What audit, explain and the catalog tell of the place. */
  facts?(args: Args): PlaceFacts;
  /** The heading under which the catalog shows it; absent for none but the list of all rules. */
  readonly aspect?: CatalogAspect;
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
