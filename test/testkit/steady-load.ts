export interface SteadyLoad {
  /** Ends it; resolves once every request was answered. */
  readonly stop: () => Promise<{
    readonly sent: number;
    /** Per second, over the whole time. */
    readonly rate: number;
    /** Answers that were not as they should be. */
    readonly failed: readonly unknown[];
    /** Milliseconds from when each request was due to its answer, sorted. */
    readonly took: readonly number[];
  }>;
}

/** Milliseconds between two looks at what is due. */
const TICK = 5;

/**
 * Sends requests at a fixed rate whatever becomes of them (open loop): each is due at its time, and one that is sent
 * late, because this process was busy, still counts from then.
 *
 * @param send one request; rejects, or gives what went wrong, or null
 */
export function startSteadyLoad(perSecond: number, send: () => Promise<unknown>): SteadyLoad {
  const since = performance.now();
  const pending = new Set<Promise<void>>();
  const failed: unknown[] = [];
  const took: number[] = [];
  let sent = 0;
  const sendOne = async (due: number) => {
    const problem = await send().catch((error: unknown) => error ?? "rejected");
    took.push(performance.now() - due);
    if (problem !== null) failed.push(problem);
  };
  const timer = setInterval(() => {
    for (let due = dueAt(sent); due <= performance.now(); due = dueAt(sent)) {
      sent += 1;
      const one = sendOne(due).finally(() => pending.delete(one));
      pending.add(one);
    }
  }, TICK);
  const dueAt = (number: number) => since + (number * 1000) / perSecond;
  return {
    stop: async () => {
      clearInterval(timer);
      const rate = (sent * 1000) / (performance.now() - since);
      await Promise.all(pending);
      return { sent, rate, failed, took: took.sort((a, b) => a - b) };
    },
  };
}
