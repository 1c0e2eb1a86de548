import sql from "sql-template-tag";
import type { ProductCategory } from "./resolver-types.ts";

/** A row of the table `product`. */
export interface ProductRow {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: ProductCategory;
  /** Decimal text, as Postgres gives a numeric. */
  readonly price: string;
  readonly currency: string;
  readonly inventory: number;
}

/** The select list of a {@link ProductRow}. */
export const PRODUCT_COLUMNS = sql`id, sku, name, description, category, price, currency, inventory`;
