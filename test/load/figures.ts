import type { LoadRecord } from "./plan.ts";

/** One promise, measured. */
export interface Figure {
  /** What was measured, as a sentence without its number. */
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: { readonly atLeast: number } | { readonly atMost: number };
}

/** Prints a line per figure; false where one misses its goal. */
export function report(figures: readonly Figure[]): boolean {
  for (const figure of figures) {
    const goal =
      "atLeast" in figure.goal ? `at least ${figure.goal.atLeast}` : `at most ${figure.goal.atMost}`;
    const verdict = meets(figure) ? "ok    " : "MISSED";
    process.stdout.write(
      `${verdict} ${figure.what}: ${round(figure.value)} ${figure.unit} (goal: ${goal} ${figure.unit})\n`,
    );
  }
  return figures.every((figure) => meets(figure));
}

/** @param slack share of its goal by which a figure may miss it, where other work on the machine weighs on a short run */
export function meets({ value, goal }: Figure, slack = 0): boolean {
  return "atLeast" in goal ? value >= goal.atLeast * (1 - slack) : value <= goal.atMost * (1 + slack);
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

/** Milliseconds that this share of the records took at most. */
export function percentile(records: readonly LoadRecord[], share: number): number {
  const sorted = records.map(({ took }) => took).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** How many of each outcome there are. */
export function count(records: readonly LoadRecord[], outcome: LoadRecord["outcome"]): number {
  return records.filter((record) => record.outcome === outcome).length;
}
