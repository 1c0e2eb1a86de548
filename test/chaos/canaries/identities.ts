import type { TokenIssuer } from "../../testkit/token-issuer.ts";

/** Which supergraph is served: who may see an e-mail in clear differs. */
export type Generation = "first" | "second";

/** Somebody who asks, and which of its own canaries it may see. */
export interface Identity {
  /** Null for who has no token. */
  readonly token: string | null;
  /** Three digits: what its canaries begin with. */
  readonly id: string;
  readonly scopes: readonly string[];
  readonly isVip: boolean;
  /** Those of its token; several are chosen from with `x-purpose`. */
  readonly purposes: readonly string[];
}

/** A canary is `~`, the digits of whose it is, and one letter for the field that it stands in. */
export const CANARY = /~\d{3}[a-zA-Z]/;
/** Of whoever has no token. */
export const NOBODY = "000";

/**
 * So many identities: the first has no token, and each tenth shares its subject with the one before it but not its
 * rights, so that what is kept by subject alone would show.
 */
export function createIdentities(issuer: TokenIssuer, count: number): readonly Identity[] {
  return Array.from({ length: count }, (_, index) => {
    const id = String(index % 10 === 9 ? index - 1 : index).padStart(3, "0");
    const scopes = [["pii"], ["pii-late"], []][index % 3] ?? [];
    const rights = index % 5 === 1 ? [...scopes, "hr"] : scopes;
    const purposes = [["support", "analytics"], ["analytics"], ["support"], []][index % 4] ?? [];
    if (index === 0) return { token: null, id: NOBODY, scopes: [], isVip: false, purposes: [] };
    const isVip = index % 7 === 2;
    const purpose = purposes.length === 1 ? purposes[0] : purposes;
    const claims = { sub: id, scope: rights.join(" "), owner: id, vip: isVip };
    const token = issuer.token({ ...claims, ...(purposes.length > 0 ? { purpose } : {}) });
    return { token, id, scopes: rights, isVip, purposes };
  });
}

/** The letters of its own canaries that an identity may see, asking for this purpose. */
export function visibleTo(identity: Identity, purpose: string | null, generation: Generation): string {
  const { token, scopes, isVip } = identity;
  const clear = generation === "first" ? "pii" : "pii-late";
  return [
    "n",
    purposeLetter(purpose),
    token === null ? "" : "sr",
    scopes.includes(clear) ? "m" : "",
    scopes.includes("hr") ? "h" : "",
    isVip ? "v" : "",
    purpose === "support" ? "p" : "",
  ].join("");
}

/** What a subgraph makes of the purpose it was told. */
export function purposeLetter(purpose: string | null | undefined): string {
  return purpose === "support" ? "S" : purpose === "analytics" ? "A" : "N";
}
