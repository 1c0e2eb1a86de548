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

/**
 * Makes a call and reads its answer; if there is none, or anything is thrown, the run gives up. An answer that comes
 * after that is not read.
 */
export async function readAnswer(
  run: TextRun,
  planned: PlannedFetch,
  representations: string | null,
  read: (text: string) => void,
): Promise<void> {
  try {
    const reply = await planned.call(run.calls, representations, null);
    if (reply.kind !== "answer") run.gaveUp = true;
    else if (!run.gaveUp) read(reply.text);
  } catch {
    run.gaveUp = true;
  }
}
