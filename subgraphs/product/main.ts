import { runSubgraph } from "../../shared/subgraph/run-subgraph.ts";
import { productSubgraph } from "./subgraph.ts";

await runSubgraph(productSubgraph);
