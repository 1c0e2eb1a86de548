import { z } from "zod";
import { ALLOW, defineDirective } from "../define-directive.ts";
import { anyOfAllOf } from "../directive-arguments.ts";
import { conjunction, implies } from "../merge-requirements.ts";

/** `@policy`: all named policies of one of the lists allow (Apollo Federation 2.6; governance.md §2 rule 8). */
export const policy = defineDirective({
  name: "policy",
  spec: "federation",
  sdl: `scalar federation__Policy
directive @policy(policies: [[federation__Policy!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM`,
  args: z.strictObject({ policies: anyOfAllOf }),
  merge: (contributions) => ({
    kind: "merged",
    applications: [
      {
        policies: conjunction(
          contributions.flatMap((item) => item.applications.map((args) => args.policies)),
        ).map((all) => [...all]),
      },
    ],
  }),
  protects: true,
  covers: (own, needed) =>
    needed.every((item) =>
      implies(
        own.map((args) => args.policies),
        item.policies,
      ),
    ),
  judge: (applications, { policies: outcome }) => {
    const holds = (name: string) => outcome.get(name) === true;
    const failed = applications.find(({ policies }) => !policies.some((all) => all.every(holds)));
    if (!failed) return ALLOW;
    return {
      kind: "deny",
      code: "UNAUTHORIZED_FIELD_OR_TYPE",
      missing: failed.policies.map((all) => all.filter((name) => !holds(name))),
    };
  },
  policies: ({ policies }) => policies.flat(),
  aspect: "ACCESS",
  describe: ({ policies }) => `needs policy ${policies.map((all) => all.join(" and ")).join(", or ")}`,
});
