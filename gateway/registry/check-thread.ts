import type { Worker } from "node:worker_threads";
import { ClientError, InternalError } from "../../shared/errors.ts";
import { startThread } from "../../shared/start-thread.ts";
import type { CheckReport, CheckRequest } from "./check.ts";

/** Milliseconds for one check; a schema that takes longer is refused. */
const DEADLINE = 60_000;
/** Megabytes for one check; a schema that needs more is refused. */
const MAX_HEAP = 2000;
/** Checks of one domain that may wait. */
const MAX_WAITING = 100;

type Reply = { readonly report: CheckReport } | { readonly failure: string };

interface Waiting {
  readonly request: CheckRequest;
  readonly resolve: (report: CheckReport) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Composition and checks off the event loop that serves requests: one worker thread, started when it is first
 * needed, one check at a time, killed where a check does not end. Domains take turns, so that however many checks one
 * of them asks for, nobody else waits for more than one of them.
 */
export class CheckThread {
  #worker: Worker | null = null;
  /** By the domain that asks; whose turn is next comes first. */
  readonly #waiting = new Map<string, Waiting[]>();
  #isBusy = false;

  /**
   * @param domain on whose behalf
   * @throws ClientError COMPOSITION_FAILED where it takes longer than a minute, REGISTRY_UNAVAILABLE where too many of
   *   the domain's checks wait
   */
  run(request: CheckRequest, domain: string): Promise<CheckReport> {
    const own = this.#waiting.get(domain) ?? [];
    if (own.length >= MAX_WAITING)
      return Promise.reject(
        new ClientError(
          "REGISTRY_UNAVAILABLE",
          `${MAX_WAITING} checks of the domain ${domain} wait already.`,
        ),
      );
    return new Promise((resolve, reject) => {
      own.push({ request, resolve, reject });
      this.#waiting.set(domain, own);
      void this.#work();
    });
  }

  async stop(): Promise<void> {
    const left = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const { reject } of left) reject(new InternalError("the registry is stopping"));
    await this.#worker?.terminate();
    this.#worker = null;
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#next(); next; next = this.#next())
      await this.#ask(next.request).then(next.resolve, next.reject);
    this.#isBusy = false;
  }

  #next(): Waiting | undefined {
    const [first] = this.#waiting;
    if (!first) return undefined;
    const [domain, checks] = first;
    const next = checks.shift();
    this.#waiting.delete(domain);
    if (checks.length > 0) this.#waiting.set(domain, checks);
    return next;
  }

  async #ask(request: CheckRequest): Promise<CheckReport> {
    const worker = this.#start();
    worker.postMessage(request);
    worker.ref();
    return new Promise((resolve, reject) => {
      const giveUp = (error: Error): void => {
        this.#worker = null;
        void worker.terminate();
        settle(() => reject(tooLarge(error)));
      };
      const timer = setTimeout(
        () =>
          giveUp(new ClientError("COMPOSITION_FAILED", "Composing and checking took longer than a minute.")),
        DEADLINE,
      );
      const onExit = () => giveUp(new InternalError("the thread that checks schemas ended"));
      const onUnread = () =>
        giveUp(new InternalError("what the thread that checks schemas answers cannot be read"));
      const onMessage = (reply: Reply) =>
        settle(() => ("report" in reply ? resolve(reply.report) : reject(new InternalError(reply.failure))));
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        worker.off("message", onMessage).off("messageerror", onUnread);
        worker.off("error", giveUp).off("exit", onExit).unref();
        act();
      };
      worker.on("message", onMessage).on("messageerror", onUnread).on("error", giveUp).on("exit", onExit);
    });
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = startThread(new URL("./check-worker", import.meta.url), MAX_HEAP);
    // Told to whoever waits for it; without a listener it would end the process.
    worker.on("error", () => undefined);
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = null;
    });
    worker.unref();
    this.#worker = worker;
    return worker;
  }
}

function tooLarge(error: Error & { readonly code?: string }): Error {
  return error.code === "ERR_WORKER_OUT_OF_MEMORY"
    ? new ClientError("COMPOSITION_FAILED", `Composing and checking took more than ${MAX_HEAP} MB of memory.`)
    : error;
}
