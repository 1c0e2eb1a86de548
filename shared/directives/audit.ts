import { z } from "zod";
import { defineDirective } from "../define-directive.ts";
import { enumValue } from "../directive-arguments.ts";

const LEVELS = ["BATCHED", "DURABLE"] as const;

/**
 * `@audit`: each delivery is recorded. BATCHED records follow shortly after the answer; with DURABLE the answer
 * waits for its record (governance.md §3).
 */
export const audit = defineDirective({
  name: "audit",
  spec: "governance",
  sdl: `enum AuditLevel { ${LEVELS.join(" ")} }
directive @audit(level: AuditLevel!) on OBJECT | FIELD_DEFINITION`,
  args: z.strictObject({ level: enumValue(LEVELS) }),
  merge: (contributions) => {
    const levels = contributions.flatMap((item) => item.applications.map(({ level }) => level));
    return {
      kind: "merged",
      applications: [{ level: levels.includes("DURABLE") ? "DURABLE" : "BATCHED" } as const],
    };
  },
  audits: ({ level }) => level,
  describe: ({ level }) => `each delivery is recorded (${level})`,
});
