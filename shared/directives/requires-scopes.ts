import { z } from "zod";
import { ALLOW, defineDirective } from "../define-directive.ts";
import { anyOfAllOf } from "../directive-arguments.ts";
import { conjunction, implies } from "../merge-requirements.ts";

/** `@requiresScopes`: the token has all scopes of one of the lists (Apollo Federation 2.5; governance.md §2). */
export const requiresScopes = defineDirective({
  name: "requiresScopes",
  spec: "federation",
  sdl: `scalar federation__Scope
directive @requiresScopes(scopes: [[federation__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM`,
  args: z.strictObject({ scopes: anyOfAllOf }),
  merge: (contributions) => ({
    kind: "merged",
    applications: [
      {
        scopes: conjunction(
          contributions.flatMap((item) => item.applications.map((args) => args.scopes)),
        ).map((all) => [...all]),
      },
    ],
  }),
  protects: true,
  covers: (own, needed) =>
    needed.every((item) =>
      implies(
        own.map((args) => args.scopes),
        item.scopes,
      ),
    ),
  judge: (applications, { principal }) => {
    const held = principal.kind === "authenticated" ? principal.scopes : new Set<string>();
    const failed = applications.find(
      ({ scopes }) => !scopes.some((all) => all.every((name) => held.has(name))),
    );
    if (!failed) return ALLOW;
    return {
      kind: "deny",
      code: principal.kind === "anonymous" ? "UNAUTHENTICATED" : "UNAUTHORIZED_FIELD_OR_TYPE",
      missing: failed.scopes.map((all) => all.filter((name) => !held.has(name))),
    };
  },
  aspect: "ACCESS",
  describe: ({ scopes }) => `needs ${scopes.map((all) => all.join(" and ")).join(", or ")}`,
});
