import sql from "sql-template-tag";
import type { Classification } from "../../shared/classification-levels.ts";
import type { ProductDescriptor } from "../../shared/product-descriptor.ts";
import type { QualityRule } from "../../shared/quality-rule.ts";
import type { Connection } from "../../shared/subgraph/connection.ts";
import type { CatalogField, CatalogPort, CatalogRule } from "./catalog.ts";
import type { LineageAnswer, ServiceLevelKind } from "./read-models.ts";

/** A row of the table `catalog_product`. */
export interface DataProductRow {
  readonly id: string;
  readonly subgraph: string;
  readonly domain: string;
  readonly name: string;
  readonly version: string;
  readonly status: ProductDescriptor["status"];
  readonly ownerTeam: string | null;
  readonly ownerContact: string | null;
  readonly tags: readonly string[];
  readonly classification: Classification | null;
  readonly updatedAt: Date;
  readonly descriptor: ProductDescriptor | null;
  readonly ports: readonly CatalogPort[];
  readonly rules: readonly CatalogRule[];
}

/** The select list of a {@link DataProductRow}. */
export const PRODUCT_COLUMNS = sql`id, subgraph, domain, name, version, status, owner_team AS "ownerTeam",
  owner_contact AS "ownerContact", tags, classification, updated_at AS "updatedAt", descriptor, ports, rules`;

/** A row of the table `catalog_field`. */
export interface CatalogFieldRow extends Omit<CatalogField, "owner"> {
  readonly ownerTeam: string | null;
  readonly ownerContact: string | null;
}

/** The select list of a {@link CatalogFieldRow}. */
export const FIELD_COLUMNS = sql`coordinate, product, parent_type AS "parentType", name, type, description,
  deprecation_reason AS "deprecationReason", classification, categories, tags, format, is_key AS "isKey",
  owner_team AS "ownerTeam", owner_contact AS "ownerContact", rules`;

/** A type that a product offers. */
export interface OutputPortRow extends CatalogPort {
  readonly product: string;
}

/** What a product is made from. */
export interface InputPortRow {
  /** Null for a dataset outside the graph. */
  readonly productId: string | null;
  readonly source: string;
  readonly description: string;
}

/** A promise of a product. */
export interface ServiceLevelRow {
  readonly product: string;
  readonly kind: ServiceLevelKind;
  readonly objective: string;
  readonly target: number;
}

/** A rule of quality of a product. */
export interface QualityCheckRow {
  readonly product: string;
  readonly rule: QualityRule;
}

/** Lineage around a place. */
export interface LineageGraphRow extends LineageAnswer {
  readonly nodes: readonly LineageNodeRow[];
}

/** A place in it. */
export interface LineageNodeRow {
  readonly id: string;
  readonly kind: LineageAnswer["nodes"][number]["kind"];
  readonly name: string;
  readonly product: string | null;
}

/** Conditions on data products; all that are given must hold. */
export interface ProductConditions {
  readonly search?: string | null;
  readonly domain?: string | null;
  readonly owner?: string | null;
  readonly classification?: Classification | null;
  readonly tag?: string | null;
}

/** A list of products that knows which conditions it was made for. */
export interface DataProductConnectionRow extends Connection<DataProductRow> {
  readonly conditions: ProductConditions;
}
