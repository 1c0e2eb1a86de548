import { createLog } from "../../shared/log.ts";
import { runSubgraph } from "../../shared/subgraph/run-subgraph.ts";
import { CatalogProjector } from "./catalog-projector.ts";
import { catalogSubgraph } from "./subgraph.ts";

const log = createLog({ name: "catalog", level: "info" });
const projector = new CatalogProjector(process.env.DATABASE_URL ?? "", (err) =>
  log.error({ err }, "the catalog could not be brought up to date, and stays as it was"),
);
await runSubgraph(catalogSubgraph(projector));
