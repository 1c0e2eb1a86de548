import { z } from "zod";
import type { PlaceFacts } from "../../shared/define-directive.ts";
import { DIRECTIVES } from "../../shared/directives/index.ts";

/** What an artifact's manifest says of one place. */
export interface ManifestFacts {
  readonly coordinate: string;
  readonly facts: readonly PlaceFacts[];
  /** Fields that decide whether a caller sees an object. */
  readonly filteredBy: readonly string[];
}

/** The governance manifest of an artifact, as far as it is read here. */
export const manifestSchema = z.object({
  rules: z.array(
    z.object({ coordinate: z.string(), directive: z.string(), applications: z.array(z.unknown()) }),
  ),
});

/** The facts that an artifact's manifest states, rule by rule; rules of directives that this gateway does not know state none. */
export function manifestFacts({ rules }: z.infer<typeof manifestSchema>): readonly ManifestFacts[] {
  return rules.flatMap(({ coordinate, directive, applications }) => {
    const known = DIRECTIVES.find(({ name }) => name === directive);
    if (!known) return [];
    return {
      coordinate,
      facts: applications.flatMap((args) => known.facts?.(args) ?? []),
      filteredBy: applications.flatMap((args) => known.rows?.(args).field ?? []),
    };
  });
}
