import type { ProgramInput } from "./executor.ts";
import type { PlannedFetch } from "./plan-fetches.ts";
import type { CompileTextProgram, TextProgram } from "./text/compile-text-program.ts";
import { compileFastWriter, type FastWriter } from "./write-response.ts";

/** What is generated for an operation that keeps coming. */
export interface GeneratedProgram {
  /** Null where the plan is not one for a text program. */
  readonly runText: TextProgram | null;
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
  let generated: GeneratedProgram | undefined;
  return () => {
    runs += 1;
    if (runs < RUNS_BEFORE_GENERATION) return NOTHING_GENERATED;
    generated ??= generate(input, compileText(input, fetches));
    return generated;
  };
}

const NOTHING_GENERATED: GeneratedProgram = { runText: null, write: () => null };

function generate(input: ProgramInput, program: TextProgram | null): GeneratedProgram {
  let writer: FastWriter | null | undefined;
  const write = (): FastWriter | null => {
    if (writer === undefined) writer = compileFastWriter(input.shape, input.apiSchema);
    return writer;
  };
  return { runText: program && pauseOnFailure(program), write };
}

/** Give-ups in a row after which a text program is not tried for some time: its answers are not made for it. */
const MAX_GIVE_UPS = 5;
const PAUSE_RUNS = 200;

function pauseOnFailure(program: TextProgram): TextProgram {
  let giveUps = 0;
  let pause = 0;
  return async (calls, request) => {
    if (pause > 0) {
      pause -= 1;
      return null;
    }
    const text = await program(calls, request);
    giveUps = text === null ? giveUps + 1 : 0;
    if (giveUps >= MAX_GIVE_UPS) pause = PAUSE_RUNS;
    return text;
  };
}
