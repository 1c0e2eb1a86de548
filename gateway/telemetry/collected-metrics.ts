import { Counter, Histogram, type Registry } from "prom-client";

/** Requests in ranges of how long they took; counted by adding to numbers, read when somebody asks. */
export class Durations {
  /** Not cumulative; one more than there are bounds. */
  readonly buckets: number[] = Array.from({ length: BOUNDS.length + 1 }, () => 0);
  milliseconds = 0;

  add(milliseconds: number): void {
    let bucket = 0;
    while (bucket < BOUNDS.length && milliseconds > (BOUNDS[bucket] ?? 0) * 1000) bucket += 1;
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    this.milliseconds += milliseconds;
  }
}

/** Seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

type Labels = Readonly<Record<string, string>>;

export interface MetricText {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** A counter whose values are kept elsewhere; they must not fall. */
export function collectCounter(
  registry: Registry,
  text: MetricText,
  read: () => Iterable<readonly [Labels, number]>,
): void {
  new Counter({
    ...text,
    labelNames: [...text.labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}

/** A histogram of seconds whose values are kept elsewhere. */
export function collectDurations(
  registry: Registry,
  text: MetricText,
  read: () => Iterable<readonly [Labels, Durations]>,
): void {
  registry.registerMetric(new CollectedDurations(text, read));
}

class CollectedDurations extends Histogram {
  readonly #text: MetricText;
  readonly #read: () => Iterable<readonly [Labels, Durations]>;

  constructor(text: MetricText, read: () => Iterable<readonly [Labels, Durations]>) {
    super({ ...text, labelNames: [...text.labelNames], buckets: BOUNDS, registers: [] });
    this.#text = text;
    this.#read = read;
  }

  /** What the registry asks every histogram for. */
  async getForPromString() {
    const { name, help } = this.#text;
    const values = [...this.#read()].flatMap(([labels, durations]) => valuesOf(name, labels, durations));
    return { name, help, type: "histogram", aggregator: "sum", values };
  }
}

function valuesOf(name: string, labels: Labels, { buckets, milliseconds }: Durations) {
  let below = 0;
  const ranges = buckets.map((count, index) => {
    below += count;
    return {
      metricName: `${name}_bucket`,
      labels: { ...labels, le: BOUNDS[index] ?? "+Inf" },
      sharedLabels: {},
      value: below,
    };
  });
  return [
    ...ranges,
    { metricName: `${name}_sum`, labels: { ...labels }, sharedLabels: {}, value: milliseconds / 1000 },
    { metricName: `${name}_count`, labels: { ...labels }, sharedLabels: {}, value: below },
  ];
}
