import type { Classification } from "../../../shared/classification-levels.ts";
import type { Page } from "./page.ts";

export interface FacetCount {
  readonly value: string;
  readonly count: number;
}

export interface ProductCard {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly version: string;
  readonly status: string;
  readonly description: string | null;
  readonly classification: Classification | null;
  readonly tags: readonly string[];
  readonly consumerCount: number;
  readonly owner: { readonly team: string } | null;
}

export interface FieldHit {
  readonly coordinate: string;
  readonly type: string;
  readonly description: string | null;
  readonly classification: Classification | null;
  readonly owner: { readonly team: string } | null;
  readonly product: { readonly id: string; readonly name: string };
  readonly masks: readonly { readonly summary: string }[];
}

export interface ProductList {
  readonly dataProducts: {
    readonly totalCount: number;
    readonly pageInfo: Page;
    readonly nodes: readonly ProductCard[];
    readonly facets: Readonly<
      Record<"domains" | "owners" | "classifications" | "tags", readonly FacetCount[]>
    >;
  } | null;
  readonly catalogFields?: {
    readonly totalCount: number;
    readonly nodes: readonly FieldHit[];
  } | null;
}

export const PRODUCT_LIST = /* GraphQL */ `
query ConsoleProducts($search: String, $hasSearch: Boolean!, $domain: String, $owner: String, $classification: CatalogClassification, $tag: String, $first: Int!) {
  dataProducts(search: $search, domain: $domain, owner: $owner, classification: $classification, tag: $tag, first: $first) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id name domain version status description classification tags consumerCount owner { team } }
    facets {
      domains { value count }
      owners { value count }
      classifications { value count }
      tags { value count }
    }
  }
  catalogFields(search: $search, classification: $classification, first: 8) @include(if: $hasSearch) {
    totalCount
    nodes { coordinate type description classification owner { team } product { id name } masks { summary } }
  }
}`;
