import type pg from "pg";
import { Gauge, type Registry } from "prom-client";
import type { Query } from "../../shared/subgraph/request-database.ts";
import { type MeshNumbers, readMesh } from "./mesh-metrics.ts";

/** Milliseconds for which numbers are good enough. */
const FRESH_MS = 15_000;
/** Milliseconds for which a scrape waits for newer ones. */
const PATIENCE_MS = 1000;

type Series = readonly (readonly [Readonly<Record<string, string>>, number])[];

/**
 * How the mesh does, as metrics of a gateway that shares its machine with the registry. They are read when somebody asks;
 * while the database does not answer, the last ones stay.
 */
export function measureMesh(registry: Registry, pool: pg.Pool): void {
  const numbers = new LatestNumbers(({ text, values }) =>
    pool.query(text, [...values]).then((result) => result.rows),
  );
  for (const { name, help, label, series } of GAUGES)
    new Gauge({
      name,
      help,
      labelNames: label,
      registers: [registry],
      async collect() {
        const latest = await numbers.read();
        this.reset();
        for (const [labels, value] of latest ? series(latest) : []) this.set(labels, value);
      },
    });
}

const GAUGES: readonly {
  readonly name: string;
  readonly help: string;
  readonly label: readonly string[];
  readonly series: (mesh: MeshNumbers) => Series;
}[] = [
  {
    name: "dpg_mesh_products",
    help: "Data products by domain",
    label: ["domain"],
    series: ({ productsPerDomain }) =>
      productsPerDomain.map(({ value, count }) => [{ domain: value }, count]),
  },
  {
    name: "dpg_mesh_product_consumers",
    help: "Applications that used a data product in the last 90 days",
    label: ["product"],
    series: ({ consumersPerProduct }) =>
      consumersPerProduct.map(({ value, count }) => [{ product: value }, count]),
  },
  {
    name: "dpg_mesh_fields_share",
    help: "Share of the fields of data products that are described, owned (themselves, or by their type's or product's owner) or classified, 0 to 1",
    label: ["what"],
    series: ({ fields: { described, owned, classified } }) => [
      [{ what: "described" }, described],
      [{ what: "owned" }, owned],
      [{ what: "classified" }, classified],
    ],
  },
  {
    name: "dpg_mesh_registry_answers",
    help: "Checks and publishes that the registry let pass or refused, since it began",
    label: ["act", "outcome"],
    series: ({ checks }) => [
      [{ act: "check", outcome: "passed" }, checks.checksPassed],
      [{ act: "check", outcome: "refused" }, checks.checksRefused],
      [{ act: "publish", outcome: "passed" }, checks.published],
      [{ act: "publish", outcome: "refused" }, checks.publishesRefused],
    ],
  },
  {
    name: "dpg_mesh_seconds_to_served",
    help: "Median of the seconds from a data product's scaffold, or else its first publish, to its first operation",
    label: [],
    series: ({ medianSecondsToServed: seconds }) => (seconds === null ? [] : [[{}, seconds]]),
  },
];

/** The numbers of a moment ago, read once for all gauges of a scrape. */
class LatestNumbers {
  readonly #query: Query;
  #latest: MeshNumbers | null = null;
  #readAt = 0;
  #reading: Promise<void> | null = null;

  constructor(query: Query) {
    this.#query = query;
  }

  async read(): Promise<MeshNumbers | null> {
    if (Date.now() - this.#readAt < FRESH_MS) return this.#latest;
    this.#reading ??= this.#refresh().finally(() => {
      this.#reading = null;
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([this.#reading, patience]);
    clearTimeout(timer);
    return this.#latest;
  }

  async #refresh(): Promise<void> {
    const numbers = await readMesh(this.#query).catch(() => null);
    this.#readAt = Date.now();
    if (numbers) this.#latest = numbers;
  }
}
