import type { Resolvers } from "./resolver-types.ts";
import { TEMPLATE_ITEMS } from "./rows.ts";

/** Items given out at once. */
const MOST = 100;

/** What answers the fields of the template domain. */
export const resolvers: Resolvers = {
  Query: {
    templateItem: (_query, { id }, { loaders }) => loaders.item.load(id),
    templateItems: (_query, { first }) => TEMPLATE_ITEMS.slice(0, Math.min(Math.max(first ?? MOST, 0), MOST)),
  },
  TemplateItem: {
    __resolveReference: ({ id }, { loaders }) => loaders.item.load(id),
  },
};
