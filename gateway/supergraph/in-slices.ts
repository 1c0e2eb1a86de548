/** Milliseconds for which the event loop is kept at a time. */
const SLICE = 5;

/** Runs steps to their end; before each slice of them whoever else waits for the event loop has a turn. */
export async function inSlices<T>(steps: Generator<void, T, void>): Promise<T> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const since = performance.now();
    while (performance.now() - since < SLICE) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }
}

/** Runs steps to their end at once. */
export function atOnce<T>(steps: Generator<void, T, void>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
