import fc from "fast-check";

/** Numbers that a `Tape` reads its choices from. */
export type Choices = readonly number[];

export interface Exploration<Setting> {
  readonly seed: number;
  /** How many settings are drawn before it is asked again whether there were enough cases. */
  readonly batch: number;
  readonly operationsPerSetting: number;
  readonly isDone: () => boolean;
  /** What operations run against; null where the draw makes nothing that works. */
  readonly open: (first: Choices, second: Choices) => Setting | null;
  /** Rejects where the operation shows a fault. */
  readonly compare: (setting: Setting, operation: Choices) => Promise<void>;
}

/** Shrinking stops after so long and reports what it has by then. */
const SHRINKING_MS = 120_000;

/**
 * Draws settings, and operations for each of them, until there were enough cases: a setting is dear, an operation is
 * cheap. The first fault is shrunk to one small setting and one small operation.
 */
export async function explore<Setting>(exploration: Exploration<Setting>): Promise<void> {
  const { seed, batch, operationsPerSetting, isDone, open, compare } = exploration;
  const operations = fc.array(tape, { minLength: operationsPerSetting, maxLength: operationsPerSetting });
  const draws = fc.tuple(tape, tape, operations);
  for (let round = 0; !isDone(); round += 1) {
    for (const [first, second, drawn] of fc.sample(draws, { seed: seed + round, numRuns: batch })) {
      const setting = open(first, second);
      if (setting === null) continue;
      for (const operation of drawn) {
        try {
          await compare(setting, operation);
        } catch (error) {
          await shrink(exploration, [first, second, operation]);
          throw error;
        }
      }
    }
  }
}

const tape = fc.array(fc.nat(10_000), { maxLength: 500, size: "max" });

/** Throws the smallest case that still fails; returns if it fails no more, in which case it depends on others. */
async function shrink<Setting>(
  { seed, open, compare }: Exploration<Setting>,
  [first, second, operation]: readonly [Choices, Choices, Choices],
): Promise<void> {
  const property = fc.asyncProperty(tape, tape, tape, async (...choices) => {
    const setting = open(choices[0], choices[1]);
    if (setting !== null) await compare(setting, choices[2]);
  });
  await fc.assert(property, {
    seed,
    numRuns: 1,
    examples: [[[...first], [...second], [...operation]]],
    interruptAfterTimeLimit: SHRINKING_MS,
    markInterruptAsFailure: false,
  });
}
