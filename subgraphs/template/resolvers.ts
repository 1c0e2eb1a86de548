import type { Resolvers } from "./resolver-types.ts";
import { TEMPLATE_ITEMS } from "./rows.ts";

/** What answers the fields of the template domain. */
export const resolvers: Resolvers = {
  Query: {
    templateItem: (_query, { id }, { loaders }) => loaders.item.load(id),
    templateItems: () => TEMPLATE_ITEMS,
  },
  TemplateItem: {
    __resolveReference: ({ id }, { loaders }) => loaders.item.load(id),
  },
};
