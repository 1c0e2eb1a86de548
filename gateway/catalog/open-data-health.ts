import type { FastifyInstance } from "fastify";
import type { Logger } from "../../shared/log.ts";
import type { Registry } from "../registry/registry.ts";
import { alertRoutes } from "./alerts/alert-routes.ts";
import { AlertSender } from "./alerts/alert-sender.ts";
import { AlertStore } from "./alerts/alert-store.ts";
import { findConditions } from "./alerts/find-conditions.ts";
import { collectLineage, lineageRoutes } from "./openlineage/lineage-routes.ts";
import { LineageStore } from "./openlineage/lineage-store.ts";
import { LineagePusher, type PushTarget } from "./openlineage/push-lineage.ts";
import { HealthMonitor } from "./quality/health-monitor.ts";
import { writeProductHealth } from "./quality/product-health.ts";
import { qualityRoutes } from "./quality/quality-routes.ts";
import { USUAL_WINDOWS, type Windows } from "./quality/service-levels.ts";

export interface DataHealthOptions {
  readonly registry: Registry;
  readonly production: boolean;
  readonly log: Pick<Logger, "warn">;
  /** Milliseconds between two rounds of measuring. */
  readonly intervalMs?: number;
  /** Milliseconds before a webhook is tried again. */
  readonly backoffMs?: number;
  readonly windows?: Windows;
  /** Where the mesh's lineage is pushed to, and under which name of the graph. */
  readonly push?: { readonly target: PushTarget; readonly authority: string } | null;
}

/** What a registry knows of the health of data: what pipelines report, how promises are kept, and whom it tells. */
export interface DataHealth {
  /** Routes, each below its own prefix. */
  readonly routes: readonly {
    readonly prefix: string;
    readonly register: (app: FastifyInstance) => Promise<void>;
  }[];
  readonly stop: () => Promise<void>;
}

const INTERVAL_MS = 15_000;
const BACKOFF_MS = 10_000;
/** Rounds of measuring for one of pushing: every five minutes, usually. */
const PUSH_ROUNDS = 20;

/** Opens it on a registry's tables, and measures until it is stopped. */
export function openDataHealth(options: DataHealthOptions): DataHealth {
  const { registry, production, log } = options;
  const { intervalMs = INTERVAL_MS, backoffMs = BACKOFF_MS, windows = USUAL_WINDOWS, push = null } = options;
  const { pool } = registry.store;
  const lineage = new LineageStore(pool);
  const alerts = new AlertStore(pool);
  const monitor = new HealthMonitor({
    registry,
    intervalMs,
    windows,
    log,
    onMeasured: async (measured, results) => {
      await writeProductHealth(pool, measured, results);
      await alerts.sync(findConditions(measured, results, Date.now()));
    },
  });
  const sender = new AlertSender({
    pool,
    production,
    log,
    backoffMs,
    intervalMs: Math.min(intervalMs, 2000),
  });
  const pusher =
    push &&
    new LineagePusher({
      target: push.target,
      intervalMs: PUSH_ROUNDS * intervalMs,
      collect: () => collectLineage(registry, { authority: push.authority, days: 1 }, null),
      log,
    });
  return {
    routes: [
      { prefix: "/api/v1/lineage", register: (app) => lineageRoutes(app, { registry, lineage }) },
      { prefix: "/registry/v1/quality", register: (app) => qualityRoutes(app, registry) },
      { prefix: "/registry/v1/alerts", register: (app) => alertRoutes(app, { registry, production }) },
    ],
    stop: async () => {
      await pusher?.stop();
      await monitor.stop();
      await sender.stop();
    },
  };
}
