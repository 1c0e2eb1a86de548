import { z } from "zod";
import { defineDirective } from "../define-directive.ts";

/** `@owner`: the team that answers for a type or field, shown in catalog, errors and audit (governance.md §3). */
export const owner = defineDirective({
  name: "owner",
  spec: "governance",
  sdl: "directive @owner(team: String!, contact: String!) on SCHEMA | OBJECT | FIELD_DEFINITION",
  args: z.strictObject({ team: z.string().min(1), contact: z.string().min(1) }),
  byResolver: true,
  merge: (contributions) => ({
    kind: "merged",
    applications: contributions.slice(0, 1).flatMap((item) => item.applications),
  }),
  lintAbsent: ({ entity, coordinate }) =>
    entity
      ? [
          {
            severity: "warning",
            code: "OWNER_MISSING",
            message: `The entity ${coordinate} has no owner: nobody is named who answers for its data.`,
            remedy: "Add @owner(team:, contact:) to the type in the subgraph that resolves it.",
          },
        ]
      : [],
  weakens: () => false,
  ofProduct: ({ owner: { team, contact } }) => ({ team, contact }),
  facts: (args) => ({ owner: args }),
  describe: ({ team, contact }) => `${team} (${contact})`,
});
