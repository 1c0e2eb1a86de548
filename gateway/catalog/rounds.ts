export interface RoundsOptions {
  /** Milliseconds from the end of a round to the next. */
  readonly intervalMs: number;
  readonly run: () => Promise<void>;
  /** Told of a round that failed; the next one tries again. */
  readonly onError: (error: unknown) => void;
}

/** Does something again and again, one round after the other, until it is stopped. */
export class Rounds {
  readonly #options: RoundsOptions;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#schedule();
  }

  /** For rounds that may end early. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Waits for the round under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#round;
  }

  #schedule(): void {
    if (this.#isStopped) return;
    const { intervalMs, run, onError } = this.#options;
    this.#timer = setTimeout(() => {
      this.#round = run()
        .catch(onError)
        .then(() => this.#schedule());
    }, intervalMs).unref();
  }
}
