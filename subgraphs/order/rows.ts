import sql from "sql-template-tag";
import type { OrderStatus, Region } from "./resolver-types.ts";

/** A row of the table `orders`. */
export interface OrderRow {
  readonly id: string;
  readonly customerId: string;
  readonly status: OrderStatus;
  readonly region: Region;
  /** Decimal text, as Postgres gives a numeric. */
  readonly total: string;
  readonly currency: string;
  readonly placedAt: Date;
}

/** A row of the table `order_item`. */
export interface OrderItemRow {
  readonly orderId: string;
  readonly productId: string;
  readonly quantity: number;
  /** Decimal text. */
  readonly unitPrice: string;
}

/** A customer as the order domain knows one: by id. */
export interface CustomerRow {
  readonly id: string;
}

/** A product as the order domain knows one: by id. */
export interface ProductRow {
  readonly id: string;
}

/** The select list of an {@link OrderRow}. */
export const ORDER_COLUMNS = sql`orders.id, orders.customer_id AS "customerId", orders.status, orders.region,
  orders.total, orders.currency, orders.placed_at AS "placedAt"`;

/** The select list of an {@link OrderItemRow}. */
export const ITEM_COLUMNS = sql`order_id AS "orderId", product_id AS "productId", quantity,
  unit_price AS "unitPrice"`;
