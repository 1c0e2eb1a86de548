import { Worker } from "node:worker_threads";
import { ClientError, InternalError } from "../../shared/errors.ts";
import type { CheckReport, CheckRequest } from "./check.ts";

/** Milliseconds for one check; a schema that takes longer is refused. */
const DEADLINE = 60_000;

type Reply = { readonly report: CheckReport } | { readonly failure: string };

/**
 * Composition and checks off the event loop that serves requests: one worker thread, started when it is first
 * needed, one check at a time, killed where a check does not end.
 */
export class CheckThread {
  #worker: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** @throws ClientError COMPOSITION_FAILED where it takes longer than a minute */
  run(request: CheckRequest): Promise<CheckReport> {
    const result = this.#last.then(() => this.#ask(request));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #ask(request: CheckRequest): Promise<CheckReport> {
    const worker = this.#worker ?? startWorker();
    this.#worker = worker;
    worker.ref();
    return new Promise((resolve, reject) => {
      const giveUp = (error: Error): void => {
        this.#worker = null;
        void worker.terminate();
        settle(() => reject(error));
      };
      const timer = setTimeout(
        () =>
          giveUp(new ClientError("COMPOSITION_FAILED", "Composing and checking took longer than a minute.")),
        DEADLINE,
      );
      const onExit = () => giveUp(new InternalError("the thread that checks schemas ended"));
      const onMessage = (reply: Reply) =>
        settle(() => ("report" in reply ? resolve(reply.report) : reject(new InternalError(reply.failure))));
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        worker.off("message", onMessage).off("error", giveUp).off("exit", onExit).unref();
        act();
      };
      worker.on("message", onMessage).on("error", giveUp).on("exit", onExit);
      worker.postMessage(request);
    });
  }
}

/** Runs from dist/ as JavaScript, and from the sources through the loader that the tests have. */
function startWorker(): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  const module = new URL(`./check-worker.${isSource ? "ts" : "js"}`, import.meta.url);
  if (!isSource) return new Worker(module);
  const load = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${JSON.stringify(module.href)}, "file:///"))`;
  return new Worker(load, { eval: true });
}
