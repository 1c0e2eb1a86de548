import type { Worker } from "node:worker_threads";
import { ClientError, InternalError } from "../../shared/errors.ts";
import { startThread } from "../../shared/start-thread.ts";
import type { GenerationParts, GenerationRequest } from "./read-generation.ts";
import type { PlanningNote, ReadReply, ReadRequest } from "./read-worker.ts";
import type { PlanningText } from "./supergraph-parts.ts";

/** Milliseconds for one generation; only a broken one takes longer. */
const DEADLINE = 60_000;
/** Megabytes; a generation that needs more is broken. */
const MAX_HEAP = 1024;

/**
 * Checks and reads generations off the event loop, one after the other, all on one thread: loading its modules and
 * compiling them takes longer than reading does.
 */
export class ReadThread {
  #worker: Worker | null = null;

  /** Starts the thread, unless there is one. */
  start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = startThread(new URL("./read-worker", import.meta.url), MAX_HEAP);
    // Told to whoever waits for it; without a listener it would end the process.
    worker.on("error", () => undefined);
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = null;
    });
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  /** Has the thread do once more, for nobody, what it will be asked for. Nothing waits for it. */
  rehearse(request: GenerationRequest): void {
    const message: ReadRequest = { kind: "rehearse", ...request };
    this.start().postMessage(message);
  }

  /**
   * @param onPlanning told what planners need while the rest is still being read
   * @throws ClientError ARTIFACT_REFUSED or SUPERGRAPH_INVALID; InternalError where the thread ends or takes longer than a minute
   */
  async read(
    request: GenerationRequest,
    onPlanning: (text: PlanningText) => void = () => {},
  ): Promise<GenerationParts> {
    const worker = this.start();
    try {
      const reply = await ask(worker, { kind: "read", ...request }, onPlanning);
      if (reply.kind === "read") return reply.parts;
      if (reply.kind === "refused") throw new ClientError(reply.code, reply.message);
      throw new InternalError(`reading the generation failed: ${reply.message}`);
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
    const onExit = fail("the thread that reads generations ended");
    const onUnread = fail("what the thread that reads generations answers cannot be read");
    const onError = (error: Error) => settle(() => reject(error));
    const onMessage = (reply: PlanningNote | ReadReply) => {
      if (reply.kind === "planning") onPlanning(reply);
      else settle(() => resolve(reply));
    };
    const timer = setTimeout(fail("reading the generation took longer than a minute"), DEADLINE);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      worker.off("message", onMessage).off("messageerror", onUnread);
      worker.off("error", onError).off("exit", onExit);
      act();
    };
    worker.on("message", onMessage).on("messageerror", onUnread).on("error", onError).on("exit", onExit);
    worker.postMessage(request);
  });
}
