import { Counter, type Registry } from "prom-client";
import type { Plan } from "./request/plan.ts";

/** The same planning, with a metric of how often it is asked for: an operation that is known is not planned again. */
export function countPlans(plan: Plan, metrics: Registry): Plan {
  const planned = new Counter({
    name: "dpg_operations_planned_total",
    help: "Operations that were planned: before anybody asked, or while a client waited",
    registers: [metrics],
  });
  return (operation) => {
    planned.inc();
    return plan(operation);
  };
}
