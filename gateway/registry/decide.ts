import type { ErrorCode } from "../../shared/errors.ts";
import type { Finding } from "../supergraph/finding.ts";
import type { CheckReport } from "./check.ts";

export type Decision =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly blocking: readonly Finding[] };

export interface Acceptance {
  /** The governance team approved this very text. */
  readonly isApproved: boolean;
  /** The domain accepts that clients break. */
  readonly acceptBreaking: boolean;
}

/** Whether a checked change may be published. */
export function decide({ artifact, findings }: CheckReport, acceptance: Acceptance): Decision {
  const blocking = findings.filter(
    ({ severity, code }) => severity === "error" && !isAccepted(code, acceptance),
  );
  if (artifact !== null && blocking.length === 0) return { kind: "accepted" };
  return { kind: "refused", code: codeOf(artifact === null, blocking), blocking };
}

function isAccepted(code: string, { isApproved, acceptBreaking }: Acceptance): boolean {
  if (code === "GOVERNANCE_LOOSENED") return isApproved;
  return code === "BREAKING_CHANGE" && acceptBreaking;
}

function codeOf(doesNotCompose: boolean, blocking: readonly Finding[]): ErrorCode {
  if (blocking.some(({ code }) => code === "PRODUCT_NOT_YOURS")) return "GOVERNANCE_REFUSED";
  if (!doesNotCompose)
    return blocking.some(({ code }) => code === "GOVERNANCE_LOOSENED")
      ? "GOVERNANCE_LOOSENED"
      : "BREAKING_CHANGE";
  const isGovernance = blocking.every(({ code }) =>
    /^(GOVERNANCE|DIRECTIVE|RESTRICTED|MASK|CLASSIFICATION|PRODUCT)/.test(code),
  );
  return isGovernance ? "GOVERNANCE_REFUSED" : "COMPOSITION_FAILED";
}
