import { createLog } from "../../shared/log.ts";
import { runSubgraph } from "../../shared/subgraph/run-subgraph.ts";
import { CatalogProjector } from "./catalog-projector.ts";
import { catalogSubgraph } from "./subgraph.ts";

const log = createLog({ name: "catalog", level: "info" });
const projector = new CatalogProjector(process.env.DATABASE_URL ?? "", (err) =>
  log.error({ err }, "the catalog stays as it was: the newest generation could not be read into it"),
);
await runSubgraph(catalogSubgraph(projector));
