import { connectionResolvers, edgeResolvers } from "../../shared/subgraph/connection-resolvers.ts";
import { dateTime } from "../../shared/subgraph/date-time.ts";
import { placeOrder } from "./place-order.ts";
import type { Resolvers } from "./resolver-types.ts";

/** What answers the fields of the order domain. */
export const resolvers: Resolvers = {
  DateTime: dateTime,
  Query: {
    order: (_query, { id }, { loaders }) => loaders.order.load(id),
    orders: (_query, args, { loaders }) => loaders.orders(args),
  },
  Mutation: {
    placeOrder: (_mutation, { input }, context) => placeOrder(input, context),
  },
  Order: {
    __resolveReference: ({ id }, { loaders }) => loaders.order.load(id),
    customer: ({ customerId }) => ({ id: customerId }),
    items: ({ id }, _args, { loaders }) => loaders.items.load(id),
    total: ({ total }) => Number(total),
  },
  OrderItem: {
    product: ({ productId }) => ({ id: productId }),
    unitPrice: ({ unitPrice }) => Number(unitPrice),
  },
  Customer: {
    __resolveReference: ({ id }) => ({ id }),
    orders: ({ id }, args, { loaders }) => loaders.ordersOfCustomer(id, args),
  },
  Product: {
    __resolveReference: ({ id }) => ({ id }),
    orders: ({ id }, args, { loaders }) => loaders.ordersOfProduct(id, args),
  },
  OrderConnection: connectionResolvers,
  OrderEdge: edgeResolvers,
};
