import { z } from "zod";
import { defineDirective } from "../define-directive.ts";
import { mergeIdentical } from "../merge-requirements.ts";

/**
 * `@rowFilter`: an object is visible only where its `field` is in the caller's `claim`; the gateway omits it
 * from lists and nulls it elsewhere, kit subgraphs also push it into SQL (governance.md §3, §6).
 */
export const rowFilter = defineDirective({
  name: "rowFilter",
  spec: "governance",
  sdl: "directive @rowFilter(field: String!, claim: String!) repeatable on OBJECT",
  args: z.strictObject({ field: z.string().regex(/^[A-Za-z]\w*$/), claim: z.string().min(1) }),
  merge: mergeIdentical,
  rows: (args) => args,
  describe: ({ field, claim }) => `only objects whose ${field} is in the caller's claim ${claim}`,
});
