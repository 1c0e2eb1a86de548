import type { Logger } from "../../shared/log.ts";
import type { ProductHealth } from "../../shared/product-health.ts";

/** Asks the registry how products are. */
export type ReadProductHealth = () => Promise<readonly ProductHealth[]>;

export interface WatchOptions {
  readonly read: ReadProductHealth;
  /** Milliseconds between two looks. */
  readonly intervalMs: number;
  readonly log: Pick<Logger, "warn">;
}

/**
 * How products are, as last heard. While the registry is away it is what was heard last: data does not become stale
 * because nobody can be asked.
 */
export class ProductWatch {
  readonly #options: WatchOptions;
  #health: ReadonlyMap<string, ProductHealth> = new Map();
  #stale: ReadonlyMap<string, ProductHealth> = new Map();
  #timer: NodeJS.Timeout | null = null;
  #isFailing = false;
  #isStopped = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    void this.#look();
  }

  /** What is known of a product. */
  of(id: string): ProductHealth | undefined {
    return this.#health.get(id);
  }

  /** Products whose data is older than promised, and whose owners want callers to notice. */
  get stale(): ReadonlyMap<string, ProductHealth> {
    return this.#stale;
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { read, intervalMs, log } = this.#options;
    try {
      const list = await read();
      this.#health = new Map(list.map((item) => [item.id, item]));
      const stale = list.filter((item) => item.onStale !== "off" && isStale(item, Date.now()));
      this.#stale = new Map(stale.map((item) => [item.id, item]));
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log.warn({ err: error }, "the registry does not say how products are");
      this.#isFailing = true;
    }
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#look(), intervalMs).unref();
  }
}

/** Whether data is older than promised at a moment (milliseconds since the epoch); of what is not known it is not. */
export function isStale({ dataAt, maxAge }: ProductHealth, now: number): boolean {
  return dataAt !== null && maxAge !== null && now - Date.parse(dataAt) > maxAge * 1000;
}
