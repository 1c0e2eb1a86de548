/**
 * Calls that wait for one of so many connections, first come, first served. Who goes away meanwhile takes none: a
 * connection that is made for a call which is over already would be closed again for nothing.
 */
export class WaitingLine<Call> {
  readonly #waiting = new Map<Call, () => void>();
  #free: number;
  #onEmpty: (() => void)[] = [];

  constructor(connections: number) {
    this.#free = connections;
  }

  /** Starts a call now, or as soon as there is a connection for it. */
  enter(call: Call, start: () => void): void {
    if (this.#free === 0) {
      this.#waiting.set(call, start);
      return;
    }
    this.#free -= 1;
    start();
  }

  /** The call is over; whether it was started does not matter. */
  leave(call: Call): void {
    if (this.#waiting.delete(call)) this.#tellEmpty();
  }

  /** A call that was started has its connection no longer. */
  released(): void {
    const [first] = this.#waiting;
    if (!first) {
      this.#free += 1;
      return;
    }
    const [call, start] = first;
    this.#waiting.delete(call);
    start();
    this.#tellEmpty();
  }

  /** Takes all that wait out of the line: none of them is started any more. */
  dismiss(): readonly Call[] {
    const calls = [...this.#waiting.keys()];
    this.#waiting.clear();
    this.#tellEmpty();
    return calls;
  }

  /** Resolves once nobody waits. */
  async empty(): Promise<void> {
    while (this.#waiting.size > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  #tellEmpty(): void {
    if (this.#waiting.size > 0) return;
    for (const tell of this.#onEmpty.splice(0)) tell();
  }
}
