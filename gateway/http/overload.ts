import type { IncomingMessage, ServerResponse } from "node:http";
import { Counter, Gauge, type Registry } from "prom-client";
import { COMMON_HEADERS, requestIdOf } from "./common-headers.ts";
import { errorBody } from "./graphql-errors.ts";
import type { PressureGauge } from "./pressure-gauge.ts";

/** Above which requests are refused at once. */
export interface OverloadLimits {
  /** Requests under way, also those that are still coming in. */
  readonly inFlight: number;
  /** Milliseconds that the event loop is late, on average over a quarter of a second. */
  readonly loopDelayMs: number;
  /** Milliseconds that what subgraphs answered has been waiting for a turn of the event loop. */
  readonly backlogMs: number;
  /** Share of the old generation's limit that is in use, in percent. */
  readonly heapPercent: number;
}

const SAMPLE_MS = 250;
/**
 * Requests that are always let in, however late the loop is: without any, nobody would see that it recovered, and a
 * gateway that is still cold is late for a moment with fifty connections.
 */
const FLOOR = 64;
/** The same while the heap is nearly full; what they allocate is what makes the collector run. */
const HEAP_FLOOR = 4;
/** Seconds after which a refused client may try again. */
const RETRY_AFTER = "1";
/** Operational addresses are answered always: who looks whether the gateway lives must not be told that it is busy. */
const EXEMPT = new Set(["/health/live", "/health/ready", "/metrics", "/.well-known/jwks.json"]);
/** A longer body that nobody reads is not worth keeping the connection for. */
const MAX_UNREAD_BODY = 65_536;

/**
 * Refuses requests before anything of them is read, while the process has more work than it can do in time (hardening
 * 107 to 109). How many may be under way shrinks in proportion to how late the event loop is, and grows back
 * within seconds; and while answers of subgraphs wait too long for their turn, nobody else is let in. A request costs
 * comparisons and a counter.
 */
export class OverloadGuard {
  readonly #limits: OverloadLimits;
  readonly #pressure: PressureGauge;
  readonly #timer: NodeJS.Timeout;
  readonly #shed: Counter;
  readonly #open = new Set<IncomingMessage>();
  #allowed: number;

  constructor(limits: OverloadLimits, metrics: Registry, pressure: PressureGauge) {
    this.#limits = limits;
    this.#allowed = limits.inFlight;
    this.#pressure = pressure;
    this.#timer = setInterval(() => this.#adapt(), SAMPLE_MS).unref();
    const registers = [metrics];
    this.#shed = new Counter({
      name: "dpg_requests_shed_total",
      help: "Requests refused with 503 because the process had more work than it could do in time",
      registers,
    });
    const inFlight = () => this.#open.size;
    const allowed = () => this.#allowed;
    gauge(registers, "dpg_requests_in_flight", "Requests under way", inFlight);
    gauge(registers, "dpg_requests_allowed", "Requests that may be under way now", allowed);
  }

  /** Counts the request until its response is closed; where it is one too many, answers it with 503 and returns false. */
  admit(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#isFull() && !EXEMPT.has(request.url ?? "")) {
      this.#shed.inc();
      refuse(request, response);
      return false;
    }
    this.#open.add(request);
    response.on("close", () => this.#open.delete(request));
    return true;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#pressure.stop();
  }

  #isFull(): boolean {
    const always = Math.min(FLOOR, this.#allowed);
    if (this.#open.size < always) return false;
    // All that trickle in may become whole at once.
    if (this.#open.size >= this.#limits.inFlight) return true;
    const isLate = this.#pressure.waitingMs() > this.#limits.backlogMs;
    return this.#hasWhole(isLate ? always : this.#allowed);
  }

  /** Only requests that have come in whole count: who sends a body byte by byte does not keep others out. */
  #hasWhole(count: number): boolean {
    if (this.#open.size < count) return false;
    let whole = 0;
    for (const request of this.#open) {
      if (request.complete) whole += 1;
      if (whole >= count) return true;
    }
    return false;
  }

  #adapt(): void {
    const { inFlight, loopDelayMs, heapPercent } = this.#limits;
    const pressure = this.#pressure.read();
    const lateness = pressure.loopDelayMs / loopDelayMs;
    if (pressure.heapShare * 100 >= heapPercent) this.#allowed = Math.min(HEAP_FLOOR, inFlight);
    else if (lateness > 1) this.#allowed = Math.min(inFlight, Math.max(FLOOR, this.#allowed / lateness));
    else this.#allowed = Math.min(inFlight, this.#allowed * 1.25 + 8);
  }
}

function gauge(registers: Registry[], name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(value());
    },
  });
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  const requestId = requestIdOf(request);
  const text = JSON.stringify(errorBody("OVERLOADED", "The gateway is overloaded. Try again.", requestId));
  const isShort = Number(request.headers["content-length"] ?? "0") <= MAX_UNREAD_BODY;
  const isKept = isShort && request.headers["transfer-encoding"] === undefined;
  response
    .writeHead(503, [
      ...[
        "content-type",
        "application/json; charset=utf-8",
        "content-length",
        String(Buffer.byteLength(text)),
      ],
      ...["retry-after", RETRY_AFTER, "x-request-id", requestId],
      ...COMMON_HEADERS.flat(),
      ...(isKept ? [] : ["connection", "close"]),
    ])
    .end(text);
}
