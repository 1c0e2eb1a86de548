import { within } from "../shared/within.ts";
import type { SupergraphLife } from "./open-generations.ts";
import type { WarmKnown } from "./request/warm-known.ts";
import type { Supergraph } from "./supergraph/supergraph.ts";

/** Milliseconds for which the start waits for operations to be planned ahead. */
const PATIENCE = 1500;
/** Milliseconds for which that goes on. */
const PLANNING = 15_000;

/**
 * Plans what is used most, for the generation that is served and for each later one that the switch had no time for.
 * Resolves when that is done for the one that is served, or the patience of a start is over.
 */
export async function planAhead(warm: WarmKnown, { current, onChange }: SupergraphLife): Promise<void> {
  const plan = (supergraph: Supergraph) => {
    const until = performance.now() + PLANNING;
    return warm(supergraph, () => current() === supergraph && performance.now() < until);
  };
  onChange((supergraph) => void plan(supergraph));
  await within(PATIENCE, plan(current()));
}
