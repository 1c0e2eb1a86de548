/** Retries that may come at once, after a while without any. */
const BURST = 10;
/** Retries per call that succeeded. */
const SHARE = 0.1;

/** Retries are a tenth of the calls at most, so that a subgraph in trouble does not get more of them (hardening 91). */
export class RetryBudget {
  #tokens = BURST;

  succeeded(): void {
    if (this.#tokens < BURST) this.#tokens = Math.min(BURST, this.#tokens + SHARE);
  }

  /** Whether one more retry may be made; it is then counted. */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
