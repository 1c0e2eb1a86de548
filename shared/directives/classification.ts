import { z } from "zod";
import { CLASSIFICATIONS } from "../classification-levels.ts";
import { defineDirective, type Remark } from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";
import type { Placement } from "../placement.ts";
import { sensitiveName } from "../sensitive-names.ts";
import { tagDefault } from "../tag-defaults.ts";

const args = z.strictObject({
  level: enumValue(CLASSIFICATIONS),
  categories: z.array(z.string().min(1)).default([]),
});

type Classification = z.infer<typeof args>;

/** `@classification`: how sensitive the data is and which kinds of personal data it holds (governance.md §3). */
export const classification = defineDirective<Classification>({
  name: "classification",
  spec: "governance",
  sdl: `enum ClassificationLevel { ${CLASSIFICATIONS.join(" ")} }
directive @classification(level: ClassificationLevel!, categories: [String!]) on OBJECT | FIELD_DEFINITION | SCALAR | ENUM | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION`,
  args,
  merge: (contributions) => {
    const said = contributions.flatMap(({ subgraph, applications }) =>
      applications.map(({ level, categories }) => ({ subgraph, level, categories })),
    );
    const [first] = said;
    const other = said.find(({ level }) => level !== first?.level);
    if (first && other)
      return {
        kind: "conflict",
        reason: `${first.subgraph} says ${first.level}, ${other.subgraph} says ${other.level}`,
      };
    return { kind: "merged", applications: [highest(said)] };
  },
  weakens: (before, after) =>
    before.length > 0 &&
    (after.length === 0 || JSON.stringify(highest([...before, ...after])) !== JSON.stringify(highest(after))),
  inherit: (own, inputs) => [highest([...own, ...inputs])],
  taint: (applications) =>
    applications.some(({ level }) => level === "RESTRICTED") ? "is classified RESTRICTED" : null,
  lint,
  lintAbsent,
  implies: ({ level, categories }, { isProtected, leafKind }) =>
    level === "PUBLIC" || isProtected || leafKind === null
      ? []
      : categories.flatMap((category) => tagDefault(category) ?? []),
  // What is restricted and says no more is for nobody but bearers of a scope that nobody has yet.
  ofContract: ({ classification, categories, domain, isProtected }) => {
    const level = CLASSIFICATIONS.find((item) => item === classification.toUpperCase());
    if (level === undefined) return [];
    const guard = { directive: "requiresScopes", args: { scopes: [[`${domain}:restricted`]] } };
    const stated = { directive: "classification", args: { level, categories: [...categories] } };
    return level === "RESTRICTED" && !isProtected ? [stated, guard] : [stated];
  },
  audits: ({ level }) => (level === "RESTRICTED" ? "DURABLE" : null),
  isSensitive: true,
  facts: ({ level, categories }) => ({ classification: { level, categories } }),
  describe: ({ level, categories }) => [level, ...categories].join(" "),
});

function highest(all: readonly Classification[]): Classification {
  const level =
    CLASSIFICATIONS[Math.max(...all.map((item) => CLASSIFICATIONS.indexOf(item.level)))] ?? "RESTRICTED";
  return { level, categories: [...new Set(all.flatMap((item) => item.categories))].sort() };
}

const DELIVERED = ["OBJECT", "FIELD_DEFINITION", "SCALAR", "ENUM"];

function lint({ level }: Classification, place: Placement): readonly Remark[] {
  if (level !== "RESTRICTED" || place.isProtected || !DELIVERED.includes(place.location)) return [];
  return [
    {
      severity: "error",
      code: "RESTRICTED_UNPROTECTED",
      message: `${place.coordinate} is classified RESTRICTED, but nothing protects it.`,
      remedy: "Add @mask, @requiresScopes or @policy to it or its type.",
    },
  ];
}

/** Fields that look like personal data but say nothing. */
function lintAbsent({ location, leafKind, name, coordinate }: Placement): readonly Remark[] {
  const category =
    location === "FIELD_DEFINITION" && (leafKind === "String" || leafKind === "custom")
      ? sensitiveName(name)
      : null;
  if (category === null) return [];
  return [
    {
      severity: "warning",
      code: "CLASSIFICATION_MISSING",
      message: `${coordinate} looks like personal data (${category}), but is not classified.`,
      remedy: `Add @classification(level: …, categories: ["${category}"]), with level PUBLIC if it is none.`,
    },
  ];
}
