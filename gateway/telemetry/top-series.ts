import { LRUCache } from "lru-cache";

/** Counts something that can have any number of names, for the names that are asked for most. */
export interface Series {
  readonly names: readonly string[];
  /** False once another one has taken its place. */
  isKept: boolean;
  /** How often it was used lately. */
  recent: number;
}

/** Newcomers remembered while they are not among the kept. */
const CANDIDATES = 1000;
/** Uses after which a newcomer is compared with the kept. */
const STEP = 100;

/**
 * The series of the most used names, at most so many; all others share one. Clients choose the names: whoever sends
 * thousands of them can neither fill the memory nor push out what is used. A series that lost its place
 * disappears, and begins at zero if it comes back.
 */
export class TopSeries<S extends Series> {
  readonly #max: number;
  readonly #create: (names: readonly string[]) => S;
  readonly #kept = new Map<string, S>();
  readonly #candidates = new LRUCache<string, { uses: number }>({ max: CANDIDATES });
  /** Of all names that are not kept. */
  readonly other: S;

  /** @param other the names of the series that all others share */
  constructor(max: number, other: readonly string[], create: (names: readonly string[]) => S) {
    this.#max = max;
    this.#create = create;
    this.other = create(other);
    this.other.isKept = false;
  }

  /** The series of these names, or the one of all others. */
  of(...names: readonly string[]): S {
    const key = names.join("\u0000");
    const known = this.#kept.get(key);
    if (known) return known;
    if (this.#kept.size < this.#max || this.#mayReplace(key)) return this.#keep(key, names);
    return this.other;
  }

  all(): readonly S[] {
    return [...this.#kept.values(), this.other];
  }

  /** What was used long ago counts less and less: to be called from time to time. */
  age(): void {
    for (const series of this.#kept.values()) series.recent /= 2;
    for (const candidate of this.#candidates.values()) candidate.uses /= 2;
  }

  #mayReplace(key: string): boolean {
    const candidate = this.#candidates.get(key) ?? { uses: 0 };
    candidate.uses += 1;
    this.#candidates.set(key, candidate);
    if (candidate.uses % STEP >= 1) return false;
    const [weakest] = [...this.#kept].sort(([, a], [, b]) => a.recent - b.recent);
    if (!weakest || weakest[1].recent >= candidate.uses) return false;
    weakest[1].isKept = false;
    this.#kept.delete(weakest[0]);
    return true;
  }

  #keep(key: string, names: readonly string[]): S {
    this.#candidates.delete(key);
    const series = this.#create(names);
    this.#kept.set(key, series);
    return series;
  }
}
