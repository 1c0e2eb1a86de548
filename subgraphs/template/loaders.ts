import type DataLoader from "dataloader";
import { keyLoader } from "../../shared/subgraph/loaders.ts";
import type { SubgraphContext } from "../../shared/subgraph/subgraph-definition.ts";
import { TEMPLATE_ITEMS, type TemplateItemRow } from "./rows.ts";

/** What one request loads items with. */
export interface Loaders {
  readonly item: DataLoader<string, TemplateItemRow | null>;
}

export type Context = SubgraphContext<Loaders>;

/** The loaders of one request. */
export function createLoaders(): Loaders {
  return {
    item: keyLoader(
      async (ids) => TEMPLATE_ITEMS.filter((item) => ids.includes(item.id)),
      (item) => item.id,
    ),
  };
}
