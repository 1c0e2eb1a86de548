import { runSubgraph } from "../../shared/subgraph/run-subgraph.ts";
import { orderSubgraph } from "./subgraph.ts";

await runSubgraph(orderSubgraph);
