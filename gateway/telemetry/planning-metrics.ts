import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { ClientError } from "../../shared/errors.ts";
import type { Plan } from "../request/plan.ts";
import { collectCounter } from "./collected-metrics.ts";

/** What is read when somebody asks for the metrics. */
export interface PlanningCounts {
  /** Operations that wait to be planned. */
  readonly waiting: () => number;
  /** How often a cache had what was looked for, and how often it had not. */
  readonly caches: Readonly<Record<string, { readonly hits: number; readonly misses: number }>>;
}

/** The same planning, measured: it happens once per operation and decision. */
export function measurePlanning(registry: Registry, plan: Plan, { waiting, caches }: PlanningCounts): Plan {
  const registers = [registry];
  const seconds = new Histogram({
    name: "dpg_planning_duration_seconds",
    help: "Operations that were planned, by how long it took with waiting",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const failed = new Counter({
    name: "dpg_planning_failed_total",
    help: "Operations that could not be planned",
    labelNames: ["code"],
    registers,
  });
  new Gauge({
    name: "dpg_planning_waiting",
    help: "Operations that wait to be planned",
    registers,
    collect() {
      this.set(waiting());
    },
  });
  collectCounter(
    registry,
    {
      name: "dpg_cache_lookups_total",
      help: "Look-ups of parsed documents, and of programs (plan and compiled code), by outcome",
      labelNames: ["cache", "outcome"],
    },
    () =>
      Object.entries(caches).flatMap(([cache, { hits, misses }]) => [
        [{ cache, outcome: "hit" }, hits] as const,
        [{ cache, outcome: "miss" }, misses] as const,
      ]),
  );
  return async (operation) => {
    const since = performance.now();
    try {
      return await plan(operation);
    } catch (error) {
      failed.inc({ code: error instanceof ClientError ? error.code : "INTERNAL" });
      throw error;
    } finally {
      seconds.observe((performance.now() - since) / 1000);
    }
  };
}
