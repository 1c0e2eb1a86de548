import type { Counted } from "./operation-shape.ts";

/** Subjects noted per field of one response; more are only counted. */
export const MAX_SUBJECTS = 1000;

/** Counts, while a response is written, the values of the fields whose delivery is to be recorded. */
export class Tally {
  /** By slot. At least as many as were delivered: a null further down may take a value back out. */
  readonly counts: number[];
  /** Keys of the entities that the values belong to, by slot; {@link MAX_SUBJECTS} at most. */
  readonly subjects: readonly Set<string>[];
  readonly #latest: string[] = [];

  constructor(slots: number) {
    this.counts = Array.from({ length: slots }, () => 0);
    this.subjects = Array.from({ length: slots }, () => new Set<string>());
  }

  add({ slot, subjectKeys }: Counted, object: Readonly<Record<string, unknown>>): void {
    this.counts[slot] = (this.counts[slot] ?? 0) + 1;
    const subjects = this.subjects[slot];
    if (subjectKeys.length === 0 || !subjects || subjects.size >= MAX_SUBJECTS) return;
    const [first = ""] = subjectKeys;
    let subject = String(object[first] ?? "");
    for (let n = 1; n < subjectKeys.length; n += 1) subject += `|${object[subjectKeys[n] ?? ""] ?? ""}`;
    // One entity's values often follow each other.
    if (subject === this.#latest[slot]) return;
    this.#latest[slot] = subject;
    subjects.add(subject);
  }

  /** The counts so far, for {@link since}. */
  snapshot(): readonly number[] {
    return this.counts.slice();
  }

  /** What was counted since then, by slot. */
  since(before: readonly number[]): readonly number[] {
    return this.counts.map((count, slot) => count - (before[slot] ?? 0));
  }

  /** Counts the same once more: a text that was written before is delivered again, of the same entities. */
  repeat(counted: readonly number[]): void {
    for (let slot = 0; slot < counted.length; slot += 1)
      this.counts[slot] = (this.counts[slot] ?? 0) + (counted[slot] ?? 0);
  }

  /** Forgets everything: the response is written once more. */
  clear(): void {
    this.counts.fill(0);
    for (const subjects of this.subjects) subjects.clear();
    this.#latest.length = 0;
  }
}
