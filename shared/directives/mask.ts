import { z } from "zod";
import { ALLOW, type Caller, defineDirective } from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";
import { createMask, MASK_STRATEGIES, strictestMask } from "../mask-strategies.ts";
import { mergeIdentical } from "../merge-requirements.ts";

const names = z.array(z.string().min(1)).default([]);

const args = z.strictObject({
  strategy: enumValue(MASK_STRATEGIES),
  n: z.int().min(1).optional(),
  to: z.number().positive().optional(),
  size: z.number().positive().optional(),
  replacement: z.string().optional(),
  unlessScopes: names,
  unlessPolicies: names,
  unlessPurposes: names,
});

/** `@mask`: callers who match no `unless…` get the value transformed (governance.md §3, §6). */
export const mask = defineDirective({
  name: "mask",
  spec: "governance",
  sdl: `enum MaskStrategy { ${MASK_STRATEGIES.join(" ")} }
directive @mask(strategy: MaskStrategy!, n: Int, to: Float, size: Float, replacement: String, unlessScopes: [String!], unlessPolicies: [String!], unlessPurposes: [String!]) repeatable on FIELD_DEFINITION | SCALAR`,
  args,
  merge: mergeIdentical,
  judge: (applications, caller) => {
    const masks = applications
      .filter((item) => !isExempt(item, caller))
      .map((item) => createMask(item, caller.hmacKey));
    return masks.length === 0 ? ALLOW : { kind: "mask", mask: strictestMask(masks) };
  },
  policies: ({ unlessPolicies }) => unlessPolicies,
  describe: ({ strategy, unlessScopes, unlessPolicies, unlessPurposes }) => {
    const exempt = [...unlessScopes, ...unlessPolicies, ...unlessPurposes];
    return exempt.length > 0 ? `${strategy} unless ${exempt.join(" or ")}` : strategy;
  },
});

type MaskArguments = z.infer<typeof args>;

function isExempt(item: MaskArguments, { principal, purpose, policies }: Caller): boolean {
  return (
    (principal.kind === "authenticated" && item.unlessScopes.some((scope) => principal.scopes.has(scope))) ||
    item.unlessPolicies.some((name) => policies.get(name) === true) ||
    (purpose !== null && item.unlessPurposes.includes(purpose))
  );
}
