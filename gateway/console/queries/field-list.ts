import type { Classification } from "../../../shared/classification-levels.ts";
import type { Page } from "./page.ts";

export interface FieldRow {
  readonly coordinate: string;
  readonly name: string;
  readonly parentType: string;
  readonly type: string;
  readonly description: string | null;
  readonly deprecationReason: string | null;
  readonly classification: Classification | null;
  readonly isKey: boolean;
  readonly masks: readonly { readonly summary: string }[];
  readonly requirements: readonly { readonly summary: string }[];
}

export interface FieldList {
  readonly catalogFields: {
    readonly totalCount: number;
    readonly pageInfo: Page;
    readonly nodes: readonly FieldRow[];
  } | null;
}

export const FIELD_LIST = /* GraphQL */ `
query ConsoleFields($product: ID, $search: String, $classification: CatalogClassification, $first: Int!, $after: String) {
  catalogFields(product: $product, search: $search, classification: $classification, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      coordinate name parentType type description deprecationReason classification isKey
      masks { summary }
      requirements { summary }
    }
  }
}`;
