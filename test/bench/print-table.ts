import type { Sample } from "./measure.ts";
import type { Participant } from "./participants.ts";

/** One line of the table. */
export interface Row {
  readonly workload: string;
  readonly participant: Pick<Participant, "name" | "kind">;
  /** One of each round. */
  readonly samples: readonly Sample[];
}

const COLUMNS = ["CPU ms/req", "x stock", "x probe", "req/s", "p50 ms", "p99 ms", "RSS MB"];

/**
 * Prints a table per workload: the medians over all rounds, of ratios as well, which compare within one round.
 * `x stock`: how many times less CPU than stock Apollo; `x probe`: how many times more than the limit probe. Ratios are
 * meaningful, absolute figures depend on the machine.
 */
export function printTable(rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ participant }) => participant.name.length)) + 2;
  for (const workload of new Set(rows.map((row) => row.workload))) {
    const group = rows.filter((row) => row.workload === workload);
    process.stdout.write(`\n${workload.padEnd(width)}${COLUMNS.map((name) => name.padStart(12)).join("")}\n`);
    const stock = cpuOf(group, "stock");
    const probe = cpuOf(group, "probe");
    for (const { participant, samples } of group) {
      const cpu = samples.map((sample) => sample.cpu);
      const cells = [
        median(cpu).toFixed(3),
        ratio(stock, cpu),
        ratio(cpu, probe),
        median(samples.map((sample) => sample.requestsPerSecond)).toFixed(0),
        median(samples.map((sample) => sample.p50)).toFixed(2),
        median(samples.map((sample) => sample.p99)).toFixed(1),
        Math.max(...samples.map((sample) => sample.rss)).toFixed(0),
      ];
      process.stdout.write(
        `${participant.name.padEnd(width)}${cells.map((cell) => cell.padStart(12)).join("")}\n`,
      );
    }
    const open = cpuOf(group, "ours");
    printCost("governance with audit", cpuOf(group, "governed"), open);
    printCost("governance without audit", cpuOf(group, "unaudited"), open);
    printCost("every limit", cpuOf(group, "limited"), open);
    const audit = ratios(p50Of(group, "governed"), p50Of(group, "unaudited"), (one, other) => one - other);
    if (audit.length > 0) process.stdout.write(`audit adds ${median(audit).toFixed(2)} ms at p50\n`);
  }
}

function printCost(of: string, cpu: readonly number[], without: readonly number[]): void {
  const costs = ratios(cpu, without, (one, other) => (one / other - 1) * 100);
  if (costs.length === 0) return;
  const [middle, least, most] = [median(costs), Math.min(...costs), Math.max(...costs)].map((cost) =>
    cost.toFixed(1),
  );
  process.stdout.write(`${of} costs ${middle} % of CPU (${least} to ${most} in ${costs.length} rounds)\n`);
}

function cpuOf(rows: readonly Row[], kind: Participant["kind"]): readonly number[] {
  return samplesOf(rows, kind).map(({ cpu }) => cpu);
}

function p50Of(rows: readonly Row[], kind: Participant["kind"]): readonly number[] {
  return samplesOf(rows, kind).map(({ p50 }) => p50);
}

function samplesOf(rows: readonly Row[], kind: Participant["kind"]): readonly Sample[] {
  return rows.find(({ participant }) => participant.kind === kind)?.samples ?? [];
}

/** One figure against another, round by round. */
function ratios(
  list: readonly number[],
  others: readonly number[],
  compare: (one: number, other: number) => number,
): readonly number[] {
  return list.flatMap((one, round) => {
    const other = others[round];
    return other === undefined ? [] : [compare(one, other)];
  });
}

function ratio(list: readonly number[], by: readonly number[]): string {
  const found = ratios(list, by, (one, other) => one / other);
  return found.length === 0 ? "-" : median(found).toFixed(2);
}

/** Of an even number, the mean of the two in the middle. */
function median(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (upper + lower) / 2;
}
