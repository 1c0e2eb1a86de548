import { usageOf } from "./child-process.ts";
import { generateLoad, type LoadRequest } from "./generate-load.ts";
import type { Measured } from "./prepare-answers.ts";

/** What one measurement gave. */
export interface Sample {
  /** CPU of the gateway's process, user and system, milliseconds per request. */
  readonly cpu: number;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The largest seen, megabytes. */
  readonly rss: number;
}

/** Code that is still being compiled costs up to half more: by how much longer than it is measured a participant is loaded before. */
const WARM_UP = 3;

/** Loads one participant for so many seconds, once it is warm. */
export async function measure(
  { participant, requests }: Measured,
  seconds: number,
  connections: number,
): Promise<Sample> {
  const { pid } = participant.process;
  await run(requests, WARM_UP * seconds, connections);
  let rss = 0;
  const timer = setInterval(() => {
    rss = Math.max(rss, usageOf(pid).rss);
  }, 250);
  const before = usageOf(pid);
  const { requests: count, elapsed, latencies } = await run(requests, seconds, connections);
  const after = usageOf(pid);
  clearInterval(timer);
  return {
    cpu: (after.cpu - before.cpu) / count,
    requestsPerSecond: (count / elapsed) * 1000,
    p50: latencies[Math.floor(count * 0.5)] ?? Number.NaN,
    p99: latencies[Math.floor(count * 0.99)] ?? Number.NaN,
    rss: Math.max(rss, after.rss),
  };
}

function run(requests: readonly LoadRequest[], seconds: number, connections: number) {
  const end = performance.now() + seconds * 1000;
  const at = (index: number): LoadRequest => {
    const request = requests[index % requests.length];
    if (!request) throw new Error("there is nothing to send");
    return request;
  };
  return generateLoad(connections, at, () => performance.now() < end);
}
