import { CircuitState, ConsecutiveBreaker, SamplingBreaker } from "cockatiel";

export interface CircuitLimits {
  /** Share of failed calls, in percent, above which no more are made; 100 for never. */
  readonly failurePercent: number;
  /** Milliseconds until one call may try whether the subgraph is back. */
  readonly openMs: number;
}

/** Milliseconds over which calls are counted, and how many of them there have to be per second to judge by. */
const WINDOW_MS = 10_000;
const MINIMUM_PER_SECOND = 1;
/**
 * Failures one after the other that need no share, where nothing succeeded for so many milliseconds either: a subgraph
 * that hangs has a window full of earlier successes. Calls that were made together fail together, which alone says
 * nothing: somebody asked for too much, or connections were closed.
 */
const IN_A_ROW = 20;
const SILENT_MS = 500;

/**
 * Whether a subgraph is worth calling (hardening 97): open after too many failures, then half-open for one call, closed
 * again when that one succeeds. The counting is cockatiel's; its policies would cost a promise per call.
 */
export class Circuit {
  readonly #limits: CircuitLimits;
  readonly #sampling: SamplingBreaker | null;
  readonly #inARow = new ConsecutiveBreaker(IN_A_ROW);
  #state: CircuitState.Closed | CircuitState.Open | CircuitState.HalfOpen = CircuitState.Closed;
  #opensAgainAt = 0;
  #succeededAt = Number.NEGATIVE_INFINITY;

  constructor(limits: CircuitLimits) {
    this.#limits = limits;
    this.#sampling =
      limits.failurePercent === 100
        ? null
        : new SamplingBreaker({
            threshold: limits.failurePercent / 100,
            duration: WINDOW_MS,
            minimumRps: MINIMUM_PER_SECOND,
          });
  }

  get isOpen(): boolean {
    return this.#state !== CircuitState.Closed;
  }

  /** Whether a call may be made now; of an open circuit, the one that tries is let through. */
  admits(): boolean {
    if (this.#state === CircuitState.Closed) return true;
    if (this.#state === CircuitState.HalfOpen || performance.now() < this.#opensAgainAt) return false;
    this.#state = CircuitState.HalfOpen;
    return true;
  }

  succeeded(): void {
    // What was begun before the circuit opened says nothing about now.
    if (this.#state === CircuitState.Open) return;
    this.#sampling?.success(this.#state);
    this.#inARow.success();
    this.#succeededAt = performance.now();
    this.#state = CircuitState.Closed;
  }

  failed(): void {
    if (this.#state === CircuitState.Open || this.#sampling === null) return;
    const isInARow = this.#inARow.failure();
    const isSilent = performance.now() - this.#succeededAt > SILENT_MS;
    if (!this.#sampling.failure(this.#state) && !(isInARow && isSilent)) return;
    this.#state = CircuitState.Open;
    this.#opensAgainAt = performance.now() + this.#limits.openMs;
  }

  /** The call came to nothing for a reason that is not the subgraph's: another one may try. */
  undecided(): void {
    if (this.#state === CircuitState.HalfOpen) this.#state = CircuitState.Open;
  }
}
