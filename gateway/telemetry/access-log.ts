import type { Logger } from "../../shared/log.ts";
import { printable } from "../../shared/printable.ts";
import type { AnsweredRequest } from "../http/request-observer.ts";

export interface AccessLogOptions {
  readonly level: "info" | "debug";
  /** Lines about requests without errors, and lines about others, per second. */
  readonly ordinaryPerSecond: number;
  readonly failedPerSecond: number;
}

/** Error codes of one line. */
const MAX_CODES = 10;
/** Milliseconds. */
const SECOND = 1000;

/**
 * One line per GraphQL request; under load the first ones of each second, those with errors apart, and how many were
 * left out since. No variable, no token, nothing of the caller but the application's name.
 */
export function createAccessLog(options: AccessLogOptions, log: Logger): (request: AnsweredRequest) => void {
  const ordinary = new Budget(options.ordinaryPerSecond);
  const failed = new Budget(options.failedPerSecond);
  // What is written is named below and holds no secret: to look for some took ten times as long as all the rest.
  const plain = log.child({}, { redact: [] });
  const write = plain[options.level].bind(plain);
  return (request) => {
    const budget = request.errors.length === 0 && request.status < 400 ? ordinary : failed;
    const skipped = budget.take();
    if (skipped !== null) write({ ...factsOf(request), ...(skipped > 0 ? { skipped } : {}) }, "request");
  };
}

/** So many in each second. */
class Budget {
  readonly #perSecond: number;
  #until = 0;
  #left = 0;
  #skipped = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Null where there is no room; else how many were refused since the last one. */
  take(): number | null {
    if (this.#left === 0) this.#refill();
    if (this.#left === 0) {
      this.#skipped += 1;
      return null;
    }
    this.#left -= 1;
    const skipped = this.#skipped;
    this.#skipped = 0;
    return skipped;
  }

  #refill(): void {
    const now = performance.now();
    if (now < this.#until) return;
    this.#until = now + SECOND;
    this.#left = this.#perSecond;
  }
}

function factsOf({ requestId, lane, prepared, client, status, milliseconds, errors }: AnsweredRequest) {
  const codes = [...new Set(errors.map(({ extensions }) => printable(String(extensions?.code ?? ""), 64)))];
  return {
    requestId,
    lane,
    operation: printable(prepared?.operation.name?.value ?? ""),
    kind: prepared?.operation.operation ?? null,
    client: printable(client?.name ?? ""),
    clientVersion: printable(client?.version ?? ""),
    status,
    ms: Math.round(milliseconds * 100) / 100,
    errors: codes.slice(0, MAX_CODES),
  };
}
