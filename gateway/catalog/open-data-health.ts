import type { FastifyInstance } from "fastify";
import type { Registry } from "../registry/registry.ts";
import { lineageRoutes } from "./openlineage/lineage-routes.ts";
import { LineageStore } from "./openlineage/lineage-store.ts";

/** What a registry knows of the health of data: what pipelines report. */
export interface DataHealth {
  /** Routes, each below its own prefix. */
  readonly routes: readonly {
    readonly prefix: string;
    readonly register: (app: FastifyInstance) => Promise<void>;
  }[];
}

/** Opens it on a registry's tables. */
export function openDataHealth(registry: Registry): DataHealth {
  const lineage = new LineageStore(registry.store.pool);
  return {
    routes: [{ prefix: "/api/v1/lineage", register: (app) => lineageRoutes(app, { registry, lineage }) }],
  };
}
