import { z } from "zod";
import { defineDirective } from "../define-directive.ts";
import { mergeIdentical } from "../merge-requirements.ts";

const source = z.string().min(1);

const args = z.strictObject({
  from: z.union([source.transform((name) => [name]), z.array(source).min(1)]),
  transform: z.string().min(1).optional(),
});

/** `@lineage`: what a field is computed from: coordinates of the mesh, or names of datasets (governance.md §3). */
export const lineage = defineDirective<z.infer<typeof args>>({
  name: "lineage",
  spec: "governance",
  sdl: "directive @lineage(from: [String!]!, transform: String) repeatable on FIELD_DEFINITION",
  args,
  merge: mergeIdentical,
  weakens: () => false,
  facts: ({ from, transform = null }) => ({ sources: from.map((item) => ({ from: item, transform })) }),
  describe: ({ from, transform }) => `from ${from.join(", ")}${transform ? ` by ${transform}` : ""}`,
});
