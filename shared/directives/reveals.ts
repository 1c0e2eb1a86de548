import { z } from "zod";
import { ALLOW, defineDirective } from "../define-directive.ts";

/**
 * `@reveals`: an argument, input field or enum value that filters, sorts or groups by protected fields. Its use
 * needs unmasked access to each of them: the answer would tell their values (governance.md §3, §6).
 */
export const reveals = defineDirective({
  name: "reveals",
  spec: "governance",
  sdl: "directive @reveals(fields: [String!]!) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE",
  args: z.strictObject({
    fields: z
      .array(z.string().regex(/^[A-Za-z]\w*\.[A-Za-z]\w*$/, "expected a coordinate: Type.field"))
      .min(1),
  }),
  merge: (contributions) => {
    const fields = contributions.flatMap((item) => item.applications.flatMap((value) => value.fields));
    return { kind: "merged", applications: [{ fields: [...new Set(fields)].sort() }] };
  },
  lint: ({ fields }, { coordinate, fieldAt }) =>
    fields
      .filter((field) => fieldAt(field) === null)
      .map((field) => ({
        severity: "error",
        code: "REVEALS_UNKNOWN_FIELD",
        message: `@reveals on ${coordinate} names ${field}, which is no field of the composed schema.`,
        remedy: "Name the field as Type.field, with the names that clients see.",
      })),
  lintAbsent: ({ suggests, coordinate }) =>
    suggests.length === 0
      ? []
      : [
          {
            severity: "warning",
            code: "REVEALS_MISSING",
            message: `${coordinate} reads as if it searched by ${suggests.join(" or ")}, which is protected: answers could tell its value.`,
            remedy: `Add @reveals(fields: ["${suggests[0]}"]), or rename it.`,
          },
        ],
  reveals: ({ fields }) => fields,
  judgeInput: (applications, _caller, access) => {
    for (const field of applications.flatMap((item) => item.fields)) {
      const verdict = access(field);
      if (verdict.kind === "allow") continue;
      return {
        kind: "deny",
        code: "UNAUTHORIZED_ARGUMENT",
        missing: verdict.kind === "deny" ? verdict.missing : [],
        details: { reveals: field },
      };
    }
    return ALLOW;
  },
  describe: ({ fields }) => `tells the values of ${fields.join(" and ")}`,
});
