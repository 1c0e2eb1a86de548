/** A number that is known, or the place of one that depends on variables. */
export type Amount = number | { readonly place: number };

export type Variables = Readonly<Record<string, unknown>>;

type Step = (values: readonly number[], variables: Variables) => number;

/** Larger amounts are as good as this one, and no sum or product of amounts loses precision or overflows. */
const LARGEST = 1e15;

/**
 * Arithmetic on amounts: what is known is calculated at once, the rest becomes a list of steps, each done once per
 * request, however often its result is used.
 */
export class CostTape {
  readonly #steps: Step[] = [];

  /** Whether nothing depends on variables. */
  get isKnown(): boolean {
    return this.#steps.length === 0;
  }

  /** An amount that is read from variables. */
  read(step: (variables: Variables) => number): Amount {
    return this.#later((_, variables) => Math.min(step(variables), LARGEST));
  }

  sum(terms: readonly Amount[]): Amount {
    let known = 0;
    const places: number[] = [];
    for (const term of terms) {
      if (typeof term === "number") known = Math.min(known + term, LARGEST);
      else places.push(term.place);
    }
    if (places.length === 0) return known;
    const start = known;
    return this.#later((values) => {
      let total = start;
      for (const place of places) total += values[place] ?? 0;
      return Math.min(total, LARGEST);
    });
  }

  product(left: Amount, right: Amount): Amount {
    if (left === 0 || right === 0) return 0;
    if (left === 1) return right;
    if (right === 1) return left;
    if (typeof left === "number" && typeof right === "number") return Math.min(left * right, LARGEST);
    return this.#later((values) => Math.min(amountOf(left, values) * amountOf(right, values), LARGEST));
  }

  /** How to calculate amounts from variables, all steps in order. */
  compile(results: readonly Amount[]): (variables: Variables) => readonly number[] {
    const steps = [...this.#steps];
    return (variables) => {
      const values: number[] = [];
      for (const step of steps) values.push(step(values, variables));
      return results.map((amount) => amountOf(amount, values));
    };
  }

  #later(step: Step): Amount {
    return { place: this.#steps.push(step) - 1 };
  }
}

function amountOf(amount: Amount, values: readonly number[]): number {
  return typeof amount === "number" ? amount : (values[amount.place] ?? 0);
}
