import { z } from "zod";
import { defineDirective, type Remark, type RowRule } from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";
import type { ListPlace, ListSibling, Placement } from "../placement.ts";
import { sourceFieldRemarks } from "../source-field.ts";

const args = z.strictObject({
  field: z.string().regex(/^[A-Za-z]\w*$/, "expected the name of a field of the same type"),
  claim: z.string().min(1),
  onDeny: enumValue(["OMIT"]).default("OMIT"),
  pushdown: z.boolean().default(false),
});

type RowFilter = z.infer<typeof args> & {
  /** After merging: the subgraphs that stated `pushdown`. */
  readonly pushedDownBy?: readonly string[];
};

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
    for (const { subgraph, applications } of contributions)
      for (const item of applications) {
        const key = JSON.stringify([item.field, item.claim]);
        const known = rules.get(key);
        const pushdown = item.pushdown && (known?.pushdown ?? true);
        const pushedDownBy = [...(known?.pushedDownBy ?? []), ...(item.pushdown ? [subgraph] : [])];
        rules.set(key, { ...item, pushdown, pushedDownBy });
      }
    return { kind: "merged", applications: [...rules.keys()].sort().flatMap((key) => rules.get(key) ?? []) };
  },
  lint,
  weakens: (before, after) =>
    before.some((was) => !after.some((is) => is.field === was.field && is.claim === was.claim)),
  rows: ruleOf,
  aspect: "ROWS",
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

function lint(item: RowFilter, place: Placement): readonly Remark[] {
  return [
    ...sourceFieldRemarks("rowFilter", `${place.coordinate}.${item.field}`, place),
    ...place.lists.flatMap((list) => wrongCounts(item, place, list)),
  ];
}

/**
 * Counts and sums beside a list that only the gateway filters count rows that the caller may not see; the
 * gateway cannot correct them.
 */
function wrongCounts(
  { pushedDownBy = [] }: RowFilter,
  { coordinate }: Placement,
  list: ListPlace,
): readonly Remark[] {
  const isFiltered = (subgraphs: readonly string[]) => subgraphs.every((name) => pushedDownBy.includes(name));
  if (isFiltered(list.subgraphs)) return [];
  const counts = list.siblings.filter((item) => !isFiltered(item.subgraphs) && isCountOf(list, item));
  const pages = list.siblings.filter(({ name }) => list.isPage && name === "pageInfo");
  const remedy = `Let ${list.subgraphs.join(" and ")} leave the rows out itself, as the kit does, and say so there: @rowFilter(…, pushdown: true) on ${coordinate}. Or remove the field.`;
  return [
    ...counts.map((item): Remark => {
      const message = `${item.coordinate} counts rows of ${coordinate} that the caller may not see: ${list.coordinate} is filtered by the gateway only.`;
      return { severity: "error", code: "ROW_FILTER_COUNT", message, remedy };
    }),
    ...pages.map((item): Remark => {
      const message = `${item.coordinate} speaks of pages before their rows are filtered: they may hold fewer rows than asked for, or none.`;
      return { severity: "warning", code: "ROW_FILTER_PAGES", message, remedy };
    }),
  ];
}

const COUNTING = /count|total|sum|number|min|max|avg|average|mean/i;

/** On a page any number that reads like a count; elsewhere one that names the list as well. */
function isCountOf(list: ListPlace, { name, leafKind }: ListSibling): boolean {
  if (leafKind !== "Int" && leafKind !== "Float" && leafKind !== "custom") return false;
  if (!COUNTING.test(name)) return false;
  const listName = list.coordinate.slice(list.coordinate.indexOf(".") + 1);
  return list.isPage || name.toLowerCase().includes(listName.toLowerCase().replace(/s$/, ""));
}
