import type { PartRole } from "../../shared/postgres/part-role.ts";

/**
 * What the catalog may do in the registry's database: no token is among what it sees, and nothing that gateways serve
 * among what it changes.
 */
export const CATALOG_ROLE: PartRole = {
  name: "catalog",
  reads: [
    "generation",
    "generation_member",
    "artifact",
    "act",
    "usage_operation",
    "usage_caller",
    "usage_count",
    "quality_result",
    "product_traffic",
    "service_level_status",
    "service_level_sample",
    "lineage_edge",
    "lineage_assertion",
  ],
  writes: [
    "catalog_state",
    "catalog_product",
    "catalog_field",
    "catalog_version",
    "catalog_change",
    "catalog_served",
  ],
};
