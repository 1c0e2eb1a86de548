import type { ProgramInput } from "./executor.ts";
import type { PlannedFetch } from "./plan-fetches.ts";
import type { CompileTextProgram, TextProgram } from "./text/compile-text-program.ts";
import { compileFastWriter, type FastWriter } from "./write-response.ts";

/** What is generated for an operation that keeps coming. */
export interface GeneratedProgram {
  /** Null where the plan is not one for a text program, and for some time after too many runs that gave up. */
  readonly runText: TextProgram | null;
  /** Told what each run of {@link runText} gave. */
  readonly noteText: (text: string | null) => void;
  /** The fast writer of parsed data, compiled when it is first wanted. */
  readonly write: () => FastWriter | null;
}

/** Runs of a program that closures serve, before code is generated for it: most operations of a crowd come once. */
const RUNS_BEFORE_GENERATION = 2;

/** Gives, for each run of an operation, the code to use: none at first. */
export function generateLater(
  input: ProgramInput,
  fetches: readonly PlannedFetch[],
  compileText: CompileTextProgram,
): () => GeneratedProgram {
  let runs = 0;
  let generated: (() => GeneratedProgram) | undefined;
  return () => {
    runs += 1;
    if (runs < RUNS_BEFORE_GENERATION) return NOTHING_GENERATED;
    generated ??= generate(input, compileText(input, fetches));
    return generated();
  };
}

const NOTHING_GENERATED: GeneratedProgram = { runText: null, noteText: () => {}, write: () => null };

/** Give-ups in a row after which a text program is not tried for some time: its answers are not made for it. */
const MAX_GIVE_UPS = 5;
const PAUSE_RUNS = 200;

function generate(input: ProgramInput, runText: TextProgram | null): () => GeneratedProgram {
  let writer: FastWriter | null | undefined;
  const write = (): FastWriter | null => {
    if (writer === undefined) writer = compileFastWriter(input.shape, input.apiSchema);
    return writer;
  };
  let giveUps = 0;
  let pause = 0;
  const noteText = (text: string | null): void => {
    giveUps = text === null ? giveUps + 1 : 0;
    if (giveUps >= MAX_GIVE_UPS) pause = PAUSE_RUNS;
  };
  const whole: GeneratedProgram = { runText, noteText, write };
  const parsing: GeneratedProgram = { ...whole, runText: null };
  return () => {
    if (pause === 0) return whole;
    pause -= 1;
    return parsing;
  };
}
