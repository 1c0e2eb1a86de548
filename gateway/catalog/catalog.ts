import type { GraphQLSchema } from "graphql";
import type { Classification } from "../../shared/classification-levels.ts";
import type { CatalogAspect } from "../../shared/define-directive.ts";
import type { ProductDescriptor } from "../../shared/product-descriptor.ts";

/** What the catalog says of one generation. */
export interface Catalog {
  readonly products: readonly CatalogProduct[];
  readonly fields: readonly CatalogField[];
  /** Coordinates of types and fields that clients do not know. */
  readonly hidden: readonly string[];
  /** What clients see. */
  readonly schema: GraphQLSchema;
}

export interface CatalogProduct {
  /** `domain.product`. */
  readonly id: string;
  readonly subgraph: string;
  readonly domain: string;
  readonly name: string;
  readonly version: string;
  readonly status: ProductDescriptor["status"];
  readonly owner: CatalogOwner | null;
  readonly tags: readonly string[];
  /** The highest of its fields. */
  readonly classification: Classification | null;
  /** Without what clients do not know of; null where the domain sent none. */
  readonly descriptor: ProductDescriptor | null;
  readonly ports: readonly CatalogPort[];
  /** Of the whole schema. */
  readonly rules: readonly CatalogRule[];
}

export interface CatalogOwner {
  readonly team: string;
  readonly contact: string;
}

export interface CatalogPort {
  readonly type: string;
  readonly description: string | null;
  readonly rules: readonly CatalogRule[];
}

export interface CatalogField {
  readonly coordinate: string;
  readonly product: string;
  readonly parentType: string;
  readonly name: string;
  readonly type: string;
  readonly description: string | null;
  readonly deprecationReason: string | null;
  readonly classification: Classification | null;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly format: string | null;
  readonly isKey: boolean;
  readonly owner: CatalogOwner | null;
  readonly rules: readonly CatalogRule[];
}

export interface CatalogRule {
  readonly directive: string;
  /** The heading that it is shown under. */
  readonly aspect: CatalogAspect | null;
  readonly summary: string;
  /** JSON. */
  readonly arguments: string;
  readonly coordinate: string;
  readonly subgraphs: readonly string[];
  readonly reason: string | null;
}
