import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A process of the benchmark. */
export interface BenchProcess {
  readonly pid: number;
  /** What it said first. */
  readonly hello: Readonly<Record<string, unknown>>;
  /** Sends a message and gives the next answer. */
  readonly ask: (message: unknown) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

export interface BenchProcessOptions {
  /** Path of the module from the root of the compiled tree. */
  readonly module: string;
  readonly args?: readonly string[];
  readonly nodeFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** CPU to run on, where `taskset` exists; null for any. */
  readonly cpu: number | null;
  /** `message`: says hello over IPC; `log`: its first log line with a `url` is the hello. */
  readonly greets: "message" | "log";
}

const ROOT = join(import.meta.dirname, "../..");

/** Starts a module of the compiled tree and waits until it says where it listens. */
export async function startBenchProcess(options: BenchProcessOptions): Promise<BenchProcess> {
  const node = [process.execPath, ...(options.nodeFlags ?? []), join(ROOT, options.module)];
  const pin = options.cpu === null ? [] : ["taskset", "-c", String(options.cpu)];
  const [command = "", ...args] = [...pin, ...node, ...(options.args ?? [])];
  const child = spawn(command, args, {
    stdio: ["ignore", options.greets === "log" ? "pipe" : "ignore", "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production", ...options.env },
  });
  const hello = await Promise.race([
    options.greets === "log" ? firstLogWithUrl(child) : nextMessage(child),
    once(child, "exit").then(() => {
      throw new Error(`${options.module} ended before it was ready`);
    }),
  ]);
  return {
    pid: child.pid ?? 0,
    hello,
    ask: async (message) => {
      const answer = nextMessage(child);
      child.send(message as object);
      return answer;
    },
    stop: () => stop(child),
  };
}

/** CPU time of a process so far, user and system, in milliseconds; its memory in megabytes. */
export function usageOf(pid: number): { readonly cpu: number; readonly rss: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Fields 14 and 15, counted after the name in parentheses; in hundredths of a second on every Linux.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return { cpu: (Number(fields[11]) + Number(fields[12])) * 10, rss: (pages * 4096) / 1e6 };
  } catch {
    const [time = "", rss = ""] = execFileSync("ps", ["-o", "cputime=,rss=", "-p", String(pid)])
      .toString()
      .trim()
      .split(/\s+/);
    const seconds = time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    return { cpu: seconds * 1000, rss: (Number(rss) * 1024) / 1e6 };
  }
}

async function nextMessage(child: ChildProcess): Promise<Readonly<Record<string, unknown>>> {
  const [message] = await once(child, "message");
  return message;
}

/** Reads the log to its end; errors in it are shown. */
function firstLogWithUrl(child: ChildProcess): Promise<Readonly<Record<string, unknown>>> {
  const { stdout } = child;
  if (!stdout) throw new Error("the log is not piped");
  return new Promise((resolve) => {
    createInterface(stdout).on("line", (line) => {
      const entry: Readonly<Record<string, unknown>> = JSON.parse(line);
      if (typeof entry.url === "string") resolve(entry);
      if (Number(entry.level) >= 50) process.stderr.write(`${line}\n`);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await exited;
  clearTimeout(timer);
}
