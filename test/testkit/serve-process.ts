import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stringify } from "yaml";
import { ROOT } from "./run-command.ts";

export interface ServeProcessOptions {
  readonly supergraphSdl: string;
  /** What stands in gateway.yaml. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of node. */
  readonly nodeOptions?: readonly string[];
  /** What a shell does before it becomes the command, such as `ulimit -n 100`. */
  readonly shell?: string;
}

/** `dpg serve` as a process of its own, on a free port. */
export class ServeProcess {
  readonly child: ChildProcess;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  readonly #directory: string;
  /** The log, by what its entries say; hours of load make it long. */
  readonly #log = new Map<string, Readonly<Record<string, unknown>>[]>();
  #errors = "";

  private constructor(directory: string, { env = {}, nodeOptions = [], shell = ":" }: ServeProcessOptions) {
    this.#directory = directory;
    const files = ["--supergraph", join(directory, "s.graphql"), "--config", join(directory, "gateway.yaml")];
    const command = [process.execPath, ...nodeOptions, "gateway/commands/dpg.mjs", "serve", "--port", "0"];
    this.child = spawn("bash", ["-c", `${shell}; exec "$@"`, "dpg", ...command, ...files], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (this.child.stdout)
      createInterface({ input: this.child.stdout }).on("line", (line) => this.#note(line));
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
  }

  /** Starts the command and waits until every worker serves; rejects with what it printed where it ends before. */
  static async start(options: ServeProcessOptions): Promise<ServeProcess> {
    const started = ServeProcess.launch(options);
    const { workers = 1 } = options.config ?? {};
    let isOver = false;
    void started.ended.then(() => {
      isOver = true;
    });
    while (started.logged("serving").length < Number(workers)) {
      if (isOver) throw new Error(started.errors);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return started;
  }

  /** Starts the command and waits for nothing. */
  static launch(options: ServeProcessOptions): ServeProcess {
    const directory = mkdtempSync(join(tmpdir(), "dpg-serve-"));
    writeFileSync(join(directory, "s.graphql"), options.supergraphSdl);
    writeFileSync(join(directory, "gateway.yaml"), stringify(options.config ?? {}));
    return new ServeProcess(directory, options);
  }

  /** What it printed on standard error. */
  get errors(): string {
    return this.#errors;
  }

  get url(): string {
    return String(this.logged("serving")[0]?.url);
  }

  /** The log's entries with this message, in their order. */
  logged(message: string): readonly Readonly<Record<string, unknown>>[] {
    return this.#log.get(message) ?? [];
  }

  #note(line: string): void {
    if (!line.startsWith("{") || !line.endsWith("}")) return;
    const entry: Readonly<Record<string, unknown>> = JSON.parse(line);
    const message = String(entry.msg);
    const known = this.#log.get(message) ?? [];
    known.push(entry);
    this.#log.set(message, known);
  }

  /** Sends SIGTERM; resolves with the milliseconds it took to end. */
  async stop(): Promise<number> {
    const since = performance.now();
    this.child.kill("SIGTERM");
    await this.ended;
    rmSync(this.#directory, { recursive: true, force: true });
    return performance.now() - since;
  }
}
