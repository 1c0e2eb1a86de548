import { z } from "zod";
import { defineDirective } from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";

const LEVELS = ["PUBLIC", "INTERNAL", "CONFIDENTIAL", "RESTRICTED"] as const;

/** `@classification`: how sensitive the data is and which kinds of personal data it holds (governance.md §3). */
export const classification = defineDirective({
  name: "classification",
  spec: "governance",
  sdl: `enum ClassificationLevel { PUBLIC INTERNAL CONFIDENTIAL RESTRICTED }
directive @classification(level: ClassificationLevel!, categories: [String!]) on OBJECT | FIELD_DEFINITION | SCALAR | ENUM | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION`,
  args: z.strictObject({ level: enumValue(LEVELS), categories: z.array(z.string().min(1)).default([]) }),
  merge: (contributions) => {
    const all = contributions.flatMap((item) => item.applications);
    const level = LEVELS[Math.max(...all.map((args) => LEVELS.indexOf(args.level)))] ?? "RESTRICTED";
    const categories = [...new Set(all.flatMap((args) => args.categories))].sort();
    return { kind: "merged", applications: [{ level, categories }] };
  },
  describe: ({ level, categories }) => [level, ...categories].join(" "),
});
