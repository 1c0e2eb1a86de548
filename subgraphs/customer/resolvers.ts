import { connectionResolvers, edgeResolvers } from "../../shared/subgraph/connection-resolvers.ts";
import { dateTime } from "../../shared/subgraph/date-time.ts";
import type { Resolvers } from "./resolver-types.ts";
import { updateContact } from "./update-contact.ts";

/** What answers the fields of the customer domain. */
export const resolvers: Resolvers = {
  DateTime: dateTime,
  Query: {
    customer: (_query, { id }, { loaders }) => loaders.customer.load(id),
    customers: (_query, args, { loaders }) => loaders.customers(args),
  },
  Mutation: {
    updateCustomerContact: async (_mutation, { input }, context) => ({
      customer: await updateContact(input, context),
    }),
  },
  Customer: {
    __resolveReference: ({ id }, { loaders }) => loaders.customer.load(id),
    address: ({ line1, city, postalCode, country }) => ({ line1, city, postalCode, country }),
    creditLimit: ({ creditLimit }) => (creditLimit === null ? null : Number(creditLimit)),
  },
  CustomerConnection: connectionResolvers,
  CustomerEdge: edgeResolvers,
};
