import { Counter, Gauge, type Registry } from "prom-client";
import type { WatchEvent } from "./supergraph/watch-supergraph.ts";

/** Metrics of following the registry; `alive` counts the generations that are in use. */
export function createGenerationMetrics(
  registry: Registry,
  alive: () => number,
): (event: WatchEvent) => void {
  const registers = [registry];
  const served = new Gauge({
    name: "dpg_supergraph_generation",
    aggregator: "max",
    help: "Number of the generation that is served",
    registers,
  });
  const refused = new Counter({
    name: "dpg_supergraph_refused_total",
    help: "Generations that were not served because their signature, content or an address is not good",
    registers,
  });
  const unreachable = new Counter({
    name: "dpg_registry_unreachable_total",
    help: "Questions to the registry that got no answer",
    registers,
  });
  new Gauge({
    name: "dpg_supergraph_generations_alive",
    aggregator: "max",
    help: "Generations in use: the one that is served, and the one before while its operations finish",
    registers,
    collect() {
      this.set(alive());
    },
  });
  return (event) => {
    if (event.kind === "adopted") served.set(event.number);
    else if (event.kind === "refused") refused.inc();
    else unreachable.inc();
  };
}
