import type { Worker } from "node:worker_threads";
import { startThread } from "../../shared/start-thread.ts";
import type { SignatureReply, SignatureRequest } from "./signature-worker.ts";

/** Milliseconds for one operation, with the start of the thread. */
const DEADLINE = 10_000;
/** Megabytes; an operation that needs more is not recorded. */
const MAX_HEAP = 512;
/** Operations that may wait; of more, no usage is recorded. */
const MAX_WAITING = 50;

/** Signatures of large operations off the event loop: one thread, started when it is first needed. */
export class SignatureThread {
  #worker: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** The signature, or null where there is none in time; never rejects. */
  sign(request: SignatureRequest): Promise<SignatureReply> {
    if (this.#waiting >= MAX_WAITING) return Promise.resolve(null);
    this.#waiting += 1;
    const signed = this.#last.then(() => this.#ask(request));
    this.#last = signed.then(() => {
      this.#waiting -= 1;
    });
    return signed;
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  #ask(request: SignatureRequest): Promise<SignatureReply> {
    const worker = this.#start();
    worker.ref();
    return new Promise((resolve) => {
      const settle = (signature: SignatureReply): void => {
        clearTimeout(timer);
        worker.off("message", settle).off("messageerror", giveUp);
        worker.off("error", giveUp).off("exit", giveUp).unref();
        resolve(signature);
      };
      const giveUp = (): void => {
        this.#worker = null;
        settle(null);
        void worker.terminate();
      };
      const timer = setTimeout(giveUp, DEADLINE);
      worker.on("message", settle).on("messageerror", giveUp).on("error", giveUp).on("exit", giveUp);
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = startThread(new URL("./signature-worker", import.meta.url), MAX_HEAP);
    // Told to whoever waits for it; without a listener it would end the process.
    worker.on("error", () => undefined);
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = null;
    });
    this.#worker = worker;
    return worker;
  }
}
