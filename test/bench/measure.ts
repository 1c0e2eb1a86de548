import { usageOf } from "./child-process.ts";
import { generateLoad, type LoadRequest, type LoadResult } from "./generate-load.ts";
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

/**
 * Loads each participant for so many seconds in all, once it is warm, in so many turns with the others: a machine's speed
 * may change by a third within a minute, and they are to be compared at one speed.
 */
export async function measureInTurns(
  items: readonly Measured[],
  {
    seconds,
    turns,
    connections,
  }: { readonly seconds: number; readonly turns: number; readonly connections: number },
): Promise<readonly Sample[]> {
  const parts: Part[][] = items.map(() => []);
  for (const { requests } of items) await run(requests, WARM_UP * seconds, connections);
  for (let turn = 0; turn < turns; turn += 1)
    for (const [index, item] of items.entries())
      parts[index]?.push(await measurePart(item, seconds / turns, connections));
  return parts.map(toSample);
}

/** What one turn gave. */
interface Part extends LoadResult {
  /** Milliseconds of CPU in all. */
  readonly cpu: number;
  readonly rss: number;
}

async function measurePart(
  { participant, requests }: Measured,
  seconds: number,
  connections: number,
): Promise<Part> {
  const { pid } = participant.process;
  let rss = 0;
  const timer = setInterval(() => {
    rss = Math.max(rss, usageOf(pid).rss);
  }, 250);
  const before = usageOf(pid);
  const load = await run(requests, seconds, connections);
  const after = usageOf(pid);
  clearInterval(timer);
  return { ...load, cpu: after.cpu - before.cpu, rss: Math.max(rss, after.rss) };
}

function toSample(parts: readonly Part[]): Sample {
  const sum = (value: (part: Part) => number) => parts.reduce((all, part) => all + value(part), 0);
  const count = sum(({ requests }) => requests);
  const latencies = parts.flatMap(({ latencies }) => [...latencies]).sort((a, b) => a - b);
  return {
    cpu: sum(({ cpu }) => cpu) / count,
    requestsPerSecond: (count / sum(({ elapsed }) => elapsed)) * 1000,
    p50: latencies[Math.floor(count * 0.5)] ?? Number.NaN,
    p99: latencies[Math.floor(count * 0.99)] ?? Number.NaN,
    rss: Math.max(...parts.map(({ rss }) => rss)),
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
