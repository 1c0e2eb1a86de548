import type { Sample } from "./measure.ts";
import type { Participant } from "./participants.ts";

/** One line of the table. */
export interface Row extends Sample {
  readonly workload: string;
  readonly participant: Participant;
}

const COLUMNS = ["CPU ms/req", "x stock", "x probe", "req/s", "p50 ms", "p99 ms", "RSS MB"];

/**
 * Prints a table per workload. `x stock`: how many times less CPU than stock Apollo; `x probe`: how many times
 * more than the limit probe. Ratios within one run are meaningful, absolute figures depend on the machine.
 */
export function printTable(rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ participant }) => participant.name.length)) + 2;
  for (const workload of new Set(rows.map((row) => row.workload))) {
    const group = rows.filter((row) => row.workload === workload);
    process.stdout.write(`\n${workload.padEnd(width)}${COLUMNS.map((name) => name.padStart(12)).join("")}\n`);
    const stock = cpuOf(group, "stock");
    const probe = cpuOf(group, "probe");
    for (const { participant, cpu, requestsPerSecond, p50, p99, rss } of group) {
      const cells = [
        cpu.toFixed(3),
        ratio(stock, cpu),
        ratio(cpu, probe),
        requestsPerSecond.toFixed(0),
        p50.toFixed(2),
        p99.toFixed(1),
        rss.toFixed(0),
      ];
      process.stdout.write(
        `${participant.name.padEnd(width)}${cells.map((cell) => cell.padStart(12)).join("")}\n`,
      );
    }
    const open = cpuOf(group, "ours");
    const governed = cpuOf(group, "governed");
    if (open !== undefined && governed !== undefined)
      process.stdout.write(`governance costs ${more(governed, open)} of CPU\n`);
    const limited = cpuOf(group, "limited");
    if (open !== undefined && limited !== undefined)
      process.stdout.write(`every limit costs ${more(limited, open)} of CPU\n`);
    const [audited, unaudited] = [p50Of(group, "governed"), p50Of(group, "unaudited")];
    if (audited !== undefined && unaudited !== undefined)
      process.stdout.write(`audit adds ${(audited - unaudited).toFixed(2)} ms at p50\n`);
  }
}

function cpuOf(rows: readonly Row[], kind: Participant["kind"]): number | undefined {
  return rows.find(({ participant }) => participant.kind === kind)?.cpu;
}

function p50Of(rows: readonly Row[], kind: Participant["kind"]): number | undefined {
  return rows.find(({ participant }) => participant.kind === kind)?.p50;
}

function more(one: number, other: number): string {
  return `${((one / other - 1) * 100).toFixed(1)} %`;
}

function ratio(of: number | undefined, by: number | undefined): string {
  return of === undefined || by === undefined ? "-" : (of / by).toFixed(2);
}
