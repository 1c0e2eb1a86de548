import type pg from "pg";
import { Gauge, Registry } from "prom-client";
import { readProductHealth } from "./product-health.ts";

interface Status {
  readonly product: string;
  readonly kind: string;
  readonly state: string;
  readonly value: number | null;
  readonly budget: number | null;
  readonly burn: number | null;
}

/** How products are, in Prometheus's text format; of the database, so that any process of the registry tells the same. */
export async function qualityMetrics(
  pool: pg.Pool,
): Promise<{ readonly type: string; readonly text: string }> {
  const registry = new Registry();
  const gauge = (name: string, help: string, ...labels: readonly string[]) =>
    new Gauge({ name, help, labelNames: ["product", ...labels], registers: [registry] });
  const value = gauge("dpg_service_level", "What was measured: percent, milliseconds or seconds", "kind");
  const breached = gauge("dpg_service_level_breached", "1 where a promise is not kept", "kind");
  const budget = gauge(
    "dpg_service_level_budget_remaining",
    "Share of the error budget that is left",
    "kind",
  );
  const burn = gauge(
    "dpg_service_level_burn_rate",
    "How fast the error budget is used, 1 for as allowed",
    "kind",
  );
  const checks = gauge("dpg_quality_checks", "Checks by how they last ended", "outcome");
  const { rows } = await pool.query<Status>(
    `SELECT product, kind, state, value, error_budget_remaining AS budget, burn_rate AS burn
     FROM service_level_status ORDER BY product, kind`,
  );
  for (const { product, kind, ...status } of rows) {
    breached.set({ product, kind }, status.state === "BREACHED" ? 1 : 0);
    if (status.value !== null) value.set({ product, kind }, status.value);
    if (status.budget !== null) budget.set({ product, kind }, status.budget);
    if (status.burn !== null) burn.set({ product, kind }, status.burn);
  }
  for (const { id: product, quality } of await readProductHealth(pool))
    for (const [outcome, count] of Object.entries(quality)) checks.set({ product, outcome }, count);
  return { type: registry.contentType, text: await registry.metrics() };
}
