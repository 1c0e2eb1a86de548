import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A gateway in a process of its own whose supergraph is swapped on demand (`swapped-process.ts`). */
export class SwappedProcess {
  url = "";
  readonly #child: ChildProcess;
  #errors = "";

  private constructor(child: ChildProcess, onOutput: (text: string) => void) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", onOutput);
    child.stderr?.on("data", (chunk: string) => {
      this.#errors = (this.#errors + chunk).slice(-2000);
    });
  }

  /**
   * @param env its settings
   * @param onOutput told of everything it prints
   */
  static async start(
    supergraph: string,
    env: Readonly<Record<string, string>>,
    onOutput: (text: string) => void = () => {},
  ): Promise<SwappedProcess> {
    const child = fork(fileURLToPath(new URL("swapped-process.ts", import.meta.url)), [], {
      execArgv: [
        "--import",
        "tsx",
        "--max-semi-space-size=64",
        "--max-old-space-size=2000",
        "--heap-growing-percent=100",
      ],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, ...env },
    });
    const started = new SwappedProcess(child, onOutput);
    await started.serve(supergraph);
    return started;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves once this supergraph is served. */
  async serve(supergraph: string): Promise<void> {
    const over = new AbortController();
    const ended = once(this.#child, "exit", { signal: over.signal }).then(() => {
      throw new Error(`the gateway ended: ${this.#errors}`);
    });
    this.#child.send(supergraph);
    const answered = once(this.#child, "message", { signal: over.signal });
    try {
      const [url] = await Promise.race([answered, ended]);
      this.url = String(url);
    } finally {
      for (const waiting of [answered, ended]) waiting.catch(() => {});
      over.abort();
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}
