import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { InternalError } from "../../shared/errors.ts";

export interface ServiceOptions {
  /** Name in messages. */
  readonly name: string;
  /** Path of the compiled entry module. */
  readonly module: string;
  readonly env: Readonly<Record<string, string>>;
  /** File that gets what the process prints. */
  readonly logFile: string;
}

/** A service that runs as a process of its own. */
export class ServiceProcess {
  readonly #options: ServiceOptions;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;

  constructor(options: ServiceOptions) {
    const log = openSync(options.logFile, "w");
    this.#options = options;
    this.#child = spawn(process.execPath, [options.module], {
      env: { ...inherited(), ...options.env },
      // The channel says nothing; its end tells the service that this process is gone.
      stdio: ["ignore", log, log, "ipc"],
    });
    closeSync(log);
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", () => resolve(1));
      this.#child.once("exit", (code) => resolve(code ?? 1));
    });
  }

  /** The exit code, once it ends. */
  get ended(): Promise<number> {
    return this.#ended;
  }

  /** What it printed so far. */
  output(): string {
    return readFileSync(this.#options.logFile, "utf8");
  }

  /** Resolves once the address answers 200; rejects with the process's own words where it ends before. */
  async ready(healthUrl: string): Promise<void> {
    let isOver = false;
    const ended = this.#ended.then(() => {
      isOver = true;
    });
    while (!isOver) {
      if (await isHealthy(healthUrl)) return;
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50))]);
    }
    throw new InternalError(`${this.#options.name} did not start:\n${this.output().slice(-2000)}`);
  }

  /** SIGTERM, and SIGKILL where that does not end it in five seconds. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await this.#ended;
    clearTimeout(timer);
  }
}

/** Of this process's environment only what a service may know: no administrator's connections, no secrets. */
function inherited(): Readonly<Record<string, string | undefined>> {
  const isHarmless = (name: string) =>
    /^(PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|NODE_\w+|LOG_LEVEL)$/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isHarmless(name)));
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
