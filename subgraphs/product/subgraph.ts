import type { SubgraphDefinition } from "../../shared/subgraph/subgraph-definition.ts";
import { createLoaders, type Loaders } from "./loaders.ts";
import { resolvers } from "./resolvers.ts";

/** The product domain as a service. */
export const productSubgraph: SubgraphDefinition<Loaders> = {
  directory: new URL("./", import.meta.url),
  resolvers,
  createLoaders,
  database: "postgres",
};
