/** Milliseconds that the parts of one call may take; null for as long as the whole call may. */
export interface PhaseLimits {
  /** From the request's first byte to the head of the answer. */
  readonly headersMs: number | null;
  /** Between two pieces of the answer's body. */
  readonly bodyMs: number | null;
}

export type Phase = "headers" | "body";

/** A call that is told when one of its parts took too long. */
export interface Timed {
  readonly phaseExpired: (phase: Phase, milliseconds: number) => void;
}

/**
 * Times the parts of one call, to the millisecond (undici's own time-outs for them are late by up to a second). One timer,
 * which looks how far the call is when it fires: what is received only notes the time.
 */
export class PhaseClock {
  readonly #limits: PhaseLimits;
  readonly #call: Timed;
  #phase: Phase = "headers";
  #since = performance.now();
  #timer: NodeJS.Timeout;
  #lastLook: NodeJS.Immediate | null = null;

  /** Begins with the wait for the head. */
  constructor(limits: PhaseLimits, call: Timed) {
    this.#limits = limits;
    this.#call = call;
    const { headersMs, bodyMs } = limits;
    this.#timer = setTimeout(look, Math.min(headersMs ?? LONG, bodyMs ?? LONG), this);
  }

  /** A part of the answer is there; from now on its body is waited for. */
  progressed(): void {
    this.#phase = "body";
    this.#since = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (this.#lastLook !== null) clearImmediate(this.#lastLook);
  }

  look(): void {
    const { headersMs, bodyMs } = this.#limits;
    const limit = this.#phase === "headers" ? headersMs : bodyMs;
    const left = (limit ?? LONG) - (performance.now() - this.#since);
    if (limit === null || left > 0) {
      this.#lastLook = null;
      this.#timer = setTimeout(look, Math.max(1, Math.min(left, bodyMs ?? LONG)), this);
    } else if (this.#lastLook === null) {
      // What came while this process was busy is read before the subgraph is blamed.
      this.#lastLook = setImmediate(look, this);
    } else this.#call.phaseExpired(this.#phase, limit);
  }
}

/** Milliseconds; longer than any call takes, and short enough for a timer. */
const LONG = 2 ** 31 - 1;

function look(clock: PhaseClock): void {
  clock.look();
}
