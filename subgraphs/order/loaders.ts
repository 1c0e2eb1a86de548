import type DataLoader from "dataloader";
import sql from "sql-template-tag";
import {
  type Connection,
  type ConnectionArguments,
  childConnectionLoader,
  connectionLoader,
  type LoadConnection,
} from "../../shared/subgraph/connection.ts";
import { type ListSource, present } from "../../shared/subgraph/list-source.ts";
import { groupLoader, keyLoader } from "../../shared/subgraph/loaders.ts";
import type { SubgraphContext, SubgraphRequest } from "../../shared/subgraph/subgraph-definition.ts";
import type { OrderFilter, OrderSort } from "./resolver-types.ts";
import { ITEM_COLUMNS, ORDER_COLUMNS, type OrderItemRow, type OrderRow } from "./rows.ts";

/** What one request loads orders with. */
export interface Loaders {
  readonly order: DataLoader<string, OrderRow | null>;
  readonly items: DataLoader<string, readonly OrderItemRow[]>;
  readonly orders: (args: ConnectionArguments<OrderFilter, OrderSort>) => Connection<OrderRow>;
  readonly ordersOfCustomer: LoadConnection<OrderRow, OrderFilter, OrderSort>;
  readonly ordersOfProduct: LoadConnection<OrderRow, OrderFilter, OrderSort>;
}

export type Context = SubgraphContext<Loaders>;

/** The loaders of one request. */
export function createLoaders(request: SubgraphRequest): Loaders {
  const { database } = request;
  return {
    order: keyLoader(
      (ids) => database.query<OrderRow>(sql`SELECT ${ORDER_COLUMNS} FROM orders WHERE id = ANY(${ids})`),
      (row) => row.id,
    ),
    items: groupLoader(
      (orderIds) =>
        database.query<OrderItemRow>(
          sql`SELECT ${ITEM_COLUMNS} FROM order_item WHERE order_id = ANY(${orderIds}) ORDER BY order_id, line`,
        ),
      (row) => row.orderId,
    ),
    orders: connectionLoader<OrderRow, OrderFilter, OrderSort>(request, orderList),
    ordersOfCustomer: childConnectionLoader<OrderRow, OrderFilter, OrderSort>(
      request,
      orderList,
      (customerId) => sql`orders.customer_id = ${customerId}`,
    ),
    ordersOfProduct: childConnectionLoader<OrderRow, OrderFilter, OrderSort>(
      request,
      orderList,
      (productId) => sql`orders.id IN (SELECT order_id FROM order_item WHERE product_id = ${productId})`,
    ),
  };
}

const orderList: ListSource<OrderFilter, OrderSort> = {
  name: "orders",
  columns: ORDER_COLUMNS,
  from: sql`orders`,
  id: sql`orders.id`,
  defaultSort: "PLACED_AT_DESC",
  sorts: {
    PLACED_AT_DESC: { key: sql`orders.placed_at`, type: "timestamptz", direction: "DESC" },
    PLACED_AT_ASC: { key: sql`orders.placed_at`, type: "timestamptz", direction: "ASC" },
    TOTAL_DESC: { key: sql`orders.total`, type: "numeric", direction: "DESC" },
    TOTAL_ASC: { key: sql`orders.total`, type: "numeric", direction: "ASC" },
  },
  where: (filter) => [
    ...present(filter.region, (region) => sql`orders.region = ${region}`),
    ...present(filter.status, (states) => sql`orders.status = ANY(${states})`),
    ...present(filter.placedFrom, (moment) => sql`orders.placed_at >= ${moment}`),
    ...present(filter.placedBefore, (moment) => sql`orders.placed_at < ${moment}`),
    ...present(filter.minTotal, (total) => sql`orders.total >= ${total}`),
    ...present(filter.maxTotal, (total) => sql`orders.total <= ${total}`),
  ],
};
