import { connectionResolvers, edgeResolvers } from "../../shared/subgraph/connection-resolvers.ts";
import type { Resolvers } from "./resolver-types.ts";

/** What answers the fields of the product domain. */
export const resolvers: Resolvers = {
  Query: {
    product: (_query, { id }, { loaders }) => loaders.product.load(id),
    products: (_query, args, { loaders }) => loaders.products(args),
  },
  Product: {
    __resolveReference: ({ id }, { loaders }) => loaders.product.load(id),
    price: ({ price }) => Number(price),
  },
  ProductConnection: connectionResolvers,
  ProductEdge: edgeResolvers,
};
