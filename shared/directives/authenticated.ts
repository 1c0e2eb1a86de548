import { z } from "zod";
import { ALLOW, defineDirective } from "../define-directive.ts";

/** `@authenticated`: only callers with a verified token (Apollo Federation 2.5; governance.md §2 rule 7). */
export const authenticated = defineDirective({
  name: "authenticated",
  spec: "federation",
  sdl: "directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM",
  args: z.strictObject({}),
  merge: () => ({ kind: "merged", applications: [{}] }),
  covers: (own, needed) => needed.length === 0 || own.length > 0,
  judge: (_applications, caller) =>
    caller.principal.kind === "authenticated"
      ? ALLOW
      : { kind: "deny", code: "UNAUTHENTICATED", missing: [] },
  aspect: "ACCESS",
  describe: () => "needs a verified token",
});
