import type { SubgraphDefinition } from "../../shared/subgraph/subgraph-definition.ts";
import type { CatalogProjector } from "./catalog-projector.ts";
import { type Loaders, loadersOf } from "./loaders.ts";
import { openReadModels } from "./open-read-models.ts";
import { resolvers } from "./resolvers.ts";

/** The catalog as a subgraph like any other; its database is the registry's. */
export function catalogSubgraph(projector: CatalogProjector): SubgraphDefinition<Loaders> {
  return {
    directory: new URL("./", import.meta.url),
    resolvers,
    createLoaders: loadersOf(projector, openReadModels()),
    database: "postgres",
  };
}
