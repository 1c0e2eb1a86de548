/**
 * A map that forgets the entry used longest ago when it is full. For the many small ones that hang on each
 * operation: an empty one costs nothing but its object.
 */
export class BoundedMap<V> {
  readonly #max: number;
  #entries: Map<string, V> | null = null;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): V | undefined {
    const entries = this.#entries;
    const value = entries?.get(key);
    if (!entries || value === undefined || entries.size === 1) return value;
    entries.delete(key);
    entries.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#entries ??= new Map();
    this.#entries.delete(key);
    const [oldest] = this.#entries.size >= this.#max ? this.#entries.keys() : [];
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, value);
  }

  /** Everything in it; the one used longest ago first. */
  entries(): Iterable<readonly [string, V]> {
    return this.#entries ?? [];
  }
}
