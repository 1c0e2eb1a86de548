import { z } from "zod";
import { defineDirective, type RowRule } from "../define-directive.ts";
import { before, parsePeriod } from "../iso-period.ts";
import { sourceFieldRemarks } from "../source-field.ts";

const args = z.strictObject({
  period: z.string().refine((text) => parsePeriod(text) !== null, "expected a duration such as P7Y or P90D"),
  from: z.string().regex(/^[A-Za-z]\w*$/, "expected the name of a field of the same type"),
});

type Retention = z.infer<typeof args>;

/**
 * `@retention`: what is older than the period is not delivered any more: an object is omitted, a field is null.
 * Age counts from the date in another field of the object; without a date nothing is shown (governance.md §3).
 */
export const retention = defineDirective<Retention>({
  name: "retention",
  spec: "governance",
  sdl: "directive @retention(period: String!, from: String!) repeatable on OBJECT | FIELD_DEFINITION",
  args,
  merge: (contributions) => {
    const shortest = new Map<string, Retention>();
    for (const item of contributions.flatMap(({ applications }) => applications)) {
      const known = shortest.get(item.from);
      if (!known || oldest(item, REFERENCE) > oldest(known, REFERENCE)) shortest.set(item.from, item);
    }
    const applications = [...shortest.keys()].sort().flatMap((from) => shortest.get(from) ?? []);
    return { kind: "merged", applications };
  },
  lint: ({ from }, place) => {
    const source = `${place.coordinate.split(".")[0]}.${from}`;
    const remarks = sourceFieldRemarks("retention", source, place);
    if (place.type === null || !place.type.endsWith("!")) return remarks;
    return [
      ...remarks,
      {
        severity: "error",
        code: "RETENTION_NON_NULL",
        message: `@retention on ${place.coordinate}: its type ${place.type} cannot be null once the period is over.`,
        remedy: "Make the field nullable.",
      },
    ];
  },
  rows: (item) => ruleOf(item),
  aspect: "AGE",
  describe: ({ period, from }) => `only for ${period} from ${from}`,
});

/** Some moment to compare periods by. */
const REFERENCE = Date.UTC(2025, 0, 31);

function ruleOf({ period, from }: Retention): RowRule {
  return {
    field: from,
    key: `${from} within ${period}`,
    claims: [],
    bind: ({ now }) => {
      const limit = oldest({ period, from }, now);
      return (value) => momentOf(value) >= limit;
    },
  };
}

/** The oldest moment that is still delivered. */
function oldest({ period }: Retention, now: number): number {
  const parsed = parsePeriod(period);
  return parsed === null ? Number.POSITIVE_INFINITY : before(now, parsed);
}

/** A date as text, or a moment in milliseconds since the epoch; anything else is older than everything. */
function momentOf(value: unknown): number {
  const moment =
    typeof value === "number" ? value : typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(moment) ? Number.NEGATIVE_INFINITY : moment;
}
