import { runSubgraph } from "../../shared/subgraph/run-subgraph.ts";
import { CatalogProjector } from "./catalog-projector.ts";
import { catalogSubgraph } from "./subgraph.ts";

await runSubgraph(catalogSubgraph(new CatalogProjector(process.env.DATABASE_URL ?? "")));
