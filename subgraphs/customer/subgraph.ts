import type { SubgraphDefinition } from "../../shared/subgraph/subgraph-definition.ts";
import { createLoaders, type Loaders } from "./loaders.ts";
import { resolvers } from "./resolvers.ts";

/** The customer domain as a service. */
export const customerSubgraph: SubgraphDefinition<Loaders> = {
  directory: new URL("./", import.meta.url),
  resolvers,
  createLoaders,
  database: "postgres",
};
