import { z } from "zod";
import { askRegistry, type RegistryAccess } from "./registry-client.ts";
import type { Outcome } from "./report.ts";

const listed = z.array(
  z.looseObject({
    at: z.string(),
    actor: z.string(),
    verb: z.string(),
    subject: z.string(),
    outcome: z.string(),
  }),
);

/** `dpg registry acts`: who did what, and what was refused, newest first. */
export async function listActs(access: RegistryAccess, limit: number): Promise<Outcome> {
  const acts = await askRegistry(access, { method: "GET", path: `/acts?limit=${limit}` }, listed);
  const lines = acts.map(({ at, actor, verb, subject, outcome }) =>
    [at, actor, verb, subject, outcome].join("\t"),
  );
  return { data: { acts }, text: lines.join("\n") };
}
