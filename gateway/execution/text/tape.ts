/** The numbers that a run has read; generated readers add to them. */
export interface Tape {
  tape: Int32Array;
  length: number;
}

/** What a run of a text program has read. Arrays by the index of fetches and places; 0 where there is nothing yet. */
export interface TextState extends Tape {
  readonly texts: string[];
  /** Where on the tape the records of the root, or of the entities that came for the representations, are listed. */
  readonly records: number[];
  readonly recordCounts: number[];
  /** Where it is listed which representation stands for each object at a fetch's place; -1 for none. */
  readonly replies: number[];
  /** Where the records of the objects at a place are listed; -1 before they are numbered. */
  readonly objects: number[];
  readonly objectCounts: number[];
}

/** Makes the tape longer by a number of places, and gives where they begin. */
export function extend(state: Tape, count: number): number {
  const start = state.length;
  state.length += count;
  if (state.length > state.tape.length) {
    const longer = new Int32Array(Math.max(state.length, state.tape.length * 2));
    longer.set(state.tape);
    state.tape = longer;
  }
  return start;
}

/** A tape that no other run uses. Only whole numbers are on it, and a run reads only what it wrote. */
export function takeTape(): Int32Array {
  return UNUSED.pop() ?? new Int32Array(LENGTH);
}

/** Gives a tape back, for another run: nothing may write on it any more. */
export function giveBackTape(tape: Int32Array): void {
  if (UNUSED.length < MAX_UNUSED && tape.length <= MAX_KEPT_LENGTH) UNUSED.push(tape);
}

const UNUSED: Int32Array[] = [];
const LENGTH = 4096;
const MAX_UNUSED = 64;
/** Longer ones (256 kB) are let go. */
const MAX_KEPT_LENGTH = 65_536;
