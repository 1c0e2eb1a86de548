import { runSubgraph } from "../../shared/subgraph/run-subgraph.ts";
import { templateSubgraph } from "./subgraph.ts";

await runSubgraph(templateSubgraph);
