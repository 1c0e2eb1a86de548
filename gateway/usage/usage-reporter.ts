import { Counter, Gauge, type Registry } from "prom-client";
import { ClientError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { UsageBatch } from "../../shared/usage-batch.ts";

/** Where batches go. Rejects with a ClientError where the batch will never be taken. */
export type UsageSink = (batch: UsageBatch) => Promise<void>;

export interface ReporterOptions {
  readonly take: () => UsageBatch | null;
  readonly sink: UsageSink;
  /** Milliseconds between two batches. */
  readonly intervalMs: number;
  readonly metrics: Registry;
  readonly log: Logger;
}

/** Batches kept while the registry cannot be reached; the oldest is given up for a newer one. */
const KEPT = 6;

/** Sends what was counted to the registry, batch by batch, and never keeps a request waiting. */
export class UsageReporter {
  readonly #options: ReporterOptions;
  readonly #lost: Counter;
  readonly #timer: NodeJS.Timeout;
  #waiting: UsageBatch[] = [];
  #sending: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#lost = new Counter({
      name: "dpg_usage_lost_total",
      help: "Requests of which no usage could be recorded: no room, or the registry did not take it",
      registers: [options.metrics],
    });
    const waiting = () => this.#waiting.length;
    new Gauge({
      name: "dpg_usage_waiting_batches",
      help: "Batches of usage that the registry has not taken yet",
      registers: [options.metrics],
      collect() {
        this.set(waiting());
      },
    });
    this.#timer = setInterval(() => void this.report(), options.intervalMs).unref();
  }

  /** Sends what there is; never rejects. */
  report(): Promise<void> {
    this.#sending = this.#sending.then(() => this.#sendAll());
    return this.#sending;
  }

  /** Sends what is left, once. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.report();
  }

  async #sendAll(): Promise<void> {
    const batch = this.#options.take();
    if (batch) {
      this.#lost.inc(batch.dropped);
      this.#waiting.push(batch);
    }
    for (const given of this.#waiting.splice(0, this.#waiting.length - KEPT))
      this.#lost.inc(requestsOf(given));
    while (this.#waiting[0]) {
      if (!(await this.#send(this.#waiting[0]))) return;
      this.#waiting.shift();
    }
  }

  /** False where it may be tried again. */
  async #send(batch: UsageBatch): Promise<boolean> {
    const { sink, log } = this.#options;
    try {
      await sink(batch);
      this.#isFailing = false;
      return true;
    } catch (error) {
      if (!this.#isFailing) log.warn({ err: error }, "the registry does not take the recorded usage");
      this.#isFailing = true;
      if (!(error instanceof ClientError) || error.code === "REGISTRY_UNAVAILABLE") return false;
      this.#lost.inc(requestsOf(batch));
      return true;
    }
  }
}

function requestsOf({ operations }: UsageBatch): number {
  return operations.flatMap(({ counts }) => counts).reduce((sum, { requests }) => sum + requests, 0);
}
