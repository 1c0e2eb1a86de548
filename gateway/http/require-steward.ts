import type { Caller } from "../../shared/define-directive.ts";
import { ClientError } from "../../shared/errors.ts";
import { GOVERNANCE_SCOPE, type Principal } from "../../shared/principal.ts";

/**
 * The governance team, or nobody.
 *
 * @throws ClientError UNAUTHENTICATED without a token, GOVERNANCE_TEAM_ONLY without the scope
 */
export function requireSteward({ principal }: Caller): Extract<Principal, { kind: "authenticated" }> {
  if (principal.kind === "anonymous")
    throw new ClientError("UNAUTHENTICATED", "This needs a token of the governance team.");
  if (principal.scopes.has(GOVERNANCE_SCOPE)) return principal;
  throw new ClientError("GOVERNANCE_TEAM_ONLY", `This needs the scope ${GOVERNANCE_SCOPE}.`);
}
