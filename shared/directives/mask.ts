import { z } from "zod";
import { ALLOW, type Caller, defineDirective, type Remark } from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";
import { MASK_STRATEGIES, type MaskStrategy } from "../mask-settings.ts";
import { createMask, strictestMask } from "../mask-strategies.ts";
import { mergeAgreed } from "../merge-requirements.ts";
import type { LeafKind, Placement } from "../placement.ts";

const names = z
  .array(z.string().min(1))
  .default([])
  .transform((list) => [...new Set(list)].sort());

const args = z
  .strictObject({
    strategy: enumValue(MASK_STRATEGIES),
    n: z.int().min(1).optional(),
    to: z.number().positive().optional(),
    size: z.number().positive().optional(),
    replacement: z.string().optional(),
    unlessScopes: names,
    unlessPolicies: names,
    unlessPurposes: names,
  })
  .superRefine((value, context) => {
    for (const name of ["n", "to", "size", "replacement"] as const) {
      const strategies: readonly MaskStrategy[] = PARAMETERS[name];
      const isUsed = strategies.includes(value.strategy);
      if (isUsed && value[name] === undefined && name !== "replacement")
        context.addIssue({ code: "custom", path: [name], message: `${value.strategy} needs it` });
      if (!isUsed && value[name] !== undefined)
        context.addIssue({ code: "custom", path: [name], message: `means nothing to ${value.strategy}` });
    }
  });

const PARAMETERS = {
  n: ["FIRST_N", "LAST_N"],
  to: ["ROUND"],
  size: ["BUCKET"],
  replacement: ["REDACT"],
} as const;

type MaskArguments = z.infer<typeof args>;

/** `@mask`: callers who match no `unless…` get the value transformed (governance.md §3, §6). */
export const mask = defineDirective<MaskArguments>({
  name: "mask",
  spec: "governance",
  sdl: `enum MaskStrategy { ${MASK_STRATEGIES.join(" ")} }
directive @mask(strategy: MaskStrategy!, n: Int, to: Float, size: Float, replacement: String, unlessScopes: [String!], unlessPolicies: [String!], unlessPurposes: [String!]) repeatable on FIELD_DEFINITION | SCALAR`,
  args,
  merge: (contributions) => mergeAgreed(contributions, describe),
  protects: true,
  lint,
  taint: (applications) => (applications.length > 0 ? "is masked" : null),
  judge: (applications, caller) => {
    const masks = applications
      .filter((item) => !isExempt(item, caller))
      .map((item) => createMask(item, caller.hmacKey));
    return masks.length === 0 ? ALLOW : { kind: "mask", mask: strictestMask(masks) };
  },
  weakens: (before, after) => !before.every((was) => after.some((is) => isAsStrict(is, was))),
  policies: ({ unlessPolicies }) => unlessPolicies,
  isSensitive: true,
  facts: () => ({ isMasked: true }),
  aspect: "MASKING",
  describe,
});

function describe({ strategy, unlessScopes, unlessPolicies, unlessPurposes }: MaskArguments): string {
  const exempt = [...unlessScopes, ...unlessPolicies, ...unlessPurposes];
  return exempt.length > 0 ? `${strategy} unless ${exempt.join(" or ")}` : strategy;
}

function isExempt(item: MaskArguments, { principal, purpose, policies }: Caller): boolean {
  return (
    (principal.kind === "authenticated" && item.unlessScopes.some((scope) => principal.scopes.has(scope))) ||
    item.unlessPolicies.some((name) => policies.get(name) === true) ||
    (purpose !== null && item.unlessPurposes.includes(purpose))
  );
}

/** The same transformation or one that hides all, for everybody to whom `was` applies. */
function isAsStrict(is: MaskArguments, was: MaskArguments): boolean {
  const hides = is.strategy === "NULLIFY" || createMask(is, "").key === createMask(was, "").key;
  return (
    hides &&
    (["unlessScopes", "unlessPolicies", "unlessPurposes"] as const).every((list) =>
      is[list].every((name) => was[list].includes(name)),
    )
  );
}

/** The kinds of leaves whose values a strategy can transform to values of the same kind. */
const FITTING: Readonly<Record<MaskStrategy, readonly LeafKind[]>> = {
  NULLIFY: ["String", "ID", "Int", "Float", "Boolean", "enum", "custom"],
  DEFAULT: ["String", "ID", "Int", "Float", "Boolean", "custom"],
  REDACT: ["String", "ID", "custom"],
  HASH: ["String", "ID", "custom"],
  HMAC: ["String", "ID", "custom"],
  FIRST_N: ["String", "ID", "custom"],
  LAST_N: ["String", "ID", "custom"],
  EMAIL: ["String", "custom"],
  YEAR: ["String", "custom"],
  ROUND: ["Int", "Float", "custom"],
  BUCKET: ["Int", "Float", "custom"],
};

function lint(item: MaskArguments, place: Placement): readonly Remark[] {
  if (place.leafKind === null)
    return [
      remark(
        `a mask on ${place.coordinate} has no effect: it returns objects`,
        "Mask the fields of the type.",
      ),
    ];
  const remarks: Remark[] = [];
  if (place.key)
    remarks.push(
      remark(
        `${place.coordinate} is part of a @key: a mask would change what clients use as the identity`,
        "Guard the field instead, or give the entity a key without personal data.",
      ),
    );
  if (!FITTING[item.strategy].includes(place.leafKind))
    remarks.push(
      remark(
        `${item.strategy} does not give a value of type ${place.type ?? place.leafKind} at ${place.coordinate}`,
        "Choose a strategy that fits the type; NULLIFY fits every nullable field.",
      ),
    );
  if (place.leafKind === "Int" && !Number.isInteger(item.to ?? item.size ?? 1))
    remarks.push(remark(`${place.coordinate} is an Int: the step must be whole`, "Use a whole number."));
  if (item.strategy === "NULLIFY" && place.type !== null && !canBeNull(place.type))
    remarks.push(
      remark(
        `NULLIFY on ${place.coordinate}: its type ${place.type} cannot be null`,
        "Make the field nullable, or choose DEFAULT or REDACT.",
      ),
    );
  return remarks;
}

/** Whether the field itself or, in a list, an item can be null without taking the parent with it. */
function canBeNull(type: string): boolean {
  return !type.endsWith("!") || (type.startsWith("[") && !type.endsWith("!]!"));
}

function remark(message: string, remedy: string): Remark {
  return { severity: "error", code: "MASK_DOES_NOT_FIT", message: `@mask: ${message}.`, remedy };
}
