import { readFileSync } from "node:fs";
import type { ServeProcess } from "../testkit/serve-process.ts";

/** What a process did since the last look. */
export interface Reading {
  /** The longest turn of the event loop, in milliseconds of the clock, as the gateway's metrics tell. */
  readonly lag: number;
  /** Milliseconds of the processor that its main thread took in all. */
  readonly work: number;
  /** Megabytes. */
  readonly memory: number;
}

/** Looks at a gateway; each look starts a new measurement of `lag`. */
export async function readGateway({ url, child: { pid = 0 } }: ServeProcess): Promise<Reading> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const lag = Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(metrics)?.[1] ?? 0) * 1000;
  return { lag, work: mainThreadTime(pid), memory: memoryOf(pid) };
}

function mainThreadTime(pid: number): number {
  try {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ");
    return Number(nanoseconds) / 1e6;
  } catch {
    return 0;
  }
}

function memoryOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}
