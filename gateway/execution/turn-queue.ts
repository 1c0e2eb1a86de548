/** Milliseconds that what arrives may take of one turn of the event loop; the rest has to wait for the next ones. */
const SLICE_MS = 5;
/** Milliseconds of each period for which connections that come in may keep what waits from its next slice. */
const HOLD_MS = 20;
const HOLD_PERIOD_MS = 100;
/** Pieces of what waits that one turn does, as long as there is time: turns cost something, too. */
const PIECES = 64;

/**
 * Work that answers of subgraphs bring, a slice per turn of the event loop once a turn has taken long: many answers that
 * arrive together would else keep the loop from health checks and refusals for as long as all of them take (hardening
 * 109). While there is time, work is done at once, and costs a look at the clock.
 */
export class TurnQueue {
  /** What is done leaves the chain at once: it holds whole answers. */
  #first: Waiting | null = null;
  #last: Waiting | null = null;
  #turnBegan = 0;
  #isInTurn = false;
  /** Whether the next turn is to do some of what waits. */
  #isPlanned = false;
  /** Whether this turn brought a connection. */
  #hasConnection = false;
  #isHeld = false;
  #heldMs = 0;
  #sliceBegan = 0;
  #periodBegan = 0;

  /** Does the work now, or in a later turn; what was given first is done first. */
  run(work: () => void): void {
    const now = performance.now();
    if (!this.#isInTurn) this.#beginTurn(now);
    if (this.#first === null && now - this.#turnBegan < SLICE_MS) {
      work();
      return;
    }
    const waiting: Waiting = { since: now, work, next: null };
    if (this.#last === null) this.#first = waiting;
    else this.#last.next = waiting;
    this.#last = waiting;
    if (!this.#isPlanned) this.#planTurn();
  }

  /**
   * Tells that this turn brought a connection. libuv (since 1.45) accepts one per turn, so that with slow turns those
   * behind it would wait long only to be refused: the next slice is held back while they come in, for a part of the time
   * that leaves a flood of them little.
   */
  readonly connectionCame = (): void => {
    this.#hasConnection = true;
  };

  /** Milliseconds that the first of what waits has been waiting; 0 where nothing does. */
  get delayMs(): number {
    return this.#first === null ? 0 : performance.now() - this.#first.since;
  }

  #beginTurn(now: number): void {
    this.#isInTurn = true;
    this.#turnBegan = now;
    setImmediate(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    this.#isInTurn = false;
  };

  /** Immediates that are asked for together run in one turn; what one's promises continue with runs before the next. */
  #planTurn(): void {
    this.#isPlanned = true;
    setImmediate(this.#beginSlice);
    for (let piece = 0; piece < PIECES; piece += 1) setImmediate(this.#doOne);
    setImmediate(this.#endSlice);
  }

  readonly #beginSlice = (): void => {
    const now = performance.now();
    if (now - this.#periodBegan >= HOLD_PERIOD_MS) {
      this.#periodBegan = now;
      this.#heldMs = 0;
    } else if (this.#isHeld) this.#heldMs += now - this.#sliceBegan;
    this.#isHeld = this.#hasConnection && this.#heldMs < HOLD_MS;
    this.#hasConnection = false;
    this.#sliceBegan = now;
    this.#turnBegan = now;
  };

  readonly #doOne = (): void => {
    const first = this.#first;
    if (this.#isHeld || first === null || performance.now() - this.#turnBegan >= SLICE_MS) return;
    this.#first = first.next;
    if (first.next === null) this.#last = null;
    first.work();
  };

  readonly #endSlice = (): void => {
    this.#isPlanned = false;
    if (this.#first !== null) this.#planTurn();
  };
}

interface Waiting {
  readonly since: number;
  readonly work: () => void;
  next: Waiting | null;
}
