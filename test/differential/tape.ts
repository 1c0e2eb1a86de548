/**
 * A source of choices: numbers drawn by fast-check, read one after the other, zero once they are used up. As zero is
 * always the simplest choice, a failing case shrinks by shortening the tape and lowering its numbers.
 */
export class Tape {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    const drawn = this.#numbers[this.#at] ?? 0;
    this.#at += 1;
    return drawn % limit;
  }

  /** True once in `odds` times; false when the tape has ended. */
  once(odds: number): boolean {
    return this.below(odds) === odds - 1;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** Some of the choices in their order, possibly none. */
  some<T>(choices: readonly T[], odds: number): T[] {
    return choices.filter(() => this.once(odds));
  }
}
