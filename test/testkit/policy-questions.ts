import type { PolicyQuestion } from "../../gateway/request/evaluate-policies.ts";
import type { Caller } from "../../shared/define-directive.ts";
import { ANONYMOUS } from "../../shared/principal.ts";

export interface QuestionParts {
  readonly policy?: string;
  readonly caller?: {
    readonly subject?: string | undefined;
    readonly issuer?: string | undefined;
    readonly scopes?: readonly string[] | undefined;
    readonly claims?: Readonly<Record<string, unknown>> | undefined;
  };
  readonly purpose?: string | undefined;
  readonly action?: "read" | "write" | undefined;
  readonly products?: PolicyQuestion["products"];
}

/** A question to a policy; left out: an anonymous caller, no purpose, reading one product. */
export function policyQuestion(parts: QuestionParts): PolicyQuestion {
  return {
    policy: parts.policy ?? "policy",
    action: parts.action ?? "read",
    products: parts.products ?? [{ id: "shop.items", domain: "shop", coordinates: ["Item.price"] }],
    caller: testCaller(parts),
  };
}

/** A caller as authentication gives it. */
export function testCaller({ caller, purpose }: Pick<QuestionParts, "caller" | "purpose">): Caller {
  const principal = caller
    ? ({
        kind: "authenticated",
        subject: caller.subject ?? "ada",
        issuer: caller.issuer ?? "https://issuer.test",
        scopes: new Set(caller.scopes ?? []),
        purposes: { kind: "none" },
        claims: caller.claims ?? {},
        expiresAt: 4_000_000_000,
      } as const)
    : ANONYMOUS;
  return { principal, purpose: purpose ?? null, policies: new Map(), hmacKey: null, today: "2026-06-30" };
}
