import { readFileSync } from "node:fs";

/** What kept the event loop from its next turn. */
export interface LoopPauses {
  /** The longest stretch without a turn, in milliseconds of the clock. */
  readonly clock: number;
  /**
   * The most work between two turns, in milliseconds of the processor: without what other processes took meanwhile.
   * The same as `clock` where the system does not tell.
   */
  readonly work: number;
}

/** Watches the event loop of the main thread, a turn per millisecond, until it is asked what it saw. */
export function watchLoop(): () => LoopPauses {
  let clock = 0;
  let work = 0;
  let lastClock = performance.now();
  let lastWork = processorTime();
  const look = (): void => {
    const nowClock = performance.now();
    const nowWork = processorTime();
    clock = Math.max(clock, nowClock - lastClock);
    work = Math.max(work, nowWork - lastWork);
    lastClock = nowClock;
    lastWork = nowWork;
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return { clock, work };
  };
}

/** Milliseconds that the main thread has been running. */
function processorTime(): number {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
    return Number(nanoseconds) / 1e6;
  } catch {
    return performance.now();
  }
}
