import { z } from "zod";
import { defineDirective, type Placement, type Remark, type RowRule } from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";
import { sourceFieldRemarks } from "../source-field.ts";

const args = z.strictObject({
  field: z.string().regex(/^[A-Za-z]\w*$/, "expected the name of a field of the same type"),
  claim: z.string().min(1),
  onDeny: enumValue(["OMIT"]).default("OMIT"),
  pushdown: z.boolean().default(false),
});

type RowFilter = z.infer<typeof args>;

/**
 * `@rowFilter`: an object is visible only where its `field` is in the caller's `claim`; the gateway omits it
 * from lists and nulls it elsewhere (governance.md §3, §6). `pushdown: true` states that this subgraph leaves
 * such rows out itself, so that its counts and pages are right: kit subgraphs do, by row-level security.
 */
export const rowFilter = defineDirective<RowFilter>({
  name: "rowFilter",
  spec: "governance",
  sdl: `enum RowFilterOutcome { OMIT }
directive @rowFilter(field: String!, claim: String!, onDeny: RowFilterOutcome, pushdown: Boolean) repeatable on OBJECT`,
  args,
  merge: (contributions) => {
    const rules = new Map<string, RowFilter>();
    for (const item of contributions.flatMap(({ applications }) => applications)) {
      const key = JSON.stringify([item.field, item.claim]);
      const known = rules.get(key);
      rules.set(key, { ...item, pushdown: item.pushdown && (known?.pushdown ?? true) });
    }
    return { kind: "merged", applications: [...rules.keys()].sort().flatMap((key) => rules.get(key) ?? []) };
  },
  lint,
  rows: ruleOf,
  describe: ({ field, claim }) => `only objects whose ${field} is in the caller's claim ${claim}`,
});

function ruleOf({ field, claim }: RowFilter): RowRule {
  return {
    field,
    key: `${field} in ${claim}`,
    claims: [claim],
    bind: ({ claimValues }) => {
      const visible = claimValues(claim);
      return (value) => isListed(value, visible);
    },
  };
}

/** What is no text, number or boolean is in no claim. */
function isListed(value: unknown, visible: ReadonlySet<string>): boolean {
  if (typeof value === "string") return visible.has(value);
  return (typeof value === "number" || typeof value === "boolean") && visible.has(String(value));
}

function lint({ field }: RowFilter, place: Placement): readonly Remark[] {
  return sourceFieldRemarks("rowFilter", `${place.coordinate}.${field}`, place);
}
