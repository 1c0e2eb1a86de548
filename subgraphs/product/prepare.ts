import { prepareSubgraph } from "../../shared/subgraph/prepare-subgraph.ts";
import { seedDomain } from "./seed.ts";

await prepareSubgraph({
  directory: new URL("./", import.meta.url),
  database: "product",
  seed: seedDomain,
});
