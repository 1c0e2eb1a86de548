import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type LoadColumns, type LoadPlan, type LoadRecord, OUTCOMES } from "./plan.ts";

/** What came of a plan. */
export interface LoadResult extends Pick<LoadColumns, "strange" | "lateness"> {
  readonly records: readonly LoadRecord[];
}

/** A process that only sends requests. */
export interface LoadProcess {
  readonly pid: number;
  /** Resolves when the last request of the plan was answered. */
  readonly run: (plan: LoadPlan) => Promise<LoadResult>;
  readonly stop: () => Promise<void>;
}

/** Starts a process that sends load. */
export async function startLoadProcess(): Promise<LoadProcess> {
  const { child } = await forkProcess("load-process.ts");
  let last = 0;
  const run = (plan: LoadPlan): Promise<LoadResult> => {
    last += 1;
    const id = last;
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error("the load process ended"));
      const take = (answer: { readonly id: number; readonly columns: LoadColumns }) => {
        if (answer.id !== id) return;
        child.off("message", take);
        child.off("exit", ended);
        resolve(toResult(answer.columns));
      };
      child.on("message", take);
      child.once("exit", ended);
      child.send({ id, plan });
    });
  };
  return { pid: child.pid ?? 0, run, stop: () => stopProcess(child) };
}

function toResult({ kind, outcome, due, took, strange, lateness }: LoadColumns): LoadResult {
  const records = kind.map((index, row) => ({
    kind: index,
    outcome: OUTCOMES[outcome[row] ?? 3] ?? "failed",
    due: due[row] ?? 0,
    took: took[row] ?? 0,
  }));
  return { records, strange, lateness };
}

export interface ForkedProcess {
  readonly child: ChildProcess;
  /** What it said first. */
  readonly hello: unknown;
}

/** Runs a module of this folder as a process with a channel; resolves when it has said its first word. */
export async function forkProcess(module: string, args: readonly string[] = []): Promise<ForkedProcess> {
  const path = fileURLToPath(new URL(`./${module}`, import.meta.url));
  const child = fork(path, [...args], { execArgv: ["--import", "tsx"] });
  const [hello] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error(`${module} ended`))),
  ]);
  return { child, hello };
}

/** Ends a process that ends with its channel. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  if (child.connected) child.disconnect();
  else child.kill("SIGTERM");
  await ended;
}

/** Keeps a process, with all its threads, on one processor, where there are two and the system can. */
export function pin(pid: number, processor: 0 | 1): void {
  if (availableParallelism() < 2) return;
  try {
    execFileSync("taskset", ["-a", "-c", "-p", String(processor), String(pid)], { stdio: "ignore" });
  } catch {
    // No `taskset` here: the system decides.
  }
}
