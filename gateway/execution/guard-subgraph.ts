import { setTimeout as pause } from "node:timers/promises";
import type { Cancellation } from "./cancellation.ts";
import { Circuit, type CircuitLimits } from "./circuit.ts";
import type { CallOptions, QueueingClient, SubgraphClient } from "./fetch-subgraph.ts";
import { RetryBudget } from "./retry-budget.ts";
import { type SubgraphFailure, type SubgraphReply, timedOut } from "./subgraph-reply.ts";

export interface TrafficLimits extends CircuitLimits {
  /** How often a query is tried again; mutations never are. */
  readonly retries: number;
  /** Calls under way and waiting together; more fail at once (hardening 96). */
  readonly maxCalls: number;
  /** Milliseconds for one call. */
  readonly timeoutMs: number;
}

export interface GuardOptions extends TrafficLimits {
  readonly name: string;
  /** Told of retries, refusals, and of the circuit opening and closing. */
  readonly report: (event: TrafficEvent) => void;
}

export type TrafficEvent =
  | "retried"
  | "refused by the circuit"
  | "refused as one too many"
  | "opened"
  | "closed";

/** Part of the time of a call, or of an open circuit, over which those are refused that wait for a connection. */
const REFUSAL_SHARE = 0.25;
/** Milliseconds before the first retry, on average; doubled by each. */
const FIRST_PAUSE = 50;

/**
 * A subgraph's client with what keeps trouble from spreading: an open circuit and a full bulkhead fail fast, queries are
 * tried again within a budget, and nothing outlives the request's deadline. A call that goes well costs counters only.
 */
export class GuardedSubgraph implements SubgraphClient {
  readonly #client: QueueingClient;
  readonly #options: GuardOptions;
  readonly #circuit: Circuit;
  readonly #budget = new RetryBudget();
  /** Told to whom the open circuit kept from being sent. */
  readonly #notSent: SubgraphFailure;
  #calls = 0;

  constructor(client: QueueingClient, options: GuardOptions) {
    this.#client = client;
    this.#options = options;
    this.#circuit = new Circuit(options);
    this.#notSent = failure(
      "SUBGRAPH_UNAVAILABLE",
      `Subgraph "${options.name}" has been failing, and is not called for a moment.`,
    );
  }

  call(body: string, options: CallOptions): Promise<SubgraphReply> {
    return this.#attempt(body, options, 0);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #attempt(body: string, options: CallOptions, retried: number): Promise<SubgraphReply> {
    const left =
      options.deadline === undefined ? Number.POSITIVE_INFINITY : options.deadline - performance.now();
    const refusal = left > 0 ? this.#refuse() : this.#tooLate();
    if (refusal !== null) return Promise.resolve(refusal);
    this.#calls += 1;
    const { timeoutMs } = this.#options;
    const isCut = left < timeoutMs;
    return this.#client.call(body, {
      ...options,
      timeoutMs: isCut ? Math.ceil(left) : timeoutMs,
      settled: (settled) => {
        const reply = isCut ? blameRequest(settled) : settled;
        this.#count(reply);
        return reply.kind === "failed" && this.#mayRetry(reply, options, retried)
          ? this.#retry(reply, body, options, retried)
          : reply;
      },
    });
  }

  #refuse(): SubgraphFailure | null {
    const { name, maxCalls, report } = this.#options;
    if (this.#calls >= maxCalls) {
      report("refused as one too many");
      return failure("SUBGRAPH_OVERLOADED", `Too many calls wait for subgraph "${name}".`);
    }
    if (this.#circuit.admits()) return null;
    report("refused by the circuit");
    return this.#notSent;
  }

  #tooLate(): SubgraphFailure {
    const { name } = this.#options;
    return timedOut("request", `The request's time was over before subgraph "${name}" could be called.`);
  }

  #count(reply: SubgraphReply): void {
    this.#calls -= 1;
    if (reply === this.#notSent) {
      // It says nothing about the subgraph.
      this.#options.report("refused by the circuit");
      return;
    }
    const wasOpen = this.#circuit.isOpen;
    if (reply.kind === "answer" || reply.isAnswered) {
      this.#budget.succeeded();
      this.#circuit.succeeded();
    } else if (reply.isGivenUp || reply.phase === "request") this.#circuit.undecided();
    else this.#circuit.failed();
    if (this.#circuit.isOpen === wasOpen) return;
    this.#options.report(wasOpen ? "closed" : "opened");
    // What waits for a connection would be sent to whom nobody calls any more.
    const { timeoutMs, openMs } = this.#options;
    if (!wasOpen) this.#client.refuseWaiting(this.#notSent, Math.min(timeoutMs, openMs) * REFUSAL_SHARE);
  }

  #mayRetry(reply: SubgraphFailure, { kind }: CallOptions, retried: number): boolean {
    if (kind !== "query" || retried >= this.#options.retries) return false;
    const isWorthwhile = reply.code === "SUBGRAPH_UNAVAILABLE" && !reply.isAnswered && !reply.isGivenUp;
    return isWorthwhile && !this.#circuit.isOpen && this.#budget.take();
  }

  async #retry(
    reply: SubgraphFailure,
    body: string,
    options: CallOptions,
    retried: number,
  ): Promise<SubgraphReply> {
    const jittered = FIRST_PAUSE * 2 ** retried * (0.5 + Math.random());
    const waitMs = Math.max(jittered, reply.retryAfterMs ?? 0);
    const endsAt = performance.now() + waitMs;
    const latest = Math.min(
      options.deadline ?? Number.POSITIVE_INFINITY,
      performance.now() + this.#options.timeoutMs,
    );
    // What comes too late to be of use is not tried.
    if (endsAt >= latest) return reply;
    await wait(waitMs, options.cancellation);
    this.#options.report("retried");
    return this.#attempt(body, options, retried + 1);
  }
}

/** A call that had less time than its subgraph is given says little about the subgraph when that is over. */
function blameRequest(reply: SubgraphReply): SubgraphReply {
  return reply.kind === "failed" && reply.phase === "call" ? { ...reply, phase: "request" } : reply;
}

function failure(code: SubgraphFailure["code"], message: string): SubgraphFailure {
  return { kind: "failed", code, message };
}

/** Ends early where nobody waits any more; the next attempt is then given up at once. */
async function wait(milliseconds: number, cancellation: Cancellation | null): Promise<void> {
  const over = new AbortController();
  const work = { giveUp: () => over.abort() };
  cancellation?.add(work);
  await pause(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  cancellation?.remove(work);
}
