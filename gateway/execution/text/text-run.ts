import type { Calls } from "../calls.ts";
import type { PlannedFetch } from "../plan-fetches.ts";
import type { TextState } from "./tape.ts";

/** The state of one run of a text program. */
export interface TextRun extends TextState {
  readonly calls: Calls;
  /** Set when something is out of the ordinary; what is under way then comes to nothing. */
  gaveUp: boolean;
}

/** A part of a compiled plan. Never rejects: a run that fails gives up, and nothing writes on its tape afterwards. */
export type TextStep = (run: TextRun) => Promise<void>;

/** Does a step; if anything is thrown, the run gives up. */
export async function attempt(run: TextRun, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch {
    run.gaveUp = true;
  }
}

/** The text of an answer; null if there is none, or if the run gave up in the meantime. */
export async function receive(
  run: TextRun,
  planned: PlannedFetch,
  representations: string | null,
): Promise<string | null> {
  const reply = await planned.call(run.calls, representations, null);
  if (reply.kind !== "answer") run.gaveUp = true;
  return reply.kind === "answer" && !run.gaveUp ? reply.text : null;
}
