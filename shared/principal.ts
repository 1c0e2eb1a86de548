/** Who calls: a verified token's subject, or nobody. */
export type Principal = AnonymousPrincipal | AuthenticatedPrincipal;

export interface AnonymousPrincipal {
  readonly kind: "anonymous";
}

export interface AuthenticatedPrincipal {
  readonly kind: "authenticated";
  /** Claim `sub`. */
  readonly subject: string;
  /** Claim `iss`. */
  readonly issuer: string;
  /** Scopes as exact strings, from the configured claim. */
  readonly scopes: ReadonlySet<string>;
  /** The purposes the token allows (governance.md §6): one, a choice made by the request, or none. */
  readonly purposes: TokenPurposes;
  /** All verified claims; row filters read theirs from here. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Claim `exp`, in seconds since the epoch. */
  readonly expiresAt: number;
}

/** What a token's purpose claim says: a string states the purpose, a list leaves the choice to the request. */
export type TokenPurposes =
  | { readonly kind: "none" }
  | { readonly kind: "stated"; readonly purpose: string }
  | { readonly kind: "choice"; readonly purposes: readonly string[] };

/** The scope of the governance team's tokens: it explains, simulates and reads what is recorded of others. */
export const GOVERNANCE_SCOPE = "governance:admin";

/** The caller without a token. */
export const ANONYMOUS: AnonymousPrincipal = Object.freeze({ kind: "anonymous" });

/**
 * The values of a claim as a set of strings: one string or a list of strings; anything else is empty,
 * so that a malformed claim shows no row (fail closed).
 */
export function claimValues(principal: Principal, claim: string): ReadonlySet<string> {
  if (principal.kind === "anonymous" || !Object.hasOwn(principal.claims, claim)) return NO_VALUES;
  const value = principal.claims[claim];
  if (typeof value === "string") return new Set([value]);
  if (!Array.isArray(value)) return NO_VALUES;
  return new Set(value.filter((item): item is string => typeof item === "string"));
}

const NO_VALUES: ReadonlySet<string> = new Set();
