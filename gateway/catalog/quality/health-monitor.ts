import type { Logger } from "../../../shared/log.ts";
import type { Registry } from "../../registry/registry.ts";
import { Rounds } from "../rounds.ts";
import { type MonitoredProduct, readMonitoredProducts } from "./monitored-products.ts";
import { type LatestResult, QualityStore } from "./quality-store.ts";
import { readFreshness } from "./read-freshness.ts";
import { type Judged, judgeFreshness, judgeTraffic, type Traffic, type Windows } from "./service-levels.ts";
import { type Measured, retainSamples, writeStatuses } from "./status-store.ts";
import { takeAssertions } from "./take-assertions.ts";
import { NO_TRAFFIC, readTraffic, retainTraffic } from "./traffic-store.ts";

export interface MonitorOptions {
  readonly registry: Registry;
  /** Milliseconds between two rounds. */
  readonly intervalMs: number;
  readonly windows: Windows;
  /** Told what each round measured, before the next one begins. */
  readonly onMeasured: (measured: readonly Measured[], results: readonly LatestResult[]) => Promise<void>;
  readonly log: Pick<Logger, "warn">;
}

/** Days for which results and samples are kept. */
const KEPT_DAYS = 90;
const RETENTION_PAUSE = 3_600_000;
/** Any number: of the processes of one registry, one measures at a time. */
const MONITOR_LOCK = 4_713_020_262;

/** Measures, round by round, how published products keep their promises. A round that fails is logged, and the next one tries again. */
export class HealthMonitor {
  readonly #options: MonitorOptions;
  #products: { readonly number: number; readonly list: readonly MonitoredProduct[] } = {
    number: 0,
    list: [],
  };
  /** Subgraphs of products that could not be read, which was told. */
  #skipped: ReadonlySet<string | null> = new Set();
  #nextRetention = Date.now() + RETENTION_PAUSE;
  readonly #rounds: Rounds;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#rounds = new Rounds({
      intervalMs: options.intervalMs,
      run: () => this.#measure(),
      onError: (error) => options.log.warn({ err: error }, "service levels could not be measured"),
    });
  }

  /** Waits for the round under way. */
  async stop(): Promise<void> {
    await this.#rounds.stop();
  }

  async #measure(): Promise<void> {
    const { pool } = this.#options.registry.store;
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS mine", [
        MONITOR_LOCK,
      ]);
      if (rows[0]?.mine) await this.#measureAlone();
      await client.query("COMMIT");
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async #measureAlone(): Promise<void> {
    const { registry, windows, onMeasured } = this.#options;
    const { pool } = registry.store;
    const products = await this.#published();
    await takeAssertions(pool, products);
    const results = await new QualityStore(pool).latest(products.map(({ id }) => id));
    const [freshness, over] = await Promise.all([
      readFreshness(pool, products, results),
      readWindows(registry, windows),
    ]);
    const now = Date.now();
    const measured = products.map((product) => {
      const dataAt = freshness.get(product.id) ?? null;
      const trafficOver = (seconds: number) => over(seconds).get(product.id) ?? NO_TRAFFIC;
      return { product, dataAt, levels: judge(product, { dataAt, over: trafficOver, windows, now }) };
    });
    await writeStatuses(pool, measured);
    await onMeasured(measured, results);
    if (now > this.#nextRetention) await this.#retain(now);
  }

  async #published(): Promise<readonly MonitoredProduct[]> {
    const { log, registry } = this.#options;
    const { store } = registry;
    const number = await store.latestNumber();
    if (number === this.#products.number) return this.#products.list;
    const generation = await store.generation(number);
    const { products, skipped } = generation ? readMonitoredProducts(generation.content) : NONE;
    for (const { subgraph, error } of skipped)
      if (!this.#skipped.has(subgraph))
        log.warn(
          { err: error, subgraph, generation: number },
          "a product cannot be read, and is not measured",
        );
    this.#skipped = new Set(skipped.map(({ subgraph }) => subgraph));
    this.#products = { number, list: products };
    return products;
  }

  async #retain(now: number): Promise<void> {
    this.#nextRetention = now + RETENTION_PAUSE;
    const { pool } = this.#options.registry.store;
    await new QualityStore(pool).retain(KEPT_DAYS);
    await retainSamples(pool, KEPT_DAYS);
    await retainTraffic(pool);
  }
}

const NONE = { products: [], skipped: [] };

type ReadOver = (seconds: number) => ReadonlyMap<string, Traffic>;

async function readWindows({ store }: Registry, { budget, burns }: Windows): Promise<ReadOver> {
  const lengths = [...new Set([budget, ...burns.flatMap(({ long, short }) => [long, short])])];
  const read = new Map<number, ReadonlyMap<string, Traffic>>();
  for (const seconds of lengths) read.set(seconds, await readTraffic(store.pool, seconds));
  return (seconds) => read.get(seconds) ?? new Map();
}

interface Facts {
  readonly dataAt: Date | null;
  readonly over: (seconds: number) => Traffic;
  readonly windows: Windows;
  readonly now: number;
}

function judge({ targets }: MonitoredProduct, { dataAt, ...traffic }: Facts): readonly Judged[] {
  return [...targets].map(([kind, target]) =>
    kind === "FRESHNESS"
      ? judgeFreshness(target, dataAt, traffic.now)
      : judgeTraffic({ kind, target, ...traffic }),
  );
}
