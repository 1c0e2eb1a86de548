import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";

/** How much the process has to do. */
export interface PressureGauge {
  /** How late the event loop was since this was asked last, in milliseconds, and which share of the heap that lasts is in use (0 to 1). */
  readonly read: () => { readonly loopDelayMs: number; readonly heapShare: number };
  /** Milliseconds that what subgraphs answered has been waiting for a turn of the event loop, now. */
  readonly waitingMs: () => number;
  readonly stop: () => void;
}

/**
 * What V8 and the event loop say.
 *
 * @param waitingMs see {@link PressureGauge}
 */
export function createPressureGauge(waitingMs: () => number): PressureGauge {
  const resolution = 10;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const limit = getHeapStatistics().heap_size_limit - youngGeneration();
  const read = () => {
    const loopDelayMs = delay.count === 0 ? 0 : Math.max(0, delay.mean / 1e6 - resolution);
    delay.reset();
    return { loopDelayMs, heapShare: used() / limit };
  };
  return { read, waitingMs, stop: () => void delay.disable() };
}

/**
 * Bytes. It is the old generation whose limit ends the process, and what lives in the young one may come to it any
 * moment. The garbage in it is little by then: V8 collects when it has grown half the way from what was left last time
 * to the limit.
 */
function used(): number {
  return getHeapSpaceStatistics().reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}

/**
 * Bytes of the young generation that V8 counts into the heap's limit: two semi-spaces, and one of large objects. It rounds
 * their size up to a power of two.
 */
function youngGeneration(): number {
  const flags = [process.env.NODE_OPTIONS ?? "", ...process.execArgv].join(" ");
  const sizes = [...flags.matchAll(/--max[-_]semi[-_]space[-_]size[= ](\d+)/g)];
  const megabytes = Number(sizes.at(-1)?.[1]) || 16;
  return 3 * 2 ** Math.ceil(Math.log2(megabytes)) * 1_048_576;
}
