import type { Worker } from "node:worker_threads";
import { ClientError, InternalError } from "../../shared/errors.ts";
import { startThread } from "../../shared/start-thread.ts";
import type { PlanningNote, ReadReply, ReadRequest } from "./read-worker.ts";
import type { PlanningText, SupergraphParts } from "./supergraph-parts.ts";

/** Milliseconds for one supergraph; only a broken one takes longer. */
const DEADLINE = 60_000;
/** Megabytes; a supergraph that needs more is broken. */
const MAX_HEAP = 1024;

/**
 * Reads supergraphs off the event loop, one after the other. The thread is started ahead of them: loading its
 * modules takes longer than most supergraphs do.
 */
export class ReadThread {
  #worker: Worker | null = null;

  /** Starts the thread, unless there is one. */
  start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = startThread(new URL("./read-worker", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP },
    });
    // Told to whoever waits for it; without a listener it would end the process.
    worker.on("error", () => undefined);
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = null;
    });
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  /**
   * @param onPlanning told what planners need while the rest is still being read
   * @throws ClientError SUPERGRAPH_INVALID; InternalError where the thread ends or takes longer than a minute
   */
  async read(
    request: ReadRequest,
    onPlanning: (text: PlanningText) => void = () => {},
  ): Promise<SupergraphParts> {
    const worker = this.start();
    try {
      const reply = await ask(worker, request, onPlanning);
      if (reply.kind === "read") return reply.parts;
      if (reply.kind === "refused") throw new ClientError("SUPERGRAPH_INVALID", reply.message);
      throw new InternalError(`reading the supergraph failed: ${reply.message}`);
    } catch (error) {
      if (!(error instanceof ClientError)) void this.stop();
      throw error;
    } finally {
      worker.unref();
    }
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

function ask(
  worker: Worker,
  request: ReadRequest,
  onPlanning: (text: PlanningText) => void,
): Promise<ReadReply> {
  worker.ref();
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => () => settle(() => reject(new InternalError(reason)));
    const onExit = fail("the thread that reads supergraphs ended");
    const onError = (error: Error) => settle(() => reject(error));
    const onMessage = (reply: PlanningNote | ReadReply) => {
      if (reply.kind === "planning") onPlanning(reply);
      else settle(() => resolve(reply));
    };
    const timer = setTimeout(fail("reading the supergraph took longer than a minute"), DEADLINE);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      act();
    };
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.postMessage(request);
  });
}
