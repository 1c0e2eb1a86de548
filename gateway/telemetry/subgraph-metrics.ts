import { Gauge, type Registry } from "prom-client";
import type { SubgraphClient } from "../execution/fetch-subgraph.ts";
import { collectCounter, collectDurations, Durations } from "./collected-metrics.ts";

interface Calls {
  readonly durations: Durations;
  readonly failed: Map<string, number>;
  running: number;
}

/** Counts the calls to each subgraph; their retries are part of a call. */
export class SubgraphMetrics {
  readonly #byName = new Map<string, Calls>();

  constructor(registry: Registry) {
    const labelNames = ["subgraph"];
    const running = () =>
      [...this.#byName].map(([subgraph, calls]) => [{ subgraph }, calls.running] as const);
    collectDurations(
      registry,
      { name: "dpg_subgraph_duration_seconds", help: "Calls to subgraphs by how long they took", labelNames },
      () => [...this.#byName].map(([subgraph, { durations }]) => [{ subgraph }, durations] as const),
    );
    collectCounter(
      registry,
      {
        name: "dpg_subgraph_failed_total",
        help: "Calls to subgraphs that got no GraphQL response",
        labelNames: ["subgraph", "code"],
      },
      () => this.#failures(),
    );
    new Gauge({
      name: "dpg_subgraph_calls_in_flight",
      help: "Calls to subgraphs under way",
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const [labels, value] of running()) this.set(labels, value);
      },
    });
  }

  /** The same client, with its calls counted. */
  measure(name: string, client: SubgraphClient): SubgraphClient {
    const calls = this.#byName.get(name) ?? { durations: new Durations(), failed: new Map(), running: 0 };
    this.#byName.set(name, calls);
    return {
      close: () => client.close(),
      call: (body, options) => {
        const since = performance.now();
        calls.running += 1;
        const reply = client.call(body, options);
        // Clients never reject.
        void reply.then((settled) => {
          calls.running -= 1;
          calls.durations.add(performance.now() - since);
          if (settled.kind === "failed")
            calls.failed.set(settled.code, (calls.failed.get(settled.code) ?? 0) + 1);
        });
        return reply;
      },
    };
  }

  *#failures() {
    for (const [subgraph, { failed }] of this.#byName)
      for (const [code, count] of failed) yield [{ subgraph, code }, count] as const;
  }
}
