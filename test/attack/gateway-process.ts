import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { ROOT } from "../testkit/run-command.ts";

/** A gateway as an operator runs it. */
export interface GatewayProcess {
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** `dpg serve` over a supergraph file, in production mode, on a free port. */
export async function serveSupergraph(file: string): Promise<GatewayProcess> {
  const args = ["gateway/commands/dpg.mjs", "serve", "--supergraph", file, "--port", "0"];
  const flags = ["--max-semi-space-size=64", "--max-old-space-size=2000"];
  const child = spawn(process.execPath, [...flags, ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await Promise.race([firstUrl(child), endOf(child)]);
  const stop = async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
  return { url, pid: child.pid ?? 0, stop };
}

/** The address in the first line of the log that has one; later lines are let go. */
function firstUrl({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    if (!stdout) return;
    createInterface({ input: stdout }).on("line", (line) => {
      const url = /"url":"([^"]+)"/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

async function endOf(child: ChildProcess): Promise<never> {
  const [code] = await once(child, "exit");
  throw new Error(`the gateway ended with code ${code} before it served`);
}

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
export async function readGateway({ url, pid }: GatewayProcess): Promise<Reading> {
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
