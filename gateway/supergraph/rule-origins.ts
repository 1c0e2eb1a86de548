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

/** Origins on their way between threads: JSON texts of a few hundred each, which is cheap to send. */
export type OriginsText = readonly string[];

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

/** Origins of one JSON text. */
const PIECE = 200;

/** Writes origins as texts for {@link assembleOrigins}. */
export function originsInPieces(origins: RuleOrigins): OriginsText {
  const all = [...origins];
  const count = Math.ceil(all.length / PIECE);
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify(all.slice(index * PIECE, (index + 1) * PIECE)),
  );
}

const piece = z.array(
  z.tuple([z.string(), z.object({ subgraphs: z.array(z.string()), reason: z.string().nullable() })]),
);

/** The same again, in steps between which the event loop can be let go. */
export function* assembleOrigins(texts: OriginsText): Generator<void, RuleOrigins, void> {
  const origins = new Map<string, RuleOrigin>();
  for (const text of texts) {
    for (const [key, origin] of piece.parse(JSON.parse(text))) origins.set(key, origin);
    yield;
  }
  return origins;
}

/** Where a rule comes from, or null where nobody knows. */
export function originOf({ coordinate, directive }: Rule, origins: RuleOrigins): RuleOrigin | null {
  return origins.get(keyOf(coordinate, directive.name)) ?? null;
}

function keyOf(coordinate: string, directive: string): string {
  return `${coordinate}@${directive}`;
}
