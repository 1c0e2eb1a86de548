import { z } from "zod";
import type { Rule } from "./merge-policy.ts";

/** Where a rule comes from. */
export interface RuleOrigin {
  /** The subgraphs that state it. */
  readonly subgraphs: readonly string[];
  /** Why it holds though nobody wrote it there; null where somebody did. */
  readonly reason: string | null;
}

/** The origin of each rule of an artifact; a supergraph SDL alone does not say which subgraph wrote what. */
export type RuleOrigins = ReadonlyMap<string, RuleOrigin>;

/** For supergraphs that come without a manifest. */
export const NO_ORIGINS: RuleOrigins = new Map();

const artifact = z.object({
  governance: z.object({
    rules: z.array(
      z.object({
        coordinate: z.string(),
        directive: z.string(),
        subgraphs: z.array(z.string()),
        reason: z.string().nullable(),
      }),
    ),
  }),
});

/** Reads the manifest of an artifact; what has none has no origins. */
export function readRuleOrigins(content: unknown): RuleOrigins {
  const parsed = artifact.safeParse(content);
  if (!parsed.success) return NO_ORIGINS;
  return new Map(
    parsed.data.governance.rules.map(({ coordinate, directive, subgraphs, reason }) => [
      keyOf(coordinate, directive),
      { subgraphs, reason },
    ]),
  );
}

/** Where a rule comes from, or null where nobody knows. */
export function originOf({ coordinate, directive }: Rule, origins: RuleOrigins): RuleOrigin | null {
  return origins.get(keyOf(coordinate, directive.name)) ?? null;
}

function keyOf(coordinate: string, directive: string): string {
  return `${coordinate}@${directive}`;
}
